import { unclosedComment } from "../src/check/unclosed-comment.ts";
import { unexpectedEnd } from "../src/check/unexpected-end.ts";
import { unexpectedWord } from "../src/check/unexpected-word.ts";
import type { Diagnostic } from "../src/diagnostic/diagnostic.ts";
import type { File } from "./ast.ts";
import { findErrors } from "./find-errors.ts";
import { DescriptionParser } from "./parser/description-parser.ts";
import { syntaxDiagnostic } from "./syntax-diagnostics.ts";
import { textDiagnostics } from "./text-diagnostics.ts";
import { lexer } from "./tokens.ts";
import { Docs } from "./visit/docs.ts";
import { file } from "./visit/items.ts";

export interface ParseResult {
  /** Absent where the text has syntax errors: nothing is guessed. */
  readonly file: File | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

let shared: DescriptionParser | undefined;

/** Reads one description. Finds all syntax errors of it in one run; never throws. `path` goes into the places only. */
export function parse(path: string, text: string): ParseResult {
  const lexed = lexer.tokenize(text);
  const words = textDiagnostics(path, text, lexed);
  if (words.tooDeep) return { file: undefined, diagnostics: inOrder(words.diagnostics) };
  shared ??= new DescriptionParser();
  const parser = shared;
  parser.input = lexed.tokens;
  const cst = parser.file();
  const errors = parser.errors.length > 0 ? findErrors(parser, lexed.tokens) : [];
  parser.input = [];
  const diagnostics = inOrder([
    ...words.diagnostics,
    ...errors.map((error) => syntaxDiagnostic(path, text, lexed.tokens, error)),
  ]);
  if (diagnostics.length > 0) return { file: undefined, diagnostics };
  return { file: file({ path, docs: new Docs(lexed.tokens, lexed.groups["docs"] ?? []) }, cst), diagnostics };
}

/** The first of each line, in the order of lines: what follows an error on its line is most often its consequence. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  // A comment without an end swallows the braces that would be missed.
  const swallowed = diagnostics.some((one) => one.code === unclosedComment.code);
  return diagnostics
    .filter((one) => !(swallowed && one.code === unexpectedEnd.code))
    .toSorted((a, b) => a.at.line - b.at.line || rank(a) - rank(b) || a.at.column - b.at.column)
    .filter((one, index, all) => all[index - 1]?.at.line !== one.at.line);
}

/** A wrong character or text is the cause of what the parser makes of it, wherever on the line that is. */
function rank(one: Diagnostic): number {
  return one.code === unexpectedWord.code || one.code === unexpectedEnd.code ? 1 : 0;
}
