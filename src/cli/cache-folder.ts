import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Whether runs use what earlier ones found out. `VIRTGEN_NO_CACHE` in the environment says that they do not. */
export function remembers(): boolean {
  return (process.env["VIRTGEN_NO_CACHE"] ?? "") === "";
}

/**
 * Where virtgen keeps what it found out: `node_modules/.cache/virtgen` of the project that the call is made in.
 * Undefined without a `node_modules`, and where nothing is remembered.
 */
export function cacheFolder(): string | undefined {
  if (!remembers()) return undefined;
  for (let folder = resolve("."); ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) return join(modules, ".cache", "virtgen");
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * A file name for what is known by these words (FNV-1a from two starts). Two that share a name by chance only take each
 * other's place: a reader compares all that a record was derived from. Not one of Node's hashes, which take 4 ms to load.
 */
export function recordName(...words: readonly string[]): string {
  const text = JSON.stringify(words);
  const halves = [0x811c9dc5, 0x01000193].map((seed) => {
    let hash = seed;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, "0");
  });
  return halves.join("");
}
