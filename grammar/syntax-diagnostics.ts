import { EOF, type IRecognitionException, type IToken, type TokenType } from "chevrotain";
import { unexpectedEnd } from "../src/check/unexpected-end.ts";
import { unexpectedWord } from "../src/check/unexpected-word.ts";
import { diagnosticOf, type Diagnostic, type Finding, type Place } from "../src/diagnostic/diagnostic.ts";
import { indexOf } from "./find-errors.ts";
import { findOpenBlock } from "./open-blocks.ts";
import { adviceFor, nameLike, type Stop } from "./syntax-advice.ts";
import * as T from "./tokens.ts";

/** What the grammar wants where one of these rules finds nothing that it can take. */
const wanted: Readonly<Record<string, string>> = {
  file: "'device', 'transport' or 'core', and then blocks such as 'features'",
  header: "'device NAME = ID \"Title\";', 'transport NAME;' or 'core NAME;'",
  item: "a block such as 'features', 'queues', 'config', 'enum', 'struct' or 'request'",
  member: "a member such as 'le32 size;'",
  scalarMember: "';', an attribute such as 'if FEATURE', or bit groups in braces",
  structMember: "the name of a struct, or members in braces",
  arm: "members in braces, or one member",
  partArm: "parts in braces, or 'device-readable' or 'device-writable'",
  partItem: "'device-readable', 'device-writable' or 'switch'",
  part: "members in braces",
  tag: "the name or number of an alternative",
  groupItem: "a constant such as 'OK = 0;'",
  bitItem: "a bit group such as 'reserved : 31;'",
  attribute: "an attribute such as 'if FEATURE' or 'since 1.2'",
  revision: "a revision such as 1.2",
  operand: "a number, a name or an expression in parentheses",
  operation: "a number, a name or an expression in parentheses",
  register: "a register such as '0x010 read le32 DeviceFeatures;'",
  houseItem: "'header', 'no_legacy', 'omit', 'view', 'typedef' or constants",
  houseElement: "'view', 'typedef' or constants",
  normative: "an expression, or a sentence in double quotes",
  rule: "'requires:', 'at_least_one', 'conflicts', 'offers', 'must', 'should' or 'may'",
  request: "a part such as 'device-readable { … }', or members",
  legacyNative: "'config', 'requests', or structs and requests by their names",
  variant: "an alternative such as 'TAG : { … }'",
  window: "an alternative such as 'TAG : { … }'",
  view: "'struct' or 'union'",
  partSwitch: "an alternative such as 'TAG : { … }'",
  command: "members, or sections such as 'data { … }'",
};

/** What the braces of these rules hold. */
const inside: Readonly<Record<string, string>> = {
  features: "a feature such as 'FLUSH = 9;'",
  featureRanges: "a range such as 'device = 0..23;'",
  queues: "a queue such as 'requestq = 0;'",
  constantGroup: "a constant such as 'OK = 0;'",
  groupItem: "a constant such as 'OK = 0;'",
  members: "a member such as 'le32 size;'",
  bitItems: "a bit group such as 'reserved : 31;'",
  variant: "an alternative such as 'TAG : { … }'",
  window: "an alternative such as 'TAG : { … }'",
  view: "'struct' or 'union'",
  partSwitch: "an alternative such as 'TAG : { … }'",
  partArm: "a part such as 'device-readable { … }'",
  request: "a part such as 'device-readable { … }'",
  registers: "a register such as '0x010 read le32 DeviceFeatures;'",
  command: "a member, or a section such as 'data { … }'",
  house: "'header', 'no_legacy', 'omit', 'view', 'typedef' or constants",
  erratum: "'text: \"…\";', 'meant: \"…\";', 'because \"…\";' or 'at \"file.tex:line\";'",
};

const closing: ReadonlySet<TokenType> = new Set([T.Semicolon, T.RBrace, T.RParen, T.RBracket]);

/** What the parser could not read, in words: what it found, what could stand there, and what is probably meant. */
export function syntaxDiagnostic(
  path: string,
  text: string,
  tokens: readonly IToken[],
  error: IRecognitionException,
): Diagnostic {
  const found = error.token;
  const atEnd = found.tokenType === EOF;
  const rule = atEnd ? unexpectedEnd : unexpectedWord;
  const stop = stopOf(tokens, error);
  return diagnosticOf(rule, explain(path, text, tokens, stop));
}

