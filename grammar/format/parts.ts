import { endsLine, isComment } from "./comment.ts";
import { longest, plainLine, type Line } from "./line.ts";
import { column } from "./marks.ts";
import { plain } from "./shapes.ts";
import type { Item, Statement } from "./statements.ts";
import { lineOf, marksOf, onOneLine, width, type Stream } from "./stream.ts";

/** A request's arm that has several parts: `TAG : device-readable { … } device-writable { … }`. */
export interface Parts {
  readonly colon: number;
  /** The parts, and the comments between them. */
  readonly items: readonly Item[];
}

/** Cuts an arm at its parts. */
export function splitParts(stream: Stream, { first, parts, last, blocks }: Statement): Parts {
  const { words } = stream;
  let colon = first;
  while (colon < last && (marksOf(stream, colon) & column) === 0) colon++;
  const items: Item[] = [];

  function addComments(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      items.push({ kind: "comment", at, trailing: onOneLine(words[at - 1], words[at]) });
    }
  }

  const starts = [colon + 1, ...parts];
  for (const [index, start] of starts.entries()) {
    const next = starts[index + 1] ?? last + 1;
    let begin = start;
    while (isComment(words[begin])) begin++;
    while (begin > start && leads(stream, begin - 1)) begin--;
    let end = next - 1;
    while (isComment(words[end])) end--;
    addComments(start, begin);
    const own = blocks.filter(({ open }) => open > begin && open < end);
    items.push({ kind: "statement", first: begin, last: end, shape: plain, blocks: own, parts: [] });
    addComments(end + 1, next);
  }
  return { colon, items };
}

/** The lines of the parts if they stand under the first: each fits on one line, and so do the comments. */
export function partsUnderFirst(
  stream: Stream,
  arm: Statement,
  { colon, items }: Parts,
  position: { readonly indent: number; readonly blank: boolean },
): readonly Line[] | undefined {
  const room = longest - position.indent - width(stream, arm.first, colon) - 1;
  const parts = items.filter((item) => item.kind === "statement");
  const fits = (item: Item): boolean => {
    if (item.kind === "comment")
      return (item.trailing && !spansLines(stream, item.at)) || stream.continuations.has(item.at);
    const { first, last, blocks } = item;
    return (
      width(stream, first, last) <= room && !blocks.some(({ broken }) => broken) && !endsLineWithin(stream, first, last)
    );
  };
  if (!items.every(fits) || endsLineWithin(stream, arm.first, colon)) return undefined;
  const head = lineOf(stream, arm.first, colon - 1);
  return parts.map(({ first, last }, index) => ({
    ...plainLine("statement", position.indent, position.blank && index === 0, ""),
    // The others have the width of the head in spaces, so that alignment moves them with the first.
    cells: [index === 0 ? head : " ".repeat(head.length), `${index === 0 ? ":" : " "} ${lineOf(stream, first, last)}`],
    columns: [1],
    shape: arm.shape,
  }));
}

/** Whether a comment stands before something on its line. */
function leads({ words }: Stream, at: number): boolean {
  const word = words[at];
  return word !== undefined && !endsLine(word) && onOneLine(word, words[at + 1]);
}

function spansLines({ words }: Stream, at: number): boolean {
  return words[at]?.startLine !== words[at]?.endLine;
}

function endsLineWithin({ words }: Stream, first: number, last: number): boolean {
  for (let at = first; at <= last; at++) {
    const word = words[at];
    if (word && endsLine(word)) return true;
  }
  return false;
}
