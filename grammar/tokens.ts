import { createToken, Lexer, type TokenType } from 'chevrotain';

/**
 * Every word of the language. A keyword is also a {@link Name}, so that `class`, `in` or `type` can name a member:
 * the position decides.
 */
export const Name: TokenType = createToken({ name: 'Name', pattern: Lexer.NA, label: 'a name' });

export const Identifier: TokenType = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Name],
  label: 'a name',
});

export const WhiteSpace: TokenType = createToken({ name: 'WhiteSpace', pattern: /[ \t\r\n\uFEFF]+/, group: Lexer.SKIPPED, line_breaks: true });
/** Three slashes, not four: what the reference tables and the generated comments say about an element. */
export const DocComment: TokenType = createToken({ name: 'DocComment', pattern: /\/\/\/(?!\/)[^\r\n]*/, group: 'docs' });
export const LineComment: TokenType = createToken({ name: 'LineComment', pattern: /\/\/[^\r\n]*/, group: 'comments' });
export const BlockComment: TokenType = createToken({ name: 'BlockComment', pattern: /\/\*[^]*?\*\//, group: 'comments', line_breaks: true });

export const Version: TokenType = createToken({ name: 'Version', pattern: /\d+\.\d+(?:\.\d+)?/, label: 'a revision such as 1.2' });
export const Integer: TokenType = createToken({ name: 'Integer', pattern: /0[xX][0-9A-Fa-f]+|0[bB][01]+|\d+/, label: 'a number' });
export const Text: TokenType = createToken({ name: 'Text', pattern: /"(?:[^"\\\r\n]|\\.)*"/, label: 'a text in double quotes' });

export const DeviceReadable: TokenType = createToken({ name: 'DeviceReadable', pattern: /device-readable/, label: "'device-readable'" });
export const DeviceWritable: TokenType = createToken({ name: 'DeviceWritable', pattern: /device-writable/, label: "'device-writable'" });
export const Scalar: TokenType = createToken({
  name: 'Scalar',
  pattern: /(?:u8|u16|u32|u64|le16|le32|le64|be16|be32|be64)/,
  longer_alt: Identifier,
  label: 'a type such as le32',
});

const keywordTokens: TokenType[] = [];
function keyword(word: string): TokenType {
  const token = createToken({ name: `Keyword_${word}`, pattern: word, longer_alt: Identifier, categories: [Name], label: `'${word}'` });
  keywordTokens.push(token);
  return token;
}

export const Device = keyword('device');
export const Transport = keyword('transport');
export const Core = keyword('core');

export const Features = keyword('features');
export const FeatureRanges = keyword('feature_ranges');
export const Queues = keyword('queues');
export const Config = keyword('config');
export const Const = keyword('const');
export const Enum = keyword('enum');
export const Flags = keyword('flags');
export const Bits = keyword('bits');
export const SharedMemory = keyword('shared_memory');
export const Struct = keyword('struct');
export const Union = keyword('union');
export const Switch = keyword('switch');
export const Present = keyword('present');
export const Window = keyword('window');
export const Opaque = keyword('opaque');
export const External = keyword('external');
export const Request = keyword('request');
export const Message = keyword('message');
export const Event = keyword('event');
export const Response = keyword('response');
export const Registers = keyword('registers');
export const PciCapability = keyword('pci_capability');
export const CcwCommand = keyword('ccw_command');
export const AdminCommand = keyword('admin_command');
export const Capability = keyword('capability');
export const Resource = keyword('resource');
export const DevicePart = keyword('device_part');
export const House = keyword('house');
export const View = keyword('view');
export const Of = keyword('of');
export const Typedef = keyword('typedef');
export const Header = keyword('header');
export const Includes = keyword('includes');
export const NoLegacy = keyword('no_legacy');
export const Omit = keyword('omit');

export const Legacy = keyword('legacy');
export const Native = keyword('native');
export const Since = keyword('since');
export const Until = keyword('until');
export const Revision = keyword('revision');
export const Was = keyword('was');
export const Alias = keyword('alias');
export const Also = keyword('also');
export const CName = keyword('c_name');
export const CPrefix = keyword('c_prefix');
export const If = keyword('if');
export const Unless = keyword('unless');
export const Requires = keyword('requires');
export const In = keyword('in');
export const Writable = keyword('writable');
export const Before = keyword('before');
export const AnyTime = keyword('any_time');
export const WriteClears = keyword('write_clears');
export const Kept = keyword('kept');
export const Over = keyword('over');
export const Reset = keyword('reset');
export const Bank = keyword('bank');
export const Pad = keyword('pad');
export const Label = keyword('label');
export const Erratum = keyword('erratum');
export const Because = keyword('because');
export const Packed = keyword('packed');
export const Natural = keyword('natural');
export const Order = keyword('order');
export const Compact = keyword('compact');
export const Overridable = keyword('overridable');
export const Unit = keyword('unit');
export const Size = keyword('size');
export const From = keyword('from');
export const Group = keyword('group');
export const Refers = keyword('refers');
export const By = keyword('by');
export const Address = keyword('address');

export const On = keyword('on');
export const To = keyword('to');
export const For = keyword('for');
export const Where = keyword('where');
export const Next = keyword('next');
export const Bit = keyword('bit');
export const Each = keyword('each');
export const As = keyword('as');
export const Default = keyword('default');
export const Not = keyword('not');
export const Read = keyword('read');
export const Write = keyword('write');
export const Rw = keyword('rw');
export const Out = keyword('out');
export const Must = keyword('must');
export const Should = keyword('should');
export const May = keyword('may');
export const Driver = keyword('driver');
export const AtLeastOne = keyword('at_least_one');
export const Conflicts = keyword('conflicts');
export const Offers = keyword('offers');
export const Limit = keyword('limit');
export const Bitmap = keyword('bitmap');

function symbol(name: string, pattern: string): TokenType {
  return createToken({ name, pattern, label: `'${pattern}'` });
}
export const DotDot = symbol('DotDot', '..');
export const Dot = symbol('Dot', '.');
export const Arrow = symbol('Arrow', '->');
export const EqualEqual = symbol('EqualEqual', '==');
export const NotEqual = symbol('NotEqual', '!=');
export const LessEqual = symbol('LessEqual', '<=');
export const GreaterEqual = symbol('GreaterEqual', '>=');
export const ShiftLeft = symbol('ShiftLeft', '<<');
export const ShiftRight = symbol('ShiftRight', '>>');
export const Less = symbol('Less', '<');
export const Greater = symbol('Greater', '>');
export const Equal = symbol('Equal', '=');
export const LBrace = symbol('LBrace', '{');
export const RBrace = symbol('RBrace', '}');
export const LParen = symbol('LParen', '(');
export const RParen = symbol('RParen', ')');
export const LBracket = symbol('LBracket', '[');
export const RBracket = symbol('RBracket', ']');
export const Semicolon = symbol('Semicolon', ';');
export const Comma = symbol('Comma', ',');
export const Colon = symbol('Colon', ':');
export const Question = symbol('Question', '?');
export const Pipe = symbol('Pipe', '|');
export const Ampersand = symbol('Ampersand', '&');
export const Plus = symbol('Plus', '+');
export const Minus = symbol('Minus', '-');
export const Star = symbol('Star', '*');
export const Slash = symbol('Slash', '/');
export const Percent = symbol('Percent', '%');
export const Tilde = symbol('Tilde', '~');

/** The words that mean something to the grammar, for highlighting and for suggestions. */
export const keywords: readonly string[] = keywordTokens.map((token) => String(token.PATTERN));

export const allTokens: TokenType[] = [
  WhiteSpace, DocComment, LineComment, BlockComment,
  DeviceReadable, DeviceWritable, Scalar,
  // Longest first: `device` must not take the beginning of `device_part`.
  ...keywordTokens.toSorted((a, b) => String(b.PATTERN).length - String(a.PATTERN).length), Identifier, Name,
  Version, Integer, Text,
  DotDot, Dot, Arrow, EqualEqual, NotEqual, LessEqual, GreaterEqual, ShiftLeft, ShiftRight, Less, Greater, Equal,
  LBrace, RBrace, LParen, RParen, LBracket, RBracket, Semicolon, Comma, Colon, Question,
  Pipe, Ampersand, Plus, Minus, Star, Slash, Percent, Tilde,
];

export const lexer: Lexer = new Lexer(allTokens, { ensureOptimizations: false, positionTracking: 'full' });
