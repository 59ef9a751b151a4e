import { counted, sentence, summaryLines } from "./render-text.ts";
import type { Difference, HeaderReport, RefineReport, Side } from "./report-model.ts";

/** A report as a Markdown document. */
export function renderMarkdown(report: RefineReport): string {
  return [
    `# C headers against VIRTIO ${report.revision}`,
    "",
    ...report.headers.flatMap((header) => headerSection(header)),
  ].join("\n");
}

function headerSection(header: HeaderReport): readonly string[] {
  const { differences, departures } = header;
  return [
    `## ${code(header.file)}`,
    "",
    `${counted(differences.length, "difference")} from ${header.devices.join(", ") || "no description"}.`,
    "",
    ...table(differences, "Header", "Description"),
    ...(departures.length === 0
      ? []
      : ["### Where Linux differs from the standard", "", ...table(departures, "Linux", "Standard")]),
    ...summaryLines(header).map((line) => `- ${escaped(line.trim())}`),
    "",
  ];
}

/** Differences as rows, each with both sides, their places and what is known about the reason. */
export function table(differences: readonly Difference[], header: string, description: string): readonly string[] {
  if (differences.length === 0) return [];
  const rows = differences.map(
    (one) =>
      `| ${escaped(sentence(one, header, description.toLowerCase()))} | ${place(one.header)} | ${place(one.description)} | ${escaped(one.why.join("; "))} |`,
  );
  return [`| What | ${header} | ${description} | Why |`, "| --- | --- | --- | --- |", ...rows, ""];
}

function place(side: Side | undefined): string {
  return side?.file === undefined ? "" : code(side.line === undefined ? side.file : `${side.file}:${side.line}`);
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("_", "\\_").replaceAll("*", "\\*").replaceAll("<", "\\<");
}
