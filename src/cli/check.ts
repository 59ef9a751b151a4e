import { compileSources } from "./ir.ts";
import { count, formatOf, printDiagnostics } from "./report.ts";
import { readSources } from "./sources.ts";

export interface CheckOptions {
  readonly format: string;
}

/** `virtgen check`: reads descriptions and reports what is wrong with them, in every revision at once. */
export async function check(names: readonly string[], options: CheckOptions): Promise<number> {
  const format = formatOf(options.format);
  const sources = await readSources(names);
  const { diagnostics } = compileSources(sources);
  printDiagnostics(diagnostics, sources, format);
  const failed = diagnostics.some((one) => one.severity === "error");
  if (!failed && format === "text") {
    const lines = sources.asked.reduce((sum, source) => sum + source.text.split("\n").length - 1, 0);
    process.stdout.write(
      `${count(sources.asked.length, "description")} with ${count(lines, "line")}: ${diagnostics.length === 0 ? "no findings" : count(diagnostics.length, "warning")}\n`,
    );
  }
  return failed ? 1 : 0;
}
