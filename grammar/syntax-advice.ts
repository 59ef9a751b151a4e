import { EOF, type IToken, type TokenType } from "chevrotain";
import { nearest } from "../src/diagnostic/suggest.ts";
import * as T from "./tokens.ts";

/** Where the parser could not go on. */
export interface Stop {
  readonly found: IToken;
  readonly before: IToken | undefined;
  /** The token behind the one found. */
  readonly next: IToken | undefined;
  /** The first token of the statement. */
  readonly first: IToken | undefined;
  /** The grammar's rule, the innermost last. */
  readonly rules: readonly string[];
  readonly expected: TokenType | undefined;
}

export interface Advice {
  readonly help: string;
  /** Where the usual message would mislead. */
  readonly message?: string | undefined;
  /** What the message is about, where that is not the token found. */
  readonly at?: IToken | undefined;
}

interface Slip {
  readonly when: (stop: Stop) => boolean;
  readonly help: string | ((stop: Stop) => string);
  readonly message?: (stop: Stop) => string;
  readonly at?: (stop: Stop) => IToken | undefined;
}

const attributes = [
  "since",
  "until",
  "was",
  "alias",
  "also",
  "c_name",
  "c_prefix",
  "if",
  "unless",
  "requires",
  "in",
  "writable",
  "write_clears",
  "kept",
  "reset",
  "bank",
  "limit",
  "bitmap",
  "refuse",
  "pad",
  "packed",
  "natural",
  "compact",
  "order",
  "size",
  "by",
  "overridable",
  "any_length",
  "numbered",
  "label",
  "unit",
  "from",
  "group",
  "refers",
  "given",
  "erratum",
];
const blocks = [
  "features",
  "feature_ranges",
  "queues",
  "config",
  "enum",
  "flags",
  "bits",
  "shared_memory",
  "const",
  "struct",
  "external",
  "parameter",
  "request",
  "message",
  "event",
  "response",
  "registers",
  "ccw_command",
  "capability",
  "resource",
  "device_part",
  "requires",
  "at_least_one",
  "conflicts",
  "offers",
  "must",
  "should",
  "may",
  "erratum",
  "legacy",
  "house",
];
const directions = ["device-readable", "device-writable"];
const types = ["u8", "u16", "u32", "u64", "le16", "le32", "le64", "be16", "be32", "be64"];

