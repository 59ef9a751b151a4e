import { join } from "node:path";
import type { GeneratedFile, Target } from "../target/target.ts";
import type { Formatter } from "./formatter.ts";
import { hashOf, type ManifestEntry, type ManifestFiles } from "./manifest.ts";
import { prettierVersion } from "./package-folder.ts";
import { readIfThere } from "./replace-files.ts";

const style = { printWidth: 120, singleQuote: true } as const;

/** Files as they are to be written, with their entries of the manifest. */
export interface Finished {
  readonly files: readonly GeneratedFile[];
  readonly entries: ManifestFiles;
}

/**
 * Formats the files that prettier knows. A file in `folder` that was made of the same text earlier, as `known` tells,
 * is taken from there: prettier is the slowest step.
 */
export async function finish(
  raw: readonly GeneratedFile[],
  parser: Target["prettier"],
  folder: string,
  known: ManifestFiles,
  formatter: Formatter | undefined,
): Promise<Finished> {
  const entries: Record<string, ManifestEntry> = {};
  if (parser === undefined) {
    for (const file of raw) entries[file.path] = { hash: hashOf(file.text) };
    return { files: raw, entries };
  }
  // The longest first, which takes longest; what comes out has the order of what came in.
  const finished = new Map(
    raw
      .toSorted((a, b) => b.text.length - a.text.length)
      .map((file) => {
        const rawHash = hashOf(file.text, parser, prettierVersion(), JSON.stringify(style));
        const text = kept(folder, file.path, known[file.path], rawHash) ?? formatted(formatter, file);
        return [file, Promise.resolve(text).then((one) => ({ path: file.path, text: one, rawHash }))] as const;
      }),
  );
  const files = await Promise.all(raw.flatMap((file) => finished.get(file) ?? []));
  for (const { path, text, rawHash } of files) entries[path] = { hash: hashOf(text), raw: rawHash };
  return { files: files.map(({ path, text }) => ({ path, text })), entries };
}

function kept(folder: string, path: string, known: ManifestEntry | undefined, rawHash: string): string | undefined {
  if (known === undefined || known.raw !== rawHash) return undefined;
  const text = readIfThere(join(folder, path));
  return text !== undefined && hashOf(text) === known.hash ? text : undefined;
}

/** One TypeScript text, formatted. */
export async function formatText(file: GeneratedFile): Promise<string> {
  const { Formatter } = await import("./formatter.ts");
  const formatter = new Formatter();
  try {
    return await formatted(formatter, file);
  } finally {
    await formatter.close();
  }
}

async function formatted(formatter: Formatter | undefined, file: GeneratedFile): Promise<string> {
  if (formatter === undefined) throw new Error("nothing was to be formatted, but something is");
  try {
    return await formatter.format(file.text, style);
  } catch (error) {
    throw new Error(`${file.path}: prettier does not read what was generated: ${String(error)}`, { cause: error });
  }
}
