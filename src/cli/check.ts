import { recall, remember, type Call } from "./last-run.ts";
import { count, formatOf, printDiagnostics } from "./report.ts";
import { readSources } from "./sources.ts";

export interface CheckOptions {
  readonly format: string;
}

/** `virtgen check`: reads descriptions and reports what is wrong with them, in every revision at once. */
export async function check(names: readonly string[], options: CheckOptions): Promise<number> {
  const format = formatOf(options.format);
  const sources = await readSources(names);
  const call: Call = { command: "check", options, names };
  const canRepeat = format === "text" && !names.includes("-");
  const last = canRepeat ? recall(call, sources) : undefined;
  if (last !== undefined) {
    process.stdout.write(last.said);
    return 0;
  }
  const { compileSources } = await import("./ir.ts");
  const { diagnostics, omitted } = await compileSources(sources);
  printDiagnostics(diagnostics, sources, format, omitted);
  const failed = diagnostics.some((one) => one.severity === "error");
  if (!failed && format === "text") {
    const lines = sources.asked.reduce((sum, source) => sum + source.text.split("\n").length - 1, 0);
    const said = `${count(sources.asked.length, "description")} with ${count(lines, "line")}: ${diagnostics.length === 0 ? "no findings" : count(diagnostics.length, "warning")}\n`;
    process.stdout.write(said);
    // Findings are shown every time; only a clean run is worth remembering.
    if (canRepeat && diagnostics.length === 0) remember(call, sources, [], said);
  }
  return failed ? 1 : 0;
}
