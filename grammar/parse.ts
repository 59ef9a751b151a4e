import type { Diagnostic } from '../src/diagnostic/diagnostic.ts';
import type { File } from './ast.ts';
import { DescriptionParser } from './parser/description-parser.ts';
import { lexicalDiagnostic, syntaxDiagnostic } from './syntax-diagnostics.ts';
import { lexer } from './tokens.ts';
import { Docs } from './visit/docs.ts';
import { file } from './visit/items.ts';

export interface ParseResult {
  /** Absent where the text has syntax errors: nothing is guessed. */
  readonly file: File | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

let quick: DescriptionParser | undefined;
let thorough: DescriptionParser | undefined;

/** Reads one description. Finds all syntax errors of it in one run; never throws. `path` goes into the places only. */
export function parse(path: string, text: string): ParseResult {
  const lexed = lexer.tokenize(text);
  let parser = (quick ??= new DescriptionParser());
  parser.input = lexed.tokens;
  const cst = parser.file();
  if (parser.errors.length > 0) {
    // Only now is it worth knowing how to go on after an error.
    parser = thorough ??= new DescriptionParser({ recover: true });
    parser.input = lexed.tokens;
    parser.file();
  }
  const diagnostics = [
    ...lexed.errors.map((error) => lexicalDiagnostic(path, text, error)),
    ...parser.errors.map((error) => syntaxDiagnostic(path, text, lexed.tokens, error)),
  ]
    .toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
    // What follows an error on its line is most often its consequence.
    .filter((one, index, all) => all[index - 1]?.at.line !== one.at.line);
  parser.input = [];
  if (diagnostics.length > 0) return { file: undefined, diagnostics };
  return { file: file({ path, docs: new Docs(lexed.tokens, lexed.groups['docs'] ?? []) }, cst), diagnostics };
}
