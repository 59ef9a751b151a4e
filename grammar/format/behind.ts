import { commentLines } from "./comment.ts";
import { commentWidth, commentGap, type Line } from "./line.ts";
import type { Stream } from "./stream.ts";

/** Puts a comment behind a line, or below the one that is there and that it goes on with, if that is where it stands. */
export function putBehind(stream: Stream, line: Line, at: number, trailing: boolean): boolean {
  const [text = "", ...others] = textsAt(stream, at);
  const last = line.comments.at(-1);
  if (others.length > 0) return false;
  if (last !== undefined && stream.continuations.has(at)) {
    const [before = ""] = textsAt(stream, at - 1);
    line.comments.push(text.padStart(last.length - before.length + text.length));
    return true;
  }
  if (trailing) line.comments.splice(0, 1, last === undefined ? text : `${last} ${text}`);
  return trailing;
}

/** The columns that a comment, and those that go on with it, take behind a line. */
export function widthBehind(stream: Stream, at: number): number {
  const texts = textsAt(stream, at);
  if (texts.length > 1) return 0;
  for (let next = at + 1; stream.continuations.has(next); next++) texts.push(...textsAt(stream, next));
  return commentGap + commentWidth(texts);
}

function textsAt({ words }: Stream, at: number): string[] {
  return [...commentLines(words[at]?.image ?? "")];
}
