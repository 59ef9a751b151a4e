import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder, recordName } from "./cache-folder.ts";
import { hashOf } from "./manifest.ts";
import { packageFolder } from "./package-folder.ts";
import { readRecord, writeRecord } from "./record-file.ts";
import type { Sources } from "./sources.ts";

/**
 * What a run found out, so that the same call on unchanged files need not find it out again. Kept in
 * {@link cacheFolder}; without one, every run does all its work.
 */
export interface LastRun {
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
  const record = readRecord(file, inputsOf(call, sources, templates));
  if (record === undefined) return undefined;
  const last = JSON.parse(record.toString("utf8")) as LastRun;
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
  const last: LastRun = { outputs: hashes, said };
  try {
    writeRecord(file, inputsOf(call, sources, templates), Buffer.from(JSON.stringify(last)));
  } catch {
    // The next run does the work again.
  }
}

/** Each call has its own record, so that two that take turns do not drive each other out. */
function recordOf({ command, options, names }: Call): string | undefined {
  const folder = cacheFolder();
  if (folder === undefined) return undefined;
  return join(folder, `${command}-${recordName(resolve("."), JSON.stringify(options), ...names)}`);
}

/** Everything that the run depends on, as it is: to compare it is faster than to load what makes a hash of it. */
function inputsOf(call: Call, sources: Sources, templates: readonly string[]): Buffer {
  const texts = [...sources.library, ...sources.asked].flatMap((source) => [source.path, source.file, source.text]);
  return Buffer.from(JSON.stringify([ownState(), resolve("."), call, texts, templates]));
}

/** Of the command's own code and templates: a new version does everything anew. */
function ownState(): string {
  const folder = packageFolder();
  const stamps = [join("dist", "bin"), "templates"].flatMap((name) =>
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
