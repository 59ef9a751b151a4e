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
