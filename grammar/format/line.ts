import { plain } from "./shapes.ts";

/** A line of the canonical layout, before its columns are aligned with those around it. */
export interface Line {
  /**
   * `statement`: begins a statement and opens no block. `further`: goes on with one. `edge`: opens or closes a block.
   * `comment`: a comment alone.
   */
  readonly kind: "statement" | "further" | "edge" | "comment";
  readonly indent: number;
  /** The indent of the statement that the line is of: less than its own where it goes on with one. */
  readonly level: number;
  /** The number of its first word; -1 where it is of no interest. */
  readonly first: number;
  /** Whether an empty line stands above it. */
  readonly blank: boolean;
  /** What the line is made of, with one space between. Alignment adds spaces to all but the last. */
  readonly cells: string[];
  /** The number of the column that each cell but the first begins. */
  readonly columns: readonly number[];
  readonly shape: number;
  /** The comment behind it, and those that go on with it below, in its column. */
  readonly comments: string[];
  /** How many spaces are before the comment. */
  commentGap: number;
}

/** The longest line that the printer makes when it has a choice. */
export const longest = 120;

/** The fewest spaces before a comment behind something. */
export const commentGap = 2;

/** A line without columns. */
export function plainLine(kind: Line["kind"], indent: number, blank: boolean, text: string): Line {
  return {
    kind,
    indent,
    level: indent,
    first: -1,
    blank,
    cells: [text],
    columns: [],
    shape: plain,
    comments: [],
    commentGap,
  };
}

/** The number of the column of a statement's attributes, behind all others. */
export const attributesColumn = 9;

/** The columns that a line takes with the comment behind it. */
export function fullWidth(line: Line): number {
  return codeWidth(line) + (line.comments.length === 0 ? 0 : line.commentGap + commentWidth(line.comments));
}

/** The columns that the longest of some comments takes. */
export function commentWidth(comments: readonly string[]): number {
  return Math.max(...comments.map((comment) => comment.length));
}

/** The columns that a line takes without the comment behind it. */
export function codeWidth(line: Line): number {
  return offsetOf(line, line.cells.length) - 1;
}

/** Where a cell begins. */
export function offsetOf({ indent, cells }: Line, cell: number): number {
  let offset = indent;
  for (let at = 0; at < cell; at++) offset += (cells[at] ?? "").length + 1;
  return offset;
}

/** Puts lines together. */
export function print(lines: readonly Line[]): string {
  let text = "";
  for (const line of lines) {
    const { indent, blank, cells, comments, commentGap } = line;
    if (blank) text += "\n";
    const code = cells.length === 1 ? (cells[0] ?? "") : cells.join(" ");
    if (code !== "") text += " ".repeat(indent) + code;
    if (comments.length > 0) {
      const below = `\n${" ".repeat(codeWidth(line) + commentGap)}`;
      text += " ".repeat(commentGap) + comments.join(below);
    }
    text += "\n";
  }
  return text;
}
