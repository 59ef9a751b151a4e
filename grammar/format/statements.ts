import { LBrace, RBrace } from "../tokens.ts";
import { part } from "./marks.ts";
import { endsLine, isComment } from "./comment.ts";
import { marksOf, onOneLine, type Stream } from "./stream.ts";

/** The stream cut at braces and statements; all numbers are indices of words. */
export type Item = Statement | Comment;

export interface Statement {
  readonly kind: "statement";
  readonly first: number;
  readonly last: number;
  readonly shape: number;
  readonly blocks: readonly Block[];
  /** Where the parts of a request's arm begin, if it has several. */
  readonly parts: readonly number[];
}

/** A comment between statements. */
export interface Comment {
  readonly kind: "comment";
  readonly at: number;
  /** Whether it stands behind something on its line. */
  readonly trailing: boolean;
}

export interface Block {
  readonly open: number;
  readonly close: number;
  readonly items: readonly Item[];
  /** Whether its items stand on lines of their own. One that is written on one line may still become too long for it. */
  broken: boolean;
}

/** Cuts a whole description. */
export function readStatements(stream: Stream): readonly Item[] {
  const { words, roles } = stream;
  let at = 0;

  const closes = (index: number): boolean => index >= words.length || words[index]?.tokenType === RBrace;
  const begins = (index: number): boolean => (roles.shape[words[index]?.startOffset ?? -1] ?? 0) > 0;

  function skipComments(index: number): number {
    let next = index;
    while (isComment(words[next])) next++;
    return next;
  }

  /** Whether a comment stands before a statement on the statement's own line. */
  function leads(index: number): boolean {
    if (onOneLine(words[index - 1], words[index])) return false;
    for (let next = index; ; next++) {
      const word = words[next];
      if (word === undefined || endsLine(word) || closes(next + 1) || !onOneLine(word, words[next + 1])) return false;
      if (!isComment(words[next + 1])) return true;
    }
  }

  function readItems(): Item[] {
    const items: Item[] = [];
    while (!closes(at)) {
      if (isComment(words[at]) && !leads(at)) {
        items.push({ kind: "comment", at, trailing: onOneLine(words[at - 1], words[at]) });
        at++;
      } else {
        items.push(readStatement());
      }
    }
    return items;
  }

  function readBlock(): Block {
    const open = at++;
    const items = readItems();
    const close = at++;
    return { open, close, items, broken: items.length > 0 && !onOneLine(words[open], words[close]) };
  }

  function readStatement(): Statement {
    const first = at;
    const blocks: Block[] = [];
    const parts: number[] = [];
    at = skipComments(at);
    const shape = roles.shape[words[at]?.startOffset ?? -1] ?? 0;
    let last = at++;
    for (;;) {
      // Comments before the next statement are not in this one.
      const next = skipComments(at);
      if (closes(next) || begins(next)) return { kind: "statement", first, last, shape, blocks, parts };
      at = next;
      if ((marksOf(stream, at) & part) > 0) parts.push(at);
      if (words[at]?.tokenType === LBrace) blocks.push(readBlock());
      else at++;
      last = at - 1;
    }
  }

  return readItems();
}
