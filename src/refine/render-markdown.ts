import { counted, sentence, summaryLines } from "./render-text.ts";
import type { Difference, HeaderReport, RefineReport, Side } from "./report-model.ts";

/** A report as a Markdown document. */
export function renderMarkdown(report: RefineReport): string {
  const lines = [
    `# C headers against VIRTIO ${report.revision}`,
    ...report.headers.flatMap((header) => [
      "",
      `## ${code(header.file)}`,
      "",
      `${counted(header.differences.length, "difference")} from ${header.devices.join(", ") || "no description"}.`,
      ...differencesSection(header, 3),
      "",
      ...summaryLines(header).map((line) => `- ${escaped(line.trim())}`),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** What differs in one header: what has two sides as tables, names that one side lacks as lists. */
export function differencesSection({ differences, departures }: HeaderReport, level: number): readonly string[] {
  const heading = (text: string): string => `${"#".repeat(level)} ${text}`;
  const missing = differences.filter((one) => one.kind === "missing" && one.header === undefined);
  const unknown = differences.filter((one) => one.kind === "unknown" && one.subject !== "field");
  const twoSided = differences.filter((one) => !missing.includes(one) && !unknown.includes(one));
  const part = (text: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ["", heading(text), "", ...lines];
  return [
    ...part("Differs", table(twoSided, "Header", "Description", ["here", "described"])),
    ...part("Linux' own way", table(departures, "Linux", "Standard", ["Linux", "the standard"])),
    ...part("Missing", byReason(missing)),
    ...part("Not described", byReason(unknown)),
  ];
}

/** Rows with both sides, their places and what is known about the reason. */
function table(
  differences: readonly Difference[],
  header: string,
  description: string,
  [theirs, ours]: readonly [string, string],
): readonly string[] {
  if (differences.length === 0) return [];
  const rows = differences.map(
    (one) =>
      `| ${escaped(sentence(one, theirs, ours))} | ${place(one.header)} | ${place(one.description)} | ${escaped(one.why.join("; "))} |`,
  );
  return [`| What | ${header} | ${description} | Why |`, "| --- | --- | --- | --- |", ...rows];
}

/** One item for each reason, with all the names that it holds for. */
function byReason(differences: readonly Difference[]): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const one of differences) {
    const why = one.why.join("; ");
    reasons.set(why, [...(reasons.get(why) ?? []), code(one.name)]);
  }
  return [...reasons].map(([why, names]) => `- ${why === "" ? "" : `${escaped(why)}: `}${names.join(", ")}`);
}

function place(side: Side | undefined): string {
  if (side?.file === undefined) return "";
  return code(side.line === undefined ? side.file : `${side.file}:${side.line}`);
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(text: string): string {
  return text.replaceAll(/[|_*<]/g, "\\$&");
}
