/**
 * Pads the cells of every table to the width of their column, as prettier prints tables: the pages are read as plain
 * text, too. A table is a run of lines that begin with a pipe; its second line is the rule.
 */
export function alignTables(markdown: string): string {
  return markdown.replaceAll(/(?:^\|.*\n)+/gm, (table) => {
    const rows = table
      .trimEnd()
      .split("\n")
      .map((row) => cellsOf(row));
    const right = (rows[1] ?? []).map((rule) => rule.endsWith(":"));
    const widths = right.map((_, column) => Math.max(3, ...rows.map((row) => widthOf(row[column] ?? ""))));
    const lines = rows.map((row, index) => {
      const cells = row.map((cell, column) => {
        const width = widths[column] ?? 3;
        if (index === 1) return right[column] === true ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
        const space = " ".repeat(Math.max(0, width - widthOf(cell)));
        return right[column] === true ? space + cell : cell + space;
      });
      return `| ${cells.join(" | ")} |\n`;
    });
    return lines.join("");
  });
}

/** The cells between the pipes of a row; a pipe behind a backslash is part of its cell. */
function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** In the columns of a terminal; every sign that the pages hold is one wide. */
function widthOf(text: string): number {
  return Array.from(text).length;
}