/** Slips that authors make who come from C or from the standard's own listings. */
const slips: readonly Slip[] = [
  // Words that stand at the wrong end of a statement.
  {
    when: ({ first }) => named(first, "case") && !is(first, T.Name),
    message: () => "'case' is no word of the language",
    at: ({ first }) => first,
    help: "an alternative is its tag and a colon: TAG : { … }",
  },
  {
    when: ({ first, rules }) => named(first, "else") && rules.length > 1,
    message: () => "there is no 'else'",
    at: ({ first }) => first,
    help: "write 'if' behind the members of the one case and 'unless' behind those of the other",
  },
  {
    when: ({ found }) => named(found, "else"),
    message: () => "there is no 'else'",
    help: "write 'if' behind the members of the one case and 'unless' behind those of the other",
  },
  {
    when: ({ first, found, rules }) =>
      attributes.includes(first?.image ?? "") &&
      first !== found &&
      rules.includes("member") &&
      ["since", "until", "writable"].includes(first?.image ?? ""),
    message: ({ first }) => `'${first?.image ?? ""}' stands before the member`,
    at: ({ first }) => first,
    help: "attributes stand behind what they belong to: le16 name since 1.2;",
  },
  {
    when: ({ found, expected }) => is(found, T.Legacy) && expected === T.Semicolon,
    message: () => "'legacy' stands behind the element",
    help: "'legacy' is the first word: legacy BARRIER = 0;",
  },
  {
    when: ({ found, rules }) => is(found, T.Scalar) && rules.includes("ifBlock"),
    message: ({ found }) => `'if' stands before the member '${found.image} …'`,
    help: ({ found }) => `'if' stands behind it: ${found.image} name if FEATURE;`,
  },
  {
    when: ({ before, expected }) => named(before, "queue", "feature", "register") && expected === T.Equal,
    message: ({ before }) => `'${before?.image ?? ""}' is not written here`,
    at: ({ before }) => before,
    help: ({ found }) => `the line begins with the name: ${found.image} = 0;`,
  },
  // Directions.
  {
    when: ({ before, found, rules }) =>
      rules.includes("request") &&
      before !== undefined &&
      is(found, T.LBrace) &&
      nearest(before.image.replace("_", "-"), directions) !== undefined,
    message: ({ before }) => `'${before?.image ?? ""}' is no direction`,
    at: ({ before }) => before,
    help: ({ before }) => `did you mean '${nearest((before?.image ?? "").replace("_", "-"), directions) ?? ""}'?`,
  },
  {
    when: ({ before, found, next }) =>
      named(before, "device", "driver") && is(found, T.Minus) && next !== undefined && nameLike(next),
    message: ({ before, next }) => `'${before?.image ?? ""}-${next?.image ?? ""}' is no direction`,
    at: ({ before }) => before,
    help: ({ before, next }) =>
      `did you mean '${nearest(`${before?.image ?? ""}-${next?.image ?? ""}`, directions) ?? "device-readable"}'?`,
  },
  // Operators of C.
  { when: ({ found, before }) => is(found, T.Ampersand) && is(before, T.Ampersand), help: "'and' is one '&'" },
  { when: ({ found, before }) => is(found, T.Pipe) && is(before, T.Pipe), help: "'or' is one '|'" },
  {
    when: ({ found }) => named(found, "and", "or"),
    help: ({ found }) => `'${found.image}' is written '${found.image.toLowerCase() === "and" ? "&" : "|"}'`,
  },
  {
    when: ({ found, rules, before, first }) =>
      is(found, T.Equal) && before !== undefined && (rules.includes("condition") || hasCondition(first)),
    help: "a comparison is written '=='",
  },
  // Ends of lines.
  {
    when: ({ found, expected, rules }) =>
      (is(found, T.Comma) || is(found, T.RBrace)) && expected === T.Equal && rules.at(-1) === "constantLine",
    help: "each constant has its value and ends with a semicolon: OK = 0;",
  },
  { when: ({ found, expected }) => is(found, T.Comma) && expected === T.Semicolon, help: "statements end with ';'" },
  {
    when: ({ found, rules }) => is(found, T.Semicolon) && (rules.at(-1) === "item" || rules.length <= 1),
    help: "no ';' stands behind the '}' of this block",
  },
  // Shapes of C.
  {
    when: ({ found, before, rules }) => is(found, T.Integer) && is(before, T.Colon) && rules.includes("fieldTail"),
    help: ({ first, found }) =>
      `bit groups stand in braces: ${first?.image ?? "le32"} name { group : ${found.image}; reserved : …; }`,
  },
  {
    when: ({ found, rules }) => is(found, T.Colon) && rules.at(-1) === "constantLine",
    help: "a constant has its value behind '=': OK = 0;",
  },
  {
    when: ({ found, expected, rules }) =>
      is(found, T.Colon) && expected === T.LBrace && rules.at(-1) === "constantGroup",
    help: "the width of the values is that of the member that holds them: u8 status : S;",
  },
  {
    when: ({ found, rules }) => is(found, T.Semicolon) && rules.at(-1) === "members",
    help: "what is declared without members is 'external struct NAME size 40;'",
  },
  // Numbers, ranges, revisions.
  {
    when: ({ expected, before }) => expected === T.DotDot && before !== undefined,
    help: "a range is written with two dots: 1..8",
  },
  {
    when: ({ found, rules }) => is(found, T.LBracket) && rules.at(-1) === "operand",
    help: "a range is written with two dots and without brackets: 1..8",
  },
  {
    when: ({ found, rules }) => rules.at(-1) === "revision" && (is(found, T.Text) || /^v\d/i.test(found.image)),
    help: "a revision is a plain number: since 1.2",
  },
  {
    when: ({ found, before }) =>
      nameLike(found) && found.image.startsWith("_") && is(before, T.Integer) && adjacent(before, found),
    help: "the digits of a number are not grouped",
  },
  {
    when: ({ found, before }) => nameLike(found) && is(before, T.Integer) && adjacent(before, found),
    help: ({ found, before }) =>
      `'${before?.image ?? ""}${found.image}' is no number: hexadecimal ones begin with 0x, and a name begins with a letter`,
  },
  // Tags, titles, sentences.
  {
    when: ({ found, rules }) => is(found, T.LBrace) && rules.at(-1) === "armHead",
    help: "a colon stands behind the tags: TAG : { … }",
  },
  {
    when: ({ found, expected }) => (is(found, T.DeviceReadable) || is(found, T.DeviceWritable)) && expected === T.Colon,
    help: "a colon stands behind the tags: TAG : device-readable { … }",
  },
  {
    when: ({ found, rules }) => rules.at(-1) === "erratum" && is(found, T.LBrace),
    help: 'an erratum has a name: erratum "length of the header" { … }',
  },
  {
    when: ({ found, rules }) => is(found, T.Text) && rules.at(-1) === "header",
    help: 'a name stands before the title: device blk = 2 "Block Device";',
  },
  {
    when: ({ rules, before, expected }) =>
      rules.at(-1) === "normative" &&
      expected === undefined &&
      (is(before, T.Must) || is(before, T.Should) || is(before, T.May) || is(before, T.Not)),
    message: ({ found }) => `expected 'driver' or 'device', found '${found.image}'`,
    help: 'the role says whose duty it is: must device "LABEL": …',
  },
  {
    when: ({ rules, found }) => rules.at(-1) === "rule" && nameLike(found),
    help: "a sentence stands in double quotes",
  },
];

