import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { hashOf } from "./manifest.ts";
import { packageFolder } from "./package-folder.ts";
import type { Sources } from "./sources.ts";

/**
 * What a run found out, so that the same call on unchanged files need not find it out again. Kept in
 * {@link cacheFolder}; without one, every run does all its work.
 */
export interface LastRun {
  /** Of everything that the run depends on. */
  readonly inputs: string;
  /** What it wrote: absolute paths with the hash of their text. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it said in the end. */
  readonly said: string;
}

/** A call, as far as it decides what is done. */
export interface Call {
  readonly command: string;
  readonly options: object;
  readonly names: readonly string[];
}

/** What the same call said last time, where nothing it depends on and nothing it wrote has changed since. */
export function recall(call: Call, sources: Sources, templates: readonly string[] = []): LastRun | undefined {
  const file = recordOf(call);
  if (file === undefined || !existsSync(file)) return undefined;
  let last: LastRun;
  try {
    last = JSON.parse(readFileSync(file, "utf8")) as LastRun;
  } catch {
    return undefined;
  }
  if (last.inputs !== inputsOf(call, sources, templates)) return undefined;
  const intact = Object.entries(last.outputs).every(([path, hash]) => hashOfFile(path) === hash);
  return intact ? last : undefined;
}

/** Records what a call did; where that cannot be written, nothing is lost but time. */
export function remember(
  call: Call,
  sources: Sources,
  outputs: Iterable<string>,
  said: string,
  templates: readonly string[] = [],
): void {
  const file = recordOf(call);
  if (file === undefined) return;
  const hashes: Record<string, string> = {};
  for (const path of outputs) hashes[resolve(path)] = hashOfFile(path) ?? "";
  const last: LastRun = { inputs: inputsOf(call, sources, templates), outputs: hashes, said };
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(last));
  } catch {
    // The next run does the work again.
  }
}

/** Each call has its own record, so that two that take turns do not drive each other out. */
function recordOf({ command, options, names }: Call): string | undefined {
  const folder = cacheFolder();
  if (folder === undefined) return undefined;
  return join(folder, `${command}-${hashOf(resolve("."), JSON.stringify(options), ...names)}.json`);
}

function inputsOf(call: Call, sources: Sources, templates: readonly string[]): string {
  const texts = [...sources.library, ...sources.asked].flatMap((source) => [source.path, source.file, source.text]);
  return hashOf(ownState(), JSON.stringify(call), ...texts, ...templates);
}

/** Of virtgen's own code and templates: a new version does everything anew. */
function ownState(): string {
  const folder = packageFolder();
  const stamps = ["dist", "templates"].flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".js") || path.endsWith(".hbs"))
      .toSorted()
      .map((path) => {
        const { size, mtimeMs } = statSync(join(folder, name, path));
        return `${path} ${size} ${mtimeMs}`;
      }),
  );
  return stamps.join("\n");
}

function hashOfFile(path: string): string | undefined {
  try {
    return hashOf(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
