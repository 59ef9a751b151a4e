/** Markdown as GitHub renders it. */

/** A column of a table of `T`. */
export interface Column<T> {
  readonly title: string;
  readonly align?: "right";
  /** Markdown of one line; empty where there is nothing to say. */
  cell(row: T): string;
}

/** What the template `_table` lays out. */
export interface TableView {
  readonly columns: readonly { readonly title: string; readonly rule: string }[];
  readonly rows: readonly (readonly string[])[];
}

/** Makes a table. A column in which no row has anything to say is left out; without rows there is no table. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): TableView | null {
  if (rows.length === 0) return null;
  const filled = columns
    .map((column) => ({ column, cells: rows.map((row) => tableCell(column.cell(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  return {
    columns: filled.map(({ column }) => ({ title: column.title, rule: column.align === "right" ? "--:" : "---" })),
    rows: rows.map((_, index) => filled.map(({ cells }) => cells[index] ?? "")),
  };
}

/** A cell is one line, and a pipe ends it even inside code. */
function tableCell(markdown: string): string {
  return oneLine(markdown).replaceAll("|", String.raw`\|`);
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

/** Text in code font; longer quotes where it contains backticks itself. */
export function code(text: string): string {
  if (text === "") return "";
  if (!text.includes("`")) return `\`${text}\``;
  return `\`\` ${text} \`\``;
}

/**
 * A sentence that was written as plain text with names in backticks: outside of those nothing is markup. An
 * underscore inside a word is none for GitHub either and stays as it is.
 */
export function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeMarkup(part)))
    .join("");
}

function escapeMarkup(text: string): string {
  return text
    .replaceAll(/[\\*<]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, String.raw`\_`)
    .replaceAll("](", String.raw`]\(`);
}

/** Parts of a sentence or a cell, without the empty ones. */
export function joined(parts: readonly string[], separator: string): string {
  return parts.filter((part) => part !== "").join(separator);
}

/** `1 feature`, `2 features`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], word = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1) ?? ""}`;
}

/** The fragment that GitHub gives a heading: what is no letter, digit, `_` or `-` falls away, blanks become `-`. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

export function link(text: string, target: string): string {
  return `[${text}](${target})`;
}

export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
