import { EOF, type ILexingError, type IRecognitionException, type IToken, type TokenType } from 'chevrotain';
import type { Diagnostic, Place } from '../src/diagnostic/diagnostic.ts';
import { nearest } from '../src/diagnostic/suggest.ts';
import * as T from './tokens.ts';

/** What the grammar wants where one of these rules finds nothing that it can take. */
const wanted: Readonly<Record<string, string>> = {
  file: "'device', 'transport' or 'core', and then blocks such as 'features'",
  header: "'device NAME = ID \"Title\";', 'transport NAME;' or 'core NAME;'",
  item: "a block such as 'features', 'queues', 'config', 'enum', 'struct' or 'request'",
  member: "a member such as 'le32 size;'",
  scalarMember: "';', an attribute such as 'if FEATURE', or bit groups in braces",
  structMember: 'the name of a struct, or members in braces',
  arm: "members in braces, or one member",
  partArm: "parts in braces, or 'device-readable' or 'device-writable'",
  partItem: "'device-readable', 'device-writable' or 'switch'",
  part: "members in braces",
  tag: 'the name or number of an alternative',
  groupItem: "a constant such as 'OK = 0;'",
  bitItem: "a bit group such as 'reserved : 31;'",
  attribute: "an attribute such as 'if FEATURE' or 'since 1.2'",
  revision: 'a revision such as 1.2',
  operand: 'a number, a name or an expression in parentheses',
  register: "a register such as '0x010 read le32 DeviceFeatures;'",
  houseItem: "'header', 'no_legacy', 'omit', 'view', 'typedef' or constants",
  houseElement: "'view', 'typedef' or constants",
  normative: "an expression, or a sentence in double quotes",
  rule: "'requires:', 'at_least_one', 'conflicts', 'offers', 'must', 'should' or 'may'",
};

export function lexicalDiagnostic(path: string, text: string, error: ILexingError): Diagnostic {
  const at: Place = { file: path, line: error.line ?? 1, column: error.column ?? 1, length: Math.max(1, error.length) };
  const found = text.slice(error.offset, error.offset + error.length);
  const first = String.fromCodePoint(found.codePointAt(0) ?? 0x20);
  if (first === '"') {
    return { code: 'V1002', severity: 'error', message: 'a text without its closing quote', at: { ...at, length: 1 }, related: [], help: 'a text ends on the line that it begins on' };
  }
  if (found.startsWith('/*')) {
    return { code: 'V1003', severity: 'error', message: "a comment without its closing '*/'", at: { ...at, length: 2 }, related: [] };
  }
  const shown = /\p{C}|\p{Z}/u.test(first) ? `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` : `'${first}'`;
  return { code: 'V1001', severity: 'error', message: `${shown} is no part of the language`, at, related: [], label: 'remove this' };
}

export function syntaxDiagnostic(path: string, text: string, tokens: readonly IToken[], error: IRecognitionException): Diagnostic {
  const found = error.token;
  const atEnd = found.tokenType === EOF;
  const rule = error.context.ruleStack.at(-1) ?? 'file';
  const expected = expectedToken(error);
  if (expected !== undefined && expected !== EOF) {
    // What is missing belongs behind the last thing that was right, not before what comes next, perhaps lines below.
    const before = previousToken(error) ?? found;
    const missing = String(expected.LABEL ?? expected.name);
    const closes = expected === T.Semicolon || expected === T.RBrace || expected === T.RParen || expected === T.RBracket;
    if (closes && !Number.isNaN(before.startOffset)) {
      return {
        code: atEnd ? 'V1005' : 'V1004',
        severity: 'error',
        message: `${missing} is missing after '${before.image}'`,
        at: behind(path, before),
        label: `expected ${missing}`,
        related: [],
      };
    }
    return { code: atEnd ? 'V1005' : 'V1004', severity: 'error', message: `expected ${missing}, found ${shown(found)}`, at: placeOf(path, text, tokens, found), related: [], ...helpFor(found) };
  }
  return {
    code: atEnd ? 'V1005' : 'V1004',
    severity: 'error',
    message: `expected ${wanted[expected === EOF ? 'item' : rule] ?? 'something else'}, found ${shown(found)}`,
    at: placeOf(path, text, tokens, found),
    related: [],
    ...helpFor(found),
  };
}

function shown(found: IToken): string {
  return found.tokenType === EOF ? 'the end of the file' : `'${found.image}'`;
}

function helpFor(found: IToken): { readonly help?: string } {
  if (found.tokenType !== T.Identifier) return {};
  const meant = nearest(found.image, [...T.keywords, 'u8', 'le16', 'le32', 'le64', 'be16', 'be32', 'be64']);
  return meant === undefined ? {} : { help: `did you mean '${meant}'?` };
}

/** Chevrotain does not say in a typed way which token it expected; its error holds it in the message's own words. */
function expectedToken(error: IRecognitionException): TokenType | undefined {
  if (error.name === 'NotAllInputParsedException') return EOF;
  if (error.name !== 'MismatchedTokenException') return undefined;
  const label = /-->\s(.+?)\s<--/.exec(error.message)?.[1];
  if (label === 'EOF') return EOF;
  return T.allTokens.find((token) => token.LABEL === label || token.name === label);
}

/** The last token that was right; the library's type of the error lacks it. */
function previousToken(error: IRecognitionException): IToken | undefined {
  return 'previousToken' in error ? (error.previousToken as IToken | undefined) : undefined;
}

function behind(path: string, before: IToken): Place {
  return { file: path, line: before.endLine ?? 1, column: (before.endColumn ?? 0) + 1, length: 1 };
}

function placeOf(path: string, text: string, tokens: readonly IToken[], found: IToken): Place {
  if (found.tokenType !== EOF && !Number.isNaN(found.startOffset)) {
    return { file: path, line: found.startLine ?? 1, column: found.startColumn ?? 1, length: Math.max(1, found.image.length) };
  }
  const last = tokens.at(-1);
  if (last !== undefined) return behind(path, last);
  const lines = text.split('\n');
  return { file: path, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, length: 1 };
}
