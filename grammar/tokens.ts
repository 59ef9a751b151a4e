import { createToken, Lexer, type TokenType } from "chevrotain";

/**
 * Every word of the language. A keyword is also a {@link Name}, so that `class`, `in` or `type` can name a member:
 * the position decides.
 */
export const Name: TokenType = createToken({ name: "Name", pattern: Lexer.NA, label: "a name" });

export const Identifier: TokenType = createToken({
  name: "Identifier",
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Name],
  label: "a name",
});

export const WhiteSpace: TokenType = createToken({
  name: "WhiteSpace",
  pattern: /[ \t\r\n\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
/** Three slashes, not four: what the reference tables and the generated comments say about an element. */
export const DocComment: TokenType = createToken({
  name: "DocComment",
  pattern: /\/\/\/(?!\/)[^\r\n]*/,
  group: "docs",
});
export const LineComment: TokenType = createToken({ name: "LineComment", pattern: /\/\/[^\r\n]*/, group: "comments" });
export const BlockComment: TokenType = createToken({
  name: "BlockComment",
  pattern: /\/\*[^]*?\*\//,
  group: "comments",
  line_breaks: true,
});
/** What no `*\/` ends: read to the end, so that one error says it. */
export const UnclosedComment: TokenType = createToken({
  name: "UnclosedComment",
  pattern: /\/\*[^]*/,
  group: "unclosed",
  line_breaks: true,
});

export const Version: TokenType = createToken({
  name: "Version",
  pattern: /\d+\.\d+(?:\.\d+)?/,
  label: "a revision such as 1.2",
});
export const Integer: TokenType = createToken({
  name: "Integer",
  pattern: /0[xX][0-9A-Fa-f]+|0[bB][01]+|\d+/,
  label: "a number",
});
export const Text: TokenType = createToken({
  name: "Text",
  pattern: /"(?:[^"\\\r\n]|\\.)*"/,
  label: "a text in double quotes",
});
/** Read to the end of its line, so that the rest of the line is not taken for words. */
export const UnclosedText: TokenType = createToken({
  name: "UnclosedText",
  pattern: /"[^\r\n]*/,
  categories: [Text],
  label: "a text in double quotes",
});

export const DeviceReadable: TokenType = createToken({
  name: "DeviceReadable",
  pattern: /device-readable/,
  label: "'device-readable'",
});
export const DeviceWritable: TokenType = createToken({
  name: "DeviceWritable",
  pattern: /device-writable/,
  label: "'device-writable'",
});
export const Scalar: TokenType = createToken({
  name: "Scalar",
  pattern: /(?:u8|u16|u32|u64|le16|le32|le64|be16|be32|be64)/,
  longer_alt: Identifier,
  label: "a type such as le32",
});

const keywordTokens: { readonly word: string; readonly token: TokenType }[] = [];
function keyword(word: string): TokenType {
  const token = createToken({
    name: `Keyword_${word}`,
    pattern: word,
    longer_alt: Identifier,
    categories: [Name],
    label: `'${word}'`,
  });
  keywordTokens.push({ word, token });
  return token;
}

export const Device: TokenType = keyword("device");
export const Transport: TokenType = keyword("transport");
export const Core: TokenType = keyword("core");

export const Features: TokenType = keyword("features");
export const FeatureRanges: TokenType = keyword("feature_ranges");
export const Queues: TokenType = keyword("queues");
export const Config: TokenType = keyword("config");
export const Const: TokenType = keyword("const");
export const Enum: TokenType = keyword("enum");
export const Flags: TokenType = keyword("flags");
export const Bits: TokenType = keyword("bits");
export const SharedMemory: TokenType = keyword("shared_memory");
export const Struct: TokenType = keyword("struct");
export const Union: TokenType = keyword("union");
export const Switch: TokenType = keyword("switch");
export const Present: TokenType = keyword("present");
export const Window: TokenType = keyword("window");
export const Opaque: TokenType = keyword("opaque");
export const External: TokenType = keyword("external");
export const Parameter: TokenType = keyword("parameter");
export const Request: TokenType = keyword("request");
export const Message: TokenType = keyword("message");
export const Event: TokenType = keyword("event");
export const Response: TokenType = keyword("response");
export const Registers: TokenType = keyword("registers");
export const CcwCommand: TokenType = keyword("ccw_command");
export const Capability: TokenType = keyword("capability");
export const Resource: TokenType = keyword("resource");
export const DevicePart: TokenType = keyword("device_part");
export const House: TokenType = keyword("house");
export const View: TokenType = keyword("view");
export const Of: TokenType = keyword("of");
export const Typedef: TokenType = keyword("typedef");
export const Header: TokenType = keyword("header");
export const Includes: TokenType = keyword("includes");
export const NoLegacy: TokenType = keyword("no_legacy");
export const Omit: TokenType = keyword("omit");

export const Legacy: TokenType = keyword("legacy");
export const Native: TokenType = keyword("native");
export const Since: TokenType = keyword("since");
export const Until: TokenType = keyword("until");
export const Revision: TokenType = keyword("revision");
export const Was: TokenType = keyword("was");
export const Alias: TokenType = keyword("alias");
export const Also: TokenType = keyword("also");
export const CName: TokenType = keyword("c_name");
export const CPrefix: TokenType = keyword("c_prefix");
export const If: TokenType = keyword("if");
export const Unless: TokenType = keyword("unless");
export const Requires: TokenType = keyword("requires");
export const In: TokenType = keyword("in");
export const Writable: TokenType = keyword("writable");
export const Before: TokenType = keyword("before");
export const AnyTime: TokenType = keyword("any_time");
export const WriteClears: TokenType = keyword("write_clears");
export const Kept: TokenType = keyword("kept");
export const Over: TokenType = keyword("over");
export const Reset: TokenType = keyword("reset");
export const Bank: TokenType = keyword("bank");
export const Pad: TokenType = keyword("pad");
export const Label: TokenType = keyword("label");
export const Erratum: TokenType = keyword("erratum");
// Read as a name by `erratumLine`; a keyword so that it stands out.
keyword("because");
export const Packed: TokenType = keyword("packed");
export const Natural: TokenType = keyword("natural");
export const Order: TokenType = keyword("order");
export const Compact: TokenType = keyword("compact");
export const Aligned: TokenType = keyword("aligned");
export const Overridable: TokenType = keyword("overridable");
export const AnyLength: TokenType = keyword("any_length");
export const Numbered: TokenType = keyword("numbered");
export const Unit: TokenType = keyword("unit");
export const Size: TokenType = keyword("size");
export const From: TokenType = keyword("from");
export const Refers: TokenType = keyword("refers");
export const Given: TokenType = keyword("given");
export const By: TokenType = keyword("by");
export const Address: TokenType = keyword("address");

export const On: TokenType = keyword("on");
export const To: TokenType = keyword("to");
export const For: TokenType = keyword("for");
export const Where: TokenType = keyword("where");
export const Bit: TokenType = keyword("bit");
export const Each: TokenType = keyword("each");
export const As: TokenType = keyword("as");
export const Default: TokenType = keyword("default");
export const Not: TokenType = keyword("not");
export const Read: TokenType = keyword("read");
export const Write: TokenType = keyword("write");
export const Rw: TokenType = keyword("rw");
export const Out: TokenType = keyword("out");
export const Must: TokenType = keyword("must");
export const Should: TokenType = keyword("should");
export const May: TokenType = keyword("may");
export const Driver: TokenType = keyword("driver");
export const AtLeastOne: TokenType = keyword("at_least_one");
export const Conflicts: TokenType = keyword("conflicts");
export const Offers: TokenType = keyword("offers");
export const Limit: TokenType = keyword("limit");
export const Bitmap: TokenType = keyword("bitmap");
export const Refuse: TokenType = keyword("refuse");

function symbol(name: string, pattern: string): TokenType {
  return createToken({ name, pattern, label: `'${pattern}'` });
}
export const DotDot: TokenType = symbol("DotDot", "..");
export const Dot: TokenType = symbol("Dot", ".");
export const Arrow: TokenType = symbol("Arrow", "->");
export const EqualEqual: TokenType = symbol("EqualEqual", "==");
export const NotEqual: TokenType = symbol("NotEqual", "!=");
export const LessEqual: TokenType = symbol("LessEqual", "<=");
export const GreaterEqual: TokenType = symbol("GreaterEqual", ">=");
export const ShiftLeft: TokenType = symbol("ShiftLeft", "<<");
export const ShiftRight: TokenType = symbol("ShiftRight", ">>");
export const Less: TokenType = symbol("Less", "<");
export const Greater: TokenType = symbol("Greater", ">");
export const Equal: TokenType = symbol("Equal", "=");
export const LBrace: TokenType = symbol("LBrace", "{");
export const RBrace: TokenType = symbol("RBrace", "}");
export const LParen: TokenType = symbol("LParen", "(");
export const RParen: TokenType = symbol("RParen", ")");
export const LBracket: TokenType = symbol("LBracket", "[");
export const RBracket: TokenType = symbol("RBracket", "]");
export const Semicolon: TokenType = symbol("Semicolon", ";");
export const Comma: TokenType = symbol("Comma", ",");
export const Colon: TokenType = symbol("Colon", ":");
export const Question: TokenType = symbol("Question", "?");
export const Pipe: TokenType = symbol("Pipe", "|");
export const Ampersand: TokenType = symbol("Ampersand", "&");
export const Plus: TokenType = symbol("Plus", "+");
export const Minus: TokenType = symbol("Minus", "-");
export const Star: TokenType = symbol("Star", "*");
export const Slash: TokenType = symbol("Slash", "/");
export const Percent: TokenType = symbol("Percent", "%");
export const Tilde: TokenType = symbol("Tilde", "~");

/** The words that mean something to the grammar, for highlighting and for suggestions. */
export const keywords: readonly string[] = keywordTokens.map(({ word }) => word);

export const allTokens: TokenType[] = [
  WhiteSpace,
  DocComment,
  LineComment,
  BlockComment,
  UnclosedComment,
  DeviceReadable,
  DeviceWritable,
  Scalar,
  // Longest first: `device` must not take the beginning of `device_part`.
  ...keywordTokens.toSorted((a, b) => b.word.length - a.word.length).map(({ token }) => token),
  Identifier,
  Name,
  Version,
  Integer,
  Text,
  UnclosedText,
  DotDot,
  Dot,
  Arrow,
  EqualEqual,
  NotEqual,
  LessEqual,
  GreaterEqual,
  ShiftLeft,
  ShiftRight,
  Less,
  Greater,
  Equal,
  LBrace,
  RBrace,
  LParen,
  RParen,
  LBracket,
  RBracket,
  Semicolon,
  Comma,
  Colon,
  Question,
  Pipe,
  Ampersand,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Tilde,
];

export const lexer: Lexer = new Lexer(allTokens, {
  ensureOptimizations: true,
  positionTracking: "full",
  skipValidations: true,
});
