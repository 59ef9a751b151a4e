import { join } from "node:path";
import type { GeneratedFile, Target } from "../target/target.ts";
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
): Promise<Finished> {
  const entries: Record<string, ManifestEntry> = {};
  if (parser === undefined) {
    for (const file of raw) entries[file.path] = { hash: hashOf(file.text) };
    return { files: raw, entries };
  }
  const files: GeneratedFile[] = [];
  for (const file of raw) {
    const rawHash = hashOf(file.text, parser, prettierVersion(), JSON.stringify(style));
    const text = kept(folder, file.path, known[file.path], rawHash) ?? (await formatted(parser, file));
    entries[file.path] = { hash: hashOf(text), raw: rawHash };
    files.push({ path: file.path, text });
  }
  return { files, entries };
}

function kept(folder: string, path: string, known: ManifestEntry | undefined, rawHash: string): string | undefined {
  if (known === undefined || known.raw !== rawHash) return undefined;
  const text = readIfThere(join(folder, path));
  return text !== undefined && hashOf(text) === known.hash ? text : undefined;
}

async function formatted(parser: NonNullable<Target["prettier"]>, file: GeneratedFile): Promise<string> {
  // Loaded only when something is to be formatted.
  const { format } = await import("prettier");
  return format(file.text, { ...style, parser, filepath: file.path });
}
