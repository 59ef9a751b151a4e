/** A line as a C compiler sees it: continued lines are one, comments are gone. */
export interface LogicalLine {
  readonly text: string;
  /** The line of the file that it begins on, counted from 1. */
  readonly line: number;
}

export interface LogicalText {
  readonly lines: readonly LogicalLine[];
  /** The line of a comment that nothing ends. */
  readonly unclosedComment: number | undefined;
}

/** Stands for a line break in a comment, which ends no line. No text of C holds it. */
const joint = "\v";

/** Joins continued lines and takes the comments out. Text and characters in quotes stay as they are. */
export function logicalLines(text: string): LogicalText {
  const joined = joinContinued(text);
  const { code, unclosed } = withoutComments(joined.map((line) => line.text).join("\n"));
  let index = 0;
  const lines = code.split("\n").map((piece) => {
    const { line } = joined[index] ?? { line: 1 };
    const parts = piece.split(joint);
    index += parts.length;
    return { text: parts.join(""), line };
  });
  return { lines, unclosedComment: unclosed === undefined ? undefined : joined[unclosed]?.line };
}

function joinContinued(text: string): readonly LogicalLine[] {
  const lines: { text: string[]; line: number }[] = [];
  let continues = false;
  for (const [index, raw] of text.replaceAll(joint, " ").split(/\r?\n/).entries()) {
    const last = lines.at(-1);
    const ends = /\\[ \t]*$/.exec(raw);
    const own = ends === null ? raw : raw.slice(0, ends.index);
    if (continues && last !== undefined) last.text.push(own);
    else lines.push({ text: [own], line: index + 1 });
    continues = ends !== null;
  }
  return lines.map((line) => ({ text: line.text.join(""), line: line.line }));
}

/** What begins a comment or a text in quotes, a text up to its end or the end of its line. */
const notable = /\/\*|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/g;

/** @returns the code, with each comment as one space and a joint for each of its line breaks, and the index of the line of an unclosed one */
function withoutComments(text: string): { readonly code: string; readonly unclosed: number | undefined } {
  const parts: string[] = [];
  let from = 0;
  notable.lastIndex = 0;
  for (let found = notable.exec(text); found !== null; found = notable.exec(text)) {
    const [word] = found;
    if (word.startsWith("//")) {
      parts.push(text.slice(from, found.index), " ");
      from = notable.lastIndex;
    } else if (word === "/*") {
      const end = text.indexOf("*/", notable.lastIndex);
      parts.push(text.slice(from, found.index), " ");
      if (end === -1) return { code: parts.join(""), unclosed: lineBreaks(text.slice(0, found.index)) };
      parts.push(joint.repeat(lineBreaks(text.slice(found.index, end))));
      from = end + 2;
      notable.lastIndex = from;
    }
  }
  parts.push(text.slice(from));
  return { code: parts.join(""), unclosed: undefined };
}

function lineBreaks(text: string): number {
  return text.split("\n").length - 1;
}
