import { Ampersand, Arrow, Comma, LBrace, Pipe, Text } from "../tokens.ts";
import { putBehind } from "./behind.ts";
import { commentLines, endsLine } from "./comment.ts";
import { attributesColumn, longest, plainLine, type Line } from "./line.ts";
import { attribute, breakAfter, column } from "./marks.ts";
import { isArm, plain } from "./shapes.ts";
import { lineOf, marksOf, onOneLine, width, type Stream } from "./stream.ts";

/** How far a line is indented that goes on with the one above. */
export const furtherIndent = 2;

export interface Position {
  readonly indent: number;
  /** The indent of the statement. */
  readonly level: number;
  /** What the first line is. */
  readonly kind: "statement" | "further" | "edge";
  readonly shape: number;
  readonly blank: boolean;
  /** The columns of the comment that will stand behind the last line, 0 if none will. */
  readonly comment: number;
  /** The spaces that alignment will add to the first line. */
  readonly padding: number;
}

/** Whether a line may be broken before a word. */
type Break = (stream: Stream, at: number) => boolean;

/** Where to break, the best first: the next is looked at only for what is still too long by itself. */
const breaks: readonly Break[] = [
  (stream, at) => (marksOf(stream, at - 1) & breakAfter) > 0,
  (stream, at) => (marksOf(stream, at) & attribute) > 0,
  ({ words }, at) => words[at - 1]?.tokenType === Comma,
  ({ words }, at) => [Pipe, Ampersand, Arrow].some((operator) => words[at]?.tokenType === operator),
  ({ words }, at) => words[at]?.tokenType === Text,
];

/** The first of the breaks that are only for what is too long by itself. */
const forLongWords = 2;

/**
 * Lays out the words from `first` to `last`, between which no block is open: on one line if they fit. A comment among
 * them that ends a line does so.
 */
export function wrap(stream: Stream, first: number, last: number, position: Position): Line[] {
  const lines: Line[] = [];
  const { indent, level, kind, shape, blank } = position;
  const further = indent + furtherIndent;

  function addCode(from: number, to: number): void {
    if (lines.length > 0) addFurther(lineOf(stream, from, to));
    else lines.push({ ...plainLine(kind, indent, blank, ""), level, first, shape, ...cut(stream, from, to, shape) });
  }

  function addFurther(text: string): void {
    lines.push({ ...plainLine("further", further, false, text), level });
  }

  function addComment(at: number): void {
    const line = lines.at(-1);
    if (line && putBehind(stream, line, at, onOneLine(stream.words[at - 1], stream.words[at]))) return;
    for (const text of commentLines(stream.words[at]?.image ?? "")) addFurther(text);
  }

  const { comment, padding } = roomFor(stream, first, last, position) ? position : { comment: 0, padding: 0 };

  function fits(from: number, to: number, level: number): boolean {
    // For what stands behind a line, only attributes are moved to the next.
    const behind = to === last && level < forLongWords ? comment : 0;
    return (lines.length === 0 ? indent + padding : further) + width(stream, from, to) + behind <= longest;
  }

  /** Puts as much on each line as fits, and breaks what is too long by itself at the next best places. */
  function fill(from: number, to: number, level: number): void {
    const mayBreak = breaks[level];
    if (mayBreak === undefined || fits(from, to, level)) {
      addCode(from, to);
      return;
    }
    let start = from;
    let candidate = from;
    for (let at = from + 1; at <= to + 1; at++) {
      if (at <= to && !mayBreak(stream, at)) continue;
      if (candidate > start && !fits(start, at - 1, level)) {
        fill(start, candidate - 1, level + 1);
        start = candidate;
      }
      candidate = at;
    }
    fill(start, to, level + 1);
  }

  let start = first;
  for (let at = first; at <= last; at++) {
    const word = stream.words[at];
    if (!word || !endsLine(word)) continue;
    if (start < at) fill(start, at - 1, 0);
    addComment(at);
    start = at + 1;
  }
  if (start <= last) fill(start, last, 0);
  return lines;
}

/** Whether a comment and the spaces of alignment may break a line: it has attributes, and the comment fits on one. */
function roomFor(stream: Stream, first: number, last: number, { indent, shape, comment }: Position): boolean {
  if (comment > longest - indent - furtherIndent) return false;
  let pastColumns = !isArm(shape);
  for (let at = first + 1; at <= last; at++) {
    const marks = marksOf(stream, at);
    if (pastColumns && (marks & (attribute | breakAfter)) > 0) return true;
    // The attributes in the head of an arm are not to be torn from its colon.
    pastColumns ||= (marks & column) > 0;
  }
  return false;
}

/** Cuts a line at its columns. */
function cut(stream: Stream, from: number, to: number, shape: number): Pick<Line, "cells" | "columns"> {
  if (shape === plain) return { cells: [lineOf(stream, from, to)], columns: [] };
  const cells: string[] = [];
  const columns: number[] = [];
  let start = from;
  for (let at = from + 1; at <= to && stream.words[at]?.tokenType !== LBrace; at++) {
    const marks = marksOf(stream, at);
    // In the head of an arm, attributes stand before the colon and are no column.
    const isAttribute = (marks & attribute) > 0 && (columns.length > 0 || !isArm(shape));
    if (!isAttribute && (marks & column) === 0) continue;
    cells.push(lineOf(stream, start, at - 1));
    columns.push(isAttribute ? attributesColumn : columns.length + 1);
    start = at;
    if (isAttribute) break;
  }
  return { cells: [...cells, lineOf(stream, start, to)], columns };
}
