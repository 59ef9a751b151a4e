import type { ILexingError, ILexingResult, IToken } from "chevrotain";
import { foreignCharacter } from "../src/check/foreign-character.ts";
import { deepest, mostOperators, nestedTooDeep } from "../src/check/nested-too-deep.ts";
import { numberTooLarge } from "../src/check/number-too-large.ts";
import { unclosedComment } from "../src/check/unclosed-comment.ts";
import { unclosedText } from "../src/check/unclosed-text.ts";
import { diagnosticOf, type Diagnostic, type Place } from "../src/diagnostic/diagnostic.ts";
import * as T from "./tokens.ts";

/** What is wrong with the words of a text, before any grammar: nothing that these hold back can hurt the parser. */
export interface TextDiagnostics {
  readonly diagnostics: readonly Diagnostic[];
  /** The parser would run out of stack. */
  readonly tooDeep: boolean;
}

export function textDiagnostics(path: string, text: string, lexed: ILexingResult): TextDiagnostics {
  const diagnostics: Diagnostic[] = lexed.errors.map((error) => foreign(path, text, error));
  for (const token of lexed.groups["unclosed"] ?? []) {
    diagnostics.push(
      diagnosticOf(unclosedComment, {
        message: "a comment without its closing '*/'",
        at: { ...placeOf(path, token), length: 2 },
        help: "write '*/' where it ends, or '//' for a comment of one line",
      }),
    );
  }
  const deep = findDeep(path, lexed.tokens);
  if (deep !== undefined) diagnostics.push(deep);
  for (const token of lexed.tokens) {
    if (token.tokenType === T.UnclosedText) {
      diagnostics.push(
        diagnosticOf(unclosedText, {
          message: "a text without its closing quote",
          at: { ...placeOf(path, token), length: 1 },
          help: "a text ends on the line that it begins on",
        }),
      );
    } else if (token.tokenType === T.Integer && token.image.length > 32 && isTooLarge(token.image)) {
      const digits = token.image.replace(/^0[xXbB]/, "").length;
      diagnostics.push(
        diagnosticOf(numberTooLarge, {
          message: `a number of ${digits} digits: nothing in virtio has more than 128 bits`,
          at: placeOf(path, token),
        }),
      );
    }
  }
  return { diagnostics, tooDeep: deep !== undefined };
}

function isTooLarge(image: string): boolean {
  const digits = image.replace(/^0[xXbB]/, "").replace(/^0+/, "");
  const most = /^0x/i.test(image) ? 32 : /^0b/i.test(image) ? 128 : 38;
  return digits.length > most;
}

const typographic: Readonly<Record<string, string>> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u201A": "'",
  "\u201C": '"',
  "\u201D": '"',
  "\u201E": '"',
  "\u00AB": '"',
  "\u00BB": '"',
  "\u2013": "-",
  "\u2014": "-",
  "\u2212": "-",
  "\u00D7": "*",
  "\u2264": "<=",
  "\u2265": ">=",
  "\u2260": "!=",
  "\u2192": "->",
  "\u2026": "..",
};

const meanings: Readonly<Record<string, string>> = {
  "!": "'not' negates a condition, '!=' compares",
  "#": "a constant is declared by 'const NAME = 1;', another description needs no 'include'",
  "'": "texts stand in double quotes",
  "^": "there is no exclusive or; '|' and '&' join masks",
  "`": "names stand without quotes, texts in double quotes",
  "@": "attributes follow what they belong to and have no sign before them",
  "\\": "a line goes on until its semicolon; no sign joins it with the next",
};

function foreign(path: string, text: string, error: ILexingError): Diagnostic {
  const at: Place = { file: path, line: error.line ?? 1, column: error.column ?? 1, length: Math.max(1, error.length) };
  const first = String.fromCodePoint(text.codePointAt(error.offset) ?? 0x20);
  const shown = /\p{C}|\p{Z}/u.test(first)
    ? `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
    : first === "'"
      ? `"'"`
      : `'${first}'`;
  const plain = typographic[first];
  const help =
    plain === undefined
      ? (meanings[first] ?? (/\p{Zs}/u.test(first) ? "this space is none: write a plain one" : undefined))
      : `write ${plain === "'" ? "double quotes" : `'${plain}'`}`;
  return diagnosticOf(foreignCharacter, {
    message: `${shown} is no part of the language`,
    at,
    ...(help === undefined ? { label: "remove this" } : { help }),
  });
}

const opening: ReadonlySet<unknown> = new Set([T.LBrace, T.LParen, T.LBracket]);
const closing: ReadonlySet<unknown> = new Set([T.RBrace, T.RParen, T.RBracket]);
/** What an expression does not reach over. */
const ending: ReadonlySet<unknown> = new Set([T.Semicolon, T.LBrace, T.RBrace, T.Comma]);
const operators: ReadonlySet<unknown> = new Set([
  T.Pipe,
  T.Ampersand,
  T.Plus,
  T.Minus,
  T.Star,
  T.Slash,
  T.Percent,
  T.Tilde,
  T.Question,
  T.Not,
  T.Bit,
  T.Arrow,
  T.EqualEqual,
  T.NotEqual,
  T.Less,
  T.LessEqual,
  T.Greater,
  T.GreaterEqual,
  T.ShiftLeft,
  T.ShiftRight,
]);

/** The first token that stands deeper than anything in the standard by far. */
function findDeep(path: string, tokens: readonly IToken[]): Diagnostic | undefined {
  let depth = 0;
  let joined = 0;
  for (const token of tokens) {
    const type = token.tokenType;
    if (opening.has(type)) depth++;
    else if (closing.has(type)) depth = Math.max(0, depth - 1);
    else if (operators.has(type)) joined++;
    if (ending.has(type)) joined = 0;
    if (depth > deepest)
      return diagnosticOf(nestedTooDeep, {
        message: `blocks and parentheses stand more than ${deepest} deep in each other here`,
        at: placeOf(path, token),
        help: "nothing behind this place has been looked at",
      });
    if (joined > mostOperators)
      return diagnosticOf(nestedTooDeep, {
        message: `an expression with more than ${mostOperators} operators`,
        at: placeOf(path, token),
        help: "name a part of it: 'const', 'where'; nothing behind this place has been looked at",
      });
  }
  return undefined;
}

function placeOf(path: string, token: IToken): Place {
  const [line = ""] = token.image.split(/[\r\n]/, 1);
  return { file: path, line: token.startLine ?? 1, column: token.startColumn ?? 1, length: Math.max(1, line.length) };
}
