import { Erratum } from "../tokens.ts";
import { putBehind, widthBehind } from "./behind.ts";
import { commentLines } from "./comment.ts";
import { longest, plainLine, type Line } from "./line.ts";
import { partsUnderFirst, splitParts } from "./parts.ts";
import { attribute } from "./marks.ts";
import { plain } from "./shapes.ts";
import type { Block, Comment, Item, Statement } from "./statements.ts";
import { marksOf, width, type Stream } from "./stream.ts";
import { wrap, type Position } from "./wrap.ts";

const step = 2;

/**
 * Lays a description out: which line each word stands on, and how far it is indented.
 *
 * @param padding for the first word of a statement, the spaces that alignment will add to its first line
 */
export function layout(stream: Stream, items: readonly Item[], padding: ReadonlyMap<number, number>): readonly Line[] {
  const lines: Line[] = [];
  addItems(items, 0);
  return lines;

  function addItems(items: readonly Item[], indent: number): void {
    for (const [index, item] of items.entries()) {
      const blank = index > 0 && linesBefore(item.kind === "comment" ? item.at : item.first) > 1;
      if (item.kind === "comment") addComment(item, indent, blank);
      else if (item.parts.length > 0) addParts(item, indent, blank);
      else addStatement(item, indent, blank, widthOfComment(items[index + 1]));
    }
  }

  function linesBefore(at: number): number {
    const { words } = stream;
    return (words[at]?.startLine ?? 0) - (words[at - 1]?.endLine ?? 0);
  }

  function widthOfComment(item: Item | undefined): number {
    return item?.kind === "comment" && item.trailing ? widthBehind(stream, item.at) : 0;
  }

  function addComment({ at, trailing }: Comment, indent: number, blank: boolean): void {
    const line = lines.at(-1);
    if (line && putBehind(stream, line, at, trailing)) return;
    for (const [index, text] of commentLines(stream.words[at]?.image ?? "").entries()) {
      lines.push(plainLine("comment", indent, blank && index === 0, text));
    }
  }

  function addParts(arm: Statement, indent: number, blank: boolean): void {
    const parts = splitParts(stream, arm);
    const under = partsUnderFirst(stream, arm, parts, { indent, blank });
    if (under === undefined) {
      addLines(arm.first, parts.colon, positionAt(indent, { blank }));
      addItems(parts.items, indent + step);
      return;
    }
    let next = 0;
    for (const item of parts.items) {
      if (item.kind === "comment") addComment(item, indent, false);
      else lines.push(...under.slice(next, ++next));
    }
  }

  function addStatement(statement: Statement, indent: number, blank: boolean, comment: number): void {
    const { first, last, shape, blocks } = statement;
    breakTooLong(stream, blocks, first, last, indent);
    let start = first;
    let position = positionAt(indent, { kind: "statement", shape, blank, padding: padding.get(first) ?? 0 });
    for (const block of blocks) {
      if (!block.broken) continue;
      const { open, close, items } = block;
      const erratum = attributeOf(stream, block);
      if (erratum === undefined) {
        addHead(start, open, { ...position, kind: "edge", shape: plain, padding: 0 });
        position = positionAt(indent);
      } else {
        // It has lines of its own, so that the element's own line stays with those around it.
        addLines(start, erratum - 1, position);
        const kind = position.kind === "edge" ? "edge" : "further";
        position = positionAt(indent + step, { level: indent, kind });
        addLines(erratum, open, position);
      }
      addItems(items, position.indent + step);
      start = close;
    }
    addLines(start, last, { ...position, comment });
  }

  /** What stands before a block. If it needs several lines the brace has its own, to keep it apart from the block. */
  function addHead(first: number, open: number, position: Position): void {
    const { indent, level } = position;
    const head = wrap(stream, first, open, position);
    if (head.length === 1 && indent === level) {
      lines.push(...head);
    } else {
      addLines(first, open - 1, position);
      addLines(open, open, positionAt(level));
    }
  }

  function addLines(first: number, last: number, position: Position): void {
    lines.push(...wrap(stream, first, last, position));
  }
}

function positionAt(indent: number, others: Partial<Position> = {}): Position {
  return { indent, level: indent, kind: "edge", shape: plain, blank: false, comment: 0, padding: 0, ...others };
}

/** Where the attribute begins that a block belongs to: only errata have one. */
function attributeOf(stream: Stream, { open }: Block): number | undefined {
  const at = open - 2;
  return stream.words[at]?.tokenType === Erratum && (marksOf(stream, at) & attribute) > 0 ? at : undefined;
}

/** Opens blocks, the longest first, until what is left of a statement fits on its lines. */
function breakTooLong(stream: Stream, blocks: readonly Block[], first: number, last: number, indent: number): void {
  const index = blocks.findIndex(({ broken }) => broken);
  const broken = blocks[index];
  if (broken) {
    const erratum = attributeOf(stream, broken);
    breakTooLong(stream, blocks.slice(0, index), first, erratum === undefined ? broken.open : erratum - 1, indent);
    breakTooLong(stream, blocks.slice(index + 1), broken.close, last, erratum === undefined ? indent : indent + step);
  } else if (indent + width(stream, first, last) > longest) {
    const size = ({ open, close }: Block): number => width(stream, open, close);
    const [largest] = blocks.filter(({ items }) => items.length > 0).toSorted((a, b) => size(b) - size(a));
    if (largest === undefined) return;
    largest.broken = true;
    breakTooLong(stream, blocks, first, last, indent);
  }
}
