import { alignTables } from "../target/docs/align-tables.ts";

export type Cells = readonly string[];

/** Columns of plain text; the first `left` begin at their left edge, the others end at their right edge. */
export function textTable(head: Cells, rows: readonly Cells[], left: number): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all
    .map((cells) =>
      cells
        .map((cell, column) => (column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** The same as a table of Markdown. */
export function markdownTable(head: Cells, rows: readonly Cells[], left: number): string {
  const line = (cells: Cells): string => `| ${cells.join(" | ")} |\n`;
  const rule = head.map((_, column) => (column < left ? "---" : "--:"));
  return alignTables([head, rule, ...rows].map(line).join(""));
}
