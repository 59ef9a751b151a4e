import type { IToken } from "chevrotain";
import { Comma, Dot, DotDot, LBracket, LParen, RBracket, RParen, Semicolon } from "../tokens.ts";
import { endsLine, isComment } from "./comment.ts";
import { tightAfter, tightBefore } from "./marks.ts";
import type { Roles } from "./roles.ts";

/** A description's tokens and comments in their order, and how wide they are on one line. */
export interface Stream {
  readonly words: readonly IToken[];
  readonly texts: readonly string[];
  /** Where each word would begin if the whole description were one line. */
  readonly starts: Float64Array;
  /** The comments that go on with one behind something, in its column on the line below it. */
  readonly continuations: ReadonlySet<number>;
  readonly roles: Roles;
}

/** The tokens and the comments of a lexer's result, in the order of the text. */
export function mergeByOffset(tokens: readonly IToken[], ...others: ReadonlyArray<readonly IToken[]>): IToken[] {
  const comments = others.flat().toSorted((a, b) => a.startOffset - b.startOffset);
  const words: IToken[] = [];
  let next = 0;
  for (const token of tokens) {
    for (let comment = comments[next]; comment && comment.startOffset < token.startOffset; comment = comments[++next]) {
      words.push(comment);
    }
    words.push(token);
  }
  for (const comment of comments.slice(next)) words.push(comment);
  return words;
}

/** Measures words. */
export function makeStream(words: readonly IToken[], roles: Roles): Stream {
  const texts = words.map((word) => {
    if (!isComment(word)) return word.image;
    // What stands at the end of a line needs no room on it.
    return endsLine(word) ? "" : word.image.replace(/\t/g, " ");
  });
  const starts = new Float64Array(words.length);
  let end = 0;
  let before: IToken | undefined;
  for (const [at, word] of words.entries()) {
    const start = before === undefined ? 0 : end + gap(before, word, roles.marks);
    starts[at] = start;
    end = start + (texts[at] ?? "").length;
    before = word;
  }
  return { words, texts, starts, continuations: findContinuations(words), roles };
}

function findContinuations(words: readonly IToken[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [at, word] of words.entries()) {
    const before = words[at - 1];
    if (before === undefined || !endsLine(word) || word.tokenType !== before.tokenType) continue;
    const below = word.startLine === (before.endLine ?? 0) + 1 && word.startColumn === before.startColumn;
    if (below && (onOneLine(words[at - 2], before) || found.has(at - 1))) found.add(at);
  }
  return found;
}

/** The columns that the words from `first` to `last` take on one line. */
export function width({ starts, texts }: Stream, first: number, last: number): number {
  return (starts[last] ?? 0) - (starts[first] ?? 0) + (texts[last] ?? "").length;
}

/** The words from `first` to `last` on one line. */
export function lineOf({ starts, texts }: Stream, first: number, last: number): string {
  let line = texts[first] ?? "";
  const origin = starts[first] ?? 0;
  for (let at = first + 1; at <= last; at++) {
    if ((starts[at] ?? 0) - origin > line.length) line += " ";
    line += texts[at] ?? "";
  }
  return line;
}

/** Whether one word ends on the line where another begins. */
export function onOneLine(before: IToken | undefined, word: IToken | undefined): boolean {
  return before !== undefined && before.endLine === word?.startLine;
}

const neverAfter = new Set([Semicolon, Comma, RParen, RBracket, LBracket, Dot, DotDot]);
const neverBefore = new Set([LParen, LBracket, Dot, DotDot]);

/** 1 if there is a space between two words on a line, 0 if not. */
function gap(before: IToken, word: IToken, marks: Uint8Array): number {
  if (isComment(before)) return word.tokenType === Semicolon || word.tokenType === Comma ? 0 : 1;
  if (isComment(word)) return 1;
  if (neverAfter.has(word.tokenType) || neverBefore.has(before.tokenType)) return 0;
  const tight = ((marks[word.startOffset] ?? 0) & tightBefore) | ((marks[before.startOffset] ?? 0) & tightAfter);
  return tight === 0 ? 1 : 0;
}

/** What the grammar knows about a word; see `marks.ts`. */
export function marksOf({ words, roles }: Stream, at: number): number {
  return roles.marks[words[at]?.startOffset ?? -1] ?? 0;
}
