import type { IToken } from "chevrotain";
import { BlockComment, DocComment, LineComment } from "../tokens.ts";

export function isComment(word: IToken | undefined): boolean {
  const type = word?.tokenType;
  return type === LineComment || type === DocComment || type === BlockComment;
}

/** Whether nothing can stand behind the word on its line: a line comment, or a comment of several lines. */
export function endsLine(word: IToken): boolean {
  return isComment(word) && (word.tokenType !== BlockComment || word.startLine !== word.endLine);
}

/**
 * A comment as it is printed on lines of its own, the first at the indent, the others with their spaces. Stars are put
 * under the first star, other text keeps its shape under the first line's text.
 */
export function commentLines(image: string): readonly string[] {
  const [opening = "", ...others] = image.split(/\r\n?|\n/).map((line) => line.replace(/\t/g, " ").trimEnd());
  const text = others.at(-1)?.trimStart() === "*/" ? others.slice(0, -1) : others;
  const filled = text.filter((line) => line !== "");
  const stars = filled.every((line) => line.trimStart().startsWith("*"));
  const margin = Math.min(...filled.map((line) => line.length - line.trimStart().length));
  const body = text.map((line) => {
    if (line === "") return line;
    return stars ? ` ${line.trimStart()}` : `   ${line.slice(margin)}`;
  });
  return [opening, ...body, ...(text.length < others.length ? [" */"] : [])];
}

/** The words of a comment, to tell whether two comments differ in more than white space at the ends of their lines. */
export function commentWords(image: string): string {
  return image
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/\t/g, " ").trim())
    .join("\n");
}
