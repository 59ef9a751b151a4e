import { format } from "../../grammar/format/format.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { replaceFiles } from "./replace-files.ts";
import { count, printDiagnostics } from "./report.ts";
import { inputPath, readSources, type Source } from "./sources.ts";
import { unifiedDiff } from "./stale-report.ts";

export interface FormatOptions {
  readonly check: boolean;
}

/** `virtgen fmt`: brings descriptions into the one layout; `-` is formatted to standard output. */
export async function formatFiles(names: readonly string[], options: FormatOptions): Promise<number> {
  const sources = await readSources(names);
  const diagnostics: Diagnostic[] = [];
  const changed: { readonly source: Source; readonly after: string }[] = [];
  for (const source of sources.asked) {
    const result = format(source.text, source.path);
    if ("diagnostics" in result) diagnostics.push(...result.diagnostics);
    else if (source.path === inputPath && !options.check) process.stdout.write(result.text);
    else if (result.text !== source.text) changed.push({ source, after: result.text });
  }
  printDiagnostics(diagnostics, sources, "text");
  if (options.check) {
    for (const { source, after } of changed)
      process.stdout.write(unifiedDiff(source.file, source.text, after, ["on disk", "formatted"]));
  } else {
    replaceFiles(changed.map(({ source, after }) => ({ path: source.file, text: after })));
  }
  if (options.check || sources.asked.some((source) => source.path !== inputPath)) {
    process.stderr.write(
      `${count(sources.asked.length, "description")}, ${changed.length} ${options.check ? "would change" : "changed"}\n`,
    );
  }
  return diagnostics.length > 0 || (options.check && changed.length > 0) ? 1 : 0;
}
