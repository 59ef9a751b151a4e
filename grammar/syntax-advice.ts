import { EOF, type IToken, type TokenType } from 'chevrotain';
import { nearest } from '../src/diagnostic/suggest.ts';
import * as T from './tokens.ts';

/** Where the parser could not go on. */
export interface Stop {
  readonly found: IToken;
  readonly before: IToken | undefined;
  /** The token behind the one found. */
  readonly next: IToken | undefined;
  /** The grammar's rule, the innermost last. */
  readonly rules: readonly string[];
  readonly expected: TokenType | undefined;
}

interface Slip {
  readonly when: (stop: Stop) => boolean;
  readonly help: string | ((stop: Stop) => string);
}

const attributes = [
  'since', 'until', 'was', 'alias', 'also', 'c_name', 'c_prefix', 'if', 'unless', 'requires', 'in', 'writable', 'write_clears', 'kept',
  'reset', 'bank', 'limit', 'bitmap', 'pad', 'packed', 'natural', 'compact', 'order', 'size', 'by', 'overridable', 'label', 'unit', 'from',
  'group', 'refers', 'erratum',
];
const blocks = [
  'features', 'feature_ranges', 'queues', 'config', 'enum', 'flags', 'bits', 'shared_memory', 'const', 'struct', 'external', 'parameter',
  'request', 'message', 'event', 'response', 'registers', 'pci_capability', 'ccw_command', 'admin_command', 'capability', 'resource',
  'device_part', 'requires', 'at_least_one', 'conflicts', 'offers', 'must', 'should', 'may', 'erratum', 'legacy', 'house',
];
const types = ['u8', 'u16', 'u32', 'u64', 'le16', 'le32', 'le64', 'be16', 'be32', 'be64'];

/** Slips that authors make who come from C or from the standard's own listings. */
const slips: readonly Slip[] = [
  { when: ({ found, before }) => is(found, T.Ampersand) && is(before, T.Ampersand), help: "'and' is one '&'" },
  { when: ({ found, before }) => is(found, T.Pipe) && is(before, T.Pipe), help: "'or' is one '|'" },
  { when: ({ found }) => named(found, 'and', 'or') && true, help: ({ found }) => `'${found.image}' is written '${found.image.toLowerCase() === 'and' ? '&' : '|'}'` },
  { when: ({ found, before }) => is(found, T.Equal) && is(before, T.Equal), help: "'==' compares, with nothing between the two signs" },
  { when: ({ found, rules, before }) => is(found, T.Equal) && rules.includes('attribute') && before !== undefined && inCondition(rules), help: "a comparison is written '=='" },
  { when: ({ found, expected, rules }) => is(found, T.Comma) && expected === T.Equal && rules.at(-1) === 'constantLine', help: 'each constant has its value and ends with a semicolon: OK = 0;' },
  { when: ({ found, expected, rules }) => is(found, T.RBrace) && expected === T.Equal && rules.at(-1) === 'constantLine', help: 'each constant has its value and ends with a semicolon: OK = 0;' },
  { when: ({ found, expected }) => is(found, T.Comma) && expected === T.Semicolon, help: "lines end with ';', not with ','" },
  { when: ({ found, expected }) => is(found, T.Colon) && expected === T.Semicolon, help: "lines end with ';', not with ':'" },
  { when: ({ found, before, rules }) => is(found, T.Integer) && is(before, T.Colon) && rules.includes('fieldTail'), help: 'bit groups stand in braces: le32 flags { unmap : 1; reserved : 31; }' },
  { when: ({ found, rules }) => is(found, T.Scalar) && rules.includes('ifBlock'), help: ({ found }) => `'if' stands behind the member: ${found.image} name if FEATURE;` },
  { when: ({ found, before }) => is(found, T.Minus) && is(before, T.Integer), help: "a range is written with two dots: 1..8" },
  { when: ({ found, rules }) => is(found, T.LBracket) && rules.at(-1) === 'operand', help: 'a range is written with two dots and without brackets: 1..8' },
  { when: ({ found, before, rules }) => rules.at(-1) === 'revision' && is(found, T.Text) && before !== undefined, help: 'a revision is a number: since 1.2' },
  { when: ({ found, rules }) => rules.at(-1) === 'revision' && /^v\d/i.test(found.image), help: ({ found }) => `a revision has no letter before it: ${found.image.slice(1)}…` },
  { when: ({ found, before }) => named(before, 'case') && !is(found, T.Colon), help: "an alternative is written without 'case': TAG : { … }" },
  { when: ({ found, rules }) => rules.at(-1) === 'normative' && nameLike(found), help: "'driver' or 'device' says whose duty it is: must device \"LABEL\": …" },
  { when: ({ rules, found }) => rules.at(-1) === 'rule' && nameLike(found), help: 'a sentence stands in double quotes' },
  { when: ({ found, before }) => nameLike(found) && found.image.startsWith('_') && is(before, T.Integer), help: 'the digits of a number are not grouped' },
  { when: ({ found, before }) => nameLike(found) && is(before, T.Integer) && adjacent(before, found), help: ({ found, before }) => `'${before?.image ?? ''}${found.image}' is no number: hexadecimal ones begin with 0x, and a name begins with a letter` },
  { when: ({ found, next }) => named(found, 'uint8_t', 'uint16_t', 'uint32_t', 'uint64_t', 'int', 'char', 'unsigned') && next !== undefined, help: ({ found }) => `the types are ${types.join(', ')}; for '${found.image}' write '${plainType(found.image)}'` },
  { when: ({ found, rules }) => rules.at(-1) === 'erratum' && is(found, T.LBrace), help: 'an erratum has a name: erratum "length of the header" { … }' },
  { when: ({ found, rules }) => is(found, T.LBrace) && rules.at(-1) === 'armHead', help: "a colon stands behind the tags: TAG : { … }" },
  { when: ({ found, expected }) => (is(found, T.DeviceReadable) || is(found, T.DeviceWritable)) && expected === T.Colon, help: 'a colon stands behind the tags: TAG : device-readable { … }' },
  { when: ({ found, rules }) => is(found, T.Colon) && rules.at(-1) === 'constantLine', help: "a constant has its value behind '=': OK = 0;" },
  { when: ({ found, expected, rules }) => is(found, T.Colon) && expected === T.LBrace && rules.at(-1) === 'constantGroup', help: "the width of the values is that of the member that holds them: u8 status : S;" },
  { when: ({ found, rules }) => is(found, T.Text) && rules.at(-1) === 'header', help: 'a name stands before the title: device blk = 2 "Block Device";' },
  { when: ({ found, rules }) => is(found, T.Semicolon) && rules.at(-1) === 'members', help: "what is declared without members is 'external struct NAME size 40;'" },
  { when: ({ found, rules }) => is(found, T.Semicolon) && (rules.at(-1) === 'item' || rules.length <= 1), help: "no ';' stands behind the '}' of this block" },
];

