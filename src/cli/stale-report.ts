import { join } from "node:path";
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import type { Difference } from "./compare-outputs.ts";

/** A unified diff; where the texts have next to nothing in common, one line that says so. */
export function unifiedDiff(path: string, before: string, after: string, labels: readonly [string, string]): string {
  const patch = structuredPatch(path, path, before, after, labels[0], labels[1], { context: 3, timeout: 5000 });
  if (patch === undefined)
    return `--- ${path}\t${labels[0]}\n+++ ${path}\t${labels[1]}\n(too different to show line by line)\n`;
  return formatPatch(patch, FILE_HEADERS_ONLY);
}

/** What `--check` prints: each file that is stale, missing or extra, and what would change in it. */
export function staleReport(differences: readonly Difference[]): string {
  const lines: string[] = [];
  for (const { wanted, stale, missing, extra } of differences) {
    const at = (path: string): string => join(wanted.folder, path);
    for (const file of stale)
      lines.push(
        `stale: ${at(file.path)}\n${unifiedDiff(at(file.path), file.before, file.after, ["on disk", "generated"])}`,
      );
    for (const file of missing) lines.push(`missing: ${at(file.path)}\n`);
    for (const path of extra) lines.push(`extra: ${at(path)}\n`);
  }
  return lines.join("");
}
