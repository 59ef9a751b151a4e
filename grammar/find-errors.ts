import { EOF, type IRecognitionException, type IToken } from "chevrotain";
import type { DescriptionParser } from "./parser/description-parser.ts";
import * as T from "./tokens.ts";

/** More than this many nobody corrects in one go. */
const most = 100;

/**
 * All syntax errors of a description. The parser stops at the first one; what follows the statement with the error is
 * then read anew, behind the beginnings of the blocks that it stands in, as if the statement were not there.
 */
export function findErrors(parser: DescriptionParser, tokens: readonly IToken[]): readonly IRecognitionException[] {
  const errors: IRecognitionException[] = [];
  let stream: readonly IToken[] = tokens;
  let resumed = -1;
  while (errors.length < most) {
    parser.input = [...stream];
    parser.file();
    const [error] = parser.errors;
    if (error === undefined) break;
    const at = error.token.tokenType === EOF ? tokens.length : indexOf(tokens, error.token);
    // The beginning of a block was read before: an error there follows from what was left out.
    if (at < resumed) break;
    errors.push(error);
    if (at >= tokens.length) break;
    const next = resumeAfter(tokens, at, error);
    if (next <= resumed || next >= tokens.length) break;
    resumed = next;
    stream = [...headOf(tokens), ...beginningsOf(tokens, next), ...tokens.slice(next)];
  }
  parser.input = [];
  return errors;
}

/** The place of a token among those of the file, which are in the order of their offsets. */
export function indexOf(tokens: readonly IToken[], token: IToken): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.startOffset ?? 0) < token.startOffset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first token that is worth reading again: of the next statement, or the brace that closes the block. */
function resumeAfter(tokens: readonly IToken[], at: number, error: IRecognitionException): number {
  const wrong = tokens[at];
  const before = tokens[at - 1];
  if (wrong === undefined) return tokens.length;
  // A brace that closes nothing is left out, one that ends a statement too early still closes its block.
  if (wrong.tokenType === T.RBrace) return depthAt(tokens, at) === 0 ? at + 1 : at;
  // Lists of C are one statement a line here.
  if (wrong.tokenType === T.Comma) return at + 1;
  // Where only the semicolon was missing, the next statement begins here.
  if (before !== undefined && before.endLine !== wrong.startLine && beginsStatement(error)) return at;
  let depth = 0;
  for (let index = at; index < tokens.length; index++) {
    const type = tokens[index]?.tokenType;
    if (type === T.LBrace) depth++;
    else if (type === T.RBrace) {
      if (depth === 0) return index;
      depth--;
      // What stands behind a brace on its line still belongs to the statement: `} name;`.
      if (depth === 0 && tokens[index + 1]?.startLine !== tokens[index]?.endLine) return index + 1;
    } else if (type === T.Semicolon && depth === 0) return index + 1;
  }
  return tokens.length;
}

function beginsStatement(error: IRecognitionException): boolean {
  const rule = error.context.ruleStack.at(-1);
  return error.name === "MismatchedTokenException" || rule === "scalarMember" || rule === "structMember";
}

function depthAt(tokens: readonly IToken[], end: number): number {
  return openAt(tokens, end).length;
}

interface OpenBrace {
  /** Where the statement begins that opens the block. */
  readonly start: number;
  readonly brace: number;
}

/** The blocks that are open before a token. */
function openAt(tokens: readonly IToken[], end: number): readonly OpenBrace[] {
  const open: OpenBrace[] = [];
  let start = 0;
  for (let index = 0; index < end; index++) {
    const type = tokens[index]?.tokenType;
    if (type === T.LBrace) {
      open.push({ start, brace: index });
      start = index + 1;
    } else if (type === T.RBrace) {
      const closed = open.pop();
      // Behind the braces of an erratum its statement goes on.
      start = closed !== undefined && tokens[closed.brace - 2]?.tokenType === T.Erratum ? closed.start : index + 1;
    } else if (type === T.Semicolon) start = index + 1;
  }
  return open;
}

function beginningsOf(tokens: readonly IToken[], end: number): readonly IToken[] {
  return openAt(tokens, end).flatMap(({ start, brace }) => tokens.slice(start, brace + 1));
}

/** A head that can be read, whatever is wrong with that of the file. */
function headOf(tokens: readonly IToken[]): readonly IToken[] {
  const [first] = tokens;
  if (first === undefined) return [];
  const word = (tokenType: IToken["tokenType"], image: string): IToken => ({
    ...first,
    image,
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx ?? 0,
  });
  return [word(T.Core, "core"), word(T.Identifier, "x"), word(T.Semicolon, ";")];
}
