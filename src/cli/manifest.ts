import { join } from "node:path";
import { readIfThere } from "./replace-files.ts";

/** The record, in each output folder, of what virtgen wrote there; checked in with the files. */
export const manifestName = ".virtgen.json";

/** By the call that wrote them ({@link Output.key}): several calls may fill one folder. */
export interface Manifest {
  readonly outputs: Readonly<Record<string, ManifestFiles>>;
}

/** By path, relative to the folder. */
export type ManifestFiles = Readonly<Record<string, ManifestEntry>>;

export interface ManifestEntry {
  /** Of the file's text. */
  readonly hash: string;
  /** Of its text before prettier, and of how prettier was called. */
  readonly raw?: string;
}

export function hashOf(...parts: readonly string[]): string {
  // Loaded here: that takes 4 ms, and a check needs none.
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  for (const part of parts) {
    hash.update(part);
    hash.update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

/** What is recorded in a folder; nothing where there is no record, or somebody broke it. */
export function readManifest(folder: string): Manifest {
  const text = readIfThere(join(folder, manifestName));
  const nothing: Manifest = { outputs: {} };
  if (text === undefined) return nothing;
  try {
    const found: unknown = JSON.parse(text);
    return isManifest(found) ? found : nothing;
  } catch {
    // A merge may have left its marks in it. Nothing is taken for ours then, but for files that say so themselves.
    return nothing;
  }
}

function isManifest(found: unknown): found is Manifest {
  return (
    isRecord(found) &&
    isRecord(found["outputs"]) &&
    Object.values(found["outputs"]).every(
      (files) => isRecord(files) && Object.entries(files).every(([path, entry]) => isInside(path) && isEntry(entry)),
    )
  );
}

function isEntry(found: unknown): found is ManifestEntry {
  return (
    isRecord(found) &&
    typeof found["hash"] === "string" &&
    (found["raw"] === undefined || typeof found["raw"] === "string")
  );
}

function isRecord(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

/** What a manifest lists may be removed, so a path that leads out of the folder makes it no manifest. */
function isInside(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.split(/[\\/]/).includes("..");
}

/** The record with one call's files replaced; those of the others stay. */
export function withFiles(manifest: Manifest, key: string, files: ManifestFiles): Manifest {
  const outputs = Object.entries({ ...manifest.outputs, [key]: files }).filter(
    ([, one]) => Object.keys(one).length > 0,
  );
  return { outputs: Object.fromEntries(outputs.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}