/** What to do, where the slip is one of the usual ones or the word nearly one that fits. */
export function adviceFor(stop: Stop): Advice | undefined {
  if (stop.found.tokenType === EOF) return undefined;
  const slip = slips.find((one) => one.when(stop));
  if (slip !== undefined)
    return {
      help: typeof slip.help === "string" ? slip.help : slip.help(stop),
      message: slip.message?.(stop),
      at: slip.at?.(stop),
    };
  if (!nameLike(stop.found)) return undefined;
  const meant = nearest(stop.found.image, candidates(stop));
  return meant === undefined || meant === stop.found.image ? undefined : { help: `did you mean '${meant}'?` };
}

function candidates({ rules, expected }: Stop): readonly string[] {
  const rule = rules.at(-1) ?? "file";
  if (rule === "header") return ["device", "transport", "core"];
  if (rule === "file" || rule === "item") return blocks;
  if (expected === T.Semicolon || rule === "attribute" || rule === "scalarMember") return attributes;
  if (expected !== undefined) return typeof expected.PATTERN === "string" ? [expected.PATTERN] : [];
  if (rule === "request" || rule === "partItem" || rule === "part" || rule === "partArm")
    return ["device-readable", "device-writable", "switch", ...types];
  if (rule === "register") return ["read", "write", "rw", ...types];
  if (rule === "houseItem" || rule === "houseElement")
    return ["header", "no_legacy", "omit", "view", "typedef", "const", "enum", "flags", "bits"];
  return [...T.keywords, ...types];
}

/** Whether the statement has a condition, in which a single sign may be meant to compare. */
function hasCondition(first: IToken | undefined): boolean {
  return first !== undefined && is(first, T.Scalar);
}

function is(token: IToken | undefined, type: TokenType): boolean {
  return token?.tokenType === type;
}

function named(token: IToken | undefined, ...words: readonly string[]): boolean {
  return token !== undefined && words.includes(token.image.toLowerCase());
}

export function nameLike(token: IToken): boolean {
  return (
    token.tokenType !== EOF &&
    (token.tokenType === T.Identifier || token.tokenType.CATEGORIES?.includes(T.Name) === true)
  );
}

function adjacent(a: IToken | undefined, b: IToken): boolean {
  return a?.endOffset !== undefined && a.endOffset + 1 === b.startOffset;
}