function explain(path: string, text: string, tokens: readonly IToken[], stop: Stop): Finding {
  const { found, before, expected, rules } = stop;
  const at = placeOf(path, text, tokens, found);
  const advice = adviceFor(stop);
  const more = advice?.help === undefined ? {} : { help: advice.help };
  if (advice?.message !== undefined)
    return {
      message: advice.message,
      at: advice.at === undefined ? at : placeOf(path, text, tokens, advice.at),
      ...more,
    };
  const block =
    found.tokenType === EOF || (expected === T.RBrace && found.startColumn !== undefined)
      ? findOpenBlock(tokens, found)
      : undefined;
  if (block !== undefined && (found.tokenType === EOF || block.isLeft)) return unclosed(path, block.brace, block.last);
  if (found.tokenType === T.RBrace && rules.length <= 1)
    return {
      message: "this '}' closes nothing",
      at,
      help: "every block before it is closed: it is one too many, or a block was closed too early",
    };
  if (before !== undefined && endsStatement(stop) && before.endLine !== found.startLine)
    return missing(path, before, T.Semicolon, more);
  if (expected === undefined || expected === EOF) {
    const rule = expected === EOF ? "item" : (rules.at(-1) ?? "file");
    return { message: `expected ${wanted[rule] ?? "another word"}, found ${shown(found)}`, at, ...more };
  }
  // On the same line it is rather a misspelt attribute, or another sign, than the beginning of what comes next.
  if (expected === T.Semicolon && before !== undefined)
    return {
      message: `expected ';'${nameLike(found) ? " or an attribute such as 'if FEATURE'" : ""}, found ${shown(found)}`,
      at,
      ...more,
    };
  if (expected === T.RBrace)
    return {
      message: `expected ${inside[rules.at(-1) ?? ""] ?? "another word"} or '}', found ${shown(found)}`,
      at,
      ...more,
    };
  if (closing.has(expected) && before !== undefined) return missing(path, before, expected, more);
  return { message: `expected ${spelled(expected)}, found ${shown(found)}`, at, ...more };
}

/** Whether nothing but the semicolon was missing where the parser stopped. */
function endsStatement({ expected, rules }: Stop): boolean {
  return (
    expected === T.Semicolon || (expected === undefined && ["scalarMember", "fieldTail"].includes(rules.at(-1) ?? ""))
  );
}

/** What is missing belongs behind the last thing that was right, not before what comes next, perhaps lines below. */
function missing(path: string, before: IToken, expected: TokenType, more: { readonly help?: string }): Finding {
  return {
    message: `${spelled(expected)} is missing after '${before.image}'`,
    at: behind(path, before),
    label: `expected ${spelled(expected)}`,
    ...more,
  };
}

function spelled(token: TokenType): string {
  return token.LABEL ?? token.name;
}

function unclosed(path: string, brace: IToken, last: IToken): Finding {
  return {
    message: `'}' is missing after '${last.image}'`,
    at: behind(path, last),
    label: "expected '}'",
    related: [
      {
        at: { file: path, line: brace.startLine ?? 1, column: brace.startColumn ?? 1, length: 1 },
        message: "this block is not closed",
      },
    ],
  };
}

function stopOf(tokens: readonly IToken[], error: IRecognitionException): Stop {
  const found = error.token;
  const index = found.tokenType === EOF ? tokens.length : indexOf(tokens, found);
  const start = tokens.findLastIndex(
    (token, at) =>
      at < index && (token.tokenType === T.Semicolon || token.tokenType === T.LBrace || token.tokenType === T.RBrace),
  );
  return {
    found,
    before: tokens[index - 1],
    next: tokens[index + 1],
    first: tokens[start + 1],
    rules: error.context.ruleStack,
    expected: expectedToken(error),
  };
}

function shown(found: IToken): string {
  if (found.tokenType === EOF) return "the end of the file";
  return `'${found.image.length > 40 ? `${found.image.slice(0, 39)}…` : found.image}'`;
}

/** Chevrotain does not say in a typed way which token it expected; its error holds it in the message's own words. */
function expectedToken(error: IRecognitionException): TokenType | undefined {
  if (error.name === "NotAllInputParsedException") return EOF;
  if (error.name !== "MismatchedTokenException") return undefined;
  const label = /-->\s(.+?)\s<--/.exec(error.message)?.[1];
  if (label === "EOF") return EOF;
  return T.allTokens.find((token) => token.LABEL === label || token.name === label);
}

function behind(path: string, before: IToken): Place {
  return { file: path, line: before.endLine ?? 1, column: (before.endColumn ?? 0) + 1, length: 1 };
}

function placeOf(path: string, text: string, tokens: readonly IToken[], found: IToken): Place {
  if (found.tokenType !== EOF && !Number.isNaN(found.startOffset)) {
    return {
      file: path,
      line: found.startLine ?? 1,
      column: found.startColumn ?? 1,
      length: Math.max(1, found.image.length),
    };
  }
  const last = tokens.at(-1);
  if (last !== undefined) return behind(path, last);
  const lines = text.split("\n");
  return { file: path, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, length: 1 };
}