/** What to do, where the slip is one of the usual ones or the word nearly one that fits. */
export function adviceFor(stop: Stop): string | undefined {
  const slip = slips.find((one) => one.when(stop));
  if (slip !== undefined) return typeof slip.help === 'string' ? slip.help : slip.help(stop);
  if (!nameLike(stop.found)) return undefined;
  const meant = nearest(stop.found.image, candidates(stop));
  return meant === undefined || meant === stop.found.image ? undefined : `did you mean '${meant}'?`;
}

function candidates({ rules, expected }: Stop): readonly string[] {
  const rule = rules.at(-1) ?? 'file';
  if (rule === 'header') return ['device', 'transport', 'core'];
  if (rule === 'file' || rule === 'item') return blocks;
  if (expected === T.Semicolon || rule === 'attribute') return attributes;
  if (rule === 'request' || rule === 'partItem' || rule === 'part' || rule === 'partArm') return ['device-readable', 'device-writable', 'switch', ...types];
  if (rule === 'register') return ['read', 'write', 'rw', ...types];
  if (rule === 'houseItem' || rule === 'houseElement') return ['header', 'no_legacy', 'omit', 'view', 'typedef', 'const', 'enum', 'flags', 'bits'];
  return [...T.keywords, ...types];
}

/** Whether the word stands where only attributes can follow. */
export function isAttributeLike(stop: Stop): boolean {
  return nameLike(stop.found) && stop.before !== undefined && stop.before.endLine === stop.found.startLine;
}

function inCondition(rules: readonly string[]): boolean {
  return rules.includes('condition') || rules.includes('present');
}

function is(token: IToken | undefined, type: TokenType): boolean {
  return token?.tokenType === type;
}

function named(token: IToken | undefined, ...words: readonly string[]): boolean {
  return token !== undefined && words.includes(token.image.toLowerCase());
}

export function nameLike(token: IToken): boolean {
  return token.tokenType !== EOF && (token.tokenType === T.Identifier || token.tokenType.CATEGORIES?.includes(T.Name) === true);
}

function adjacent(a: IToken | undefined, b: IToken): boolean {
  return a?.endOffset !== undefined && a.endOffset + 1 === b.startOffset;
}

function plainType(name: string): string {
  const bits = /\d+/.exec(name)?.[0] ?? (name === 'char' ? '8' : '32');
  return bits === '8' ? 'u8' : `le${bits}`;
}
