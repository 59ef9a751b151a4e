import type { IToken } from "chevrotain";
import type { Diagnostic } from "../../src/diagnostic/diagnostic.ts";
import { parse } from "../parse.ts";
import { DescriptionParser } from "../parser/description-parser.ts";
import { textDiagnostics } from "../text-diagnostics.ts";
import { lexer } from "../tokens.ts";
import { align, paddingOfLongLines } from "./align.ts";
import { commentWords, isComment } from "./comment.ts";
import { layout } from "./layout.ts";
import { print, type Line } from "./line.ts";
import { findRoles } from "./roles.ts";
import { readStatements } from "./statements.ts";
import { makeStream, mergeByOffset, type Stream } from "./stream.ts";

export type Formatted = { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] };

let shared: DescriptionParser | undefined;

/**
 * Gives a description its one canonical layout.
 *
 * The layout moves the description's own tokens and comments about and prints nothing from a tree, so that none can be
 * lost; and the result is read again to be sure.
 *
 * @param path goes into the places of diagnostics only
 * @returns the text, or the errors for which there is none
 */
export function format(text: string, path: string): Formatted {
  const lexed = lexer.tokenize(text);
  if (textDiagnostics(path, text, lexed).diagnostics.length > 0) return { diagnostics: parse(path, text).diagnostics };
  shared ??= new DescriptionParser();
  const parser = shared;
  parser.input = lexed.tokens;
  const tree = parser.file();
  const wrong = lexed.errors.length + parser.errors.length > 0;
  parser.input = [];
  if (wrong) return { diagnostics: parse(path, text).diagnostics };

  const words = wordsOf(lexed);
  const stream = makeStream(words, findRoles(tree, text.length));
  const formatted = print(alignedLines(stream));
  const changed = firstChange(words, wordsOf(lexer.tokenize(formatted)));
  return changed === undefined ? { text: formatted } : { diagnostics: [refusal(path, changed)] };
}

function alignedLines(stream: Stream): readonly Line[] {
  const items = readStatements(stream);
  const lines = layout(stream, items, new Map());
  align(lines);
  const padding = paddingOfLongLines(lines);
  if (padding.size === 0) return lines;
  // Only now is it known which statements need more than a line.
  const again = layout(stream, items, padding);
  align(again);
  return again;
}

function wordsOf({ tokens, groups }: ReturnType<typeof lexer.tokenize>): readonly IToken[] {
  return mergeByOffset(tokens, groups["docs"] ?? [], groups["comments"] ?? []);
}

/** The first word that differs; white space at the ends of a comment's lines does not count. */
function firstChange(before: readonly IToken[], after: readonly IToken[]): IToken | undefined {
  const at = before.findIndex((word, index) => {
    const other = after[index];
    if (other?.tokenType !== word.tokenType) return true;
    return other.image !== word.image && !(isComment(word) && commentWords(other.image) === commentWords(word.image));
  });
  if (at >= 0) return before[at];
  return after.length > before.length ? before.at(-1) : undefined;
}

/** The formatter has a defect; the description has none. */
function refusal(file: string, { image, startLine = 1, startColumn = 1 }: IToken): Diagnostic {
  return {
    code: "V1008",
    severity: "error",
    message: `the layout would change '${image}', so nothing is changed`,
    at: { file, line: startLine, column: startColumn, length: image.split(/[\r\n]/)[0]?.length ?? 1 },
    related: [],
    help: "this is a defect of the formatter: please report it with this description",
  };
}
