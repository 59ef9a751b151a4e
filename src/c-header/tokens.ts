import { createToken, createTokenInstance, Lexer, type IToken, type TokenType } from "chevrotain";

/** Any token but parentheses: what an attribute or a call that is passed over may hold. */
export const Plain: TokenType = createToken({ name: "Plain", pattern: Lexer.NA });

export const Identifier: TokenType = createToken({
  name: "Identifier",
  pattern: /[A-Za-z_$][\w$]*/,
  categories: [Plain],
  label: "a name",
});

function word(name: string, pattern: RegExp): TokenType {
  return createToken({ name, pattern, longer_alt: Identifier, categories: [Plain] });
}

/** Words that say nothing of a type's size or place. */
export const Qualifier: TokenType = word(
  "Qualifier",
  /const|volatile|static|extern|register|restrict|inline|__(?:const|volatile|restrict|inline|extension)(?:__)?|__always_inline|_Noreturn|_Thread_local|__(?:bitwise|user|force|iomem|rcu)/,
);
export const Typedef: TokenType = word("Typedef", /typedef/);
export const Struct: TokenType = word("Struct", /struct/);
export const Union: TokenType = word("Union", /union/);
export const Enum: TokenType = word("Enum", /enum/);
export const Sizeof: TokenType = word("Sizeof", /sizeof|_Alignof/);
export const StaticAssert: TokenType = word("StaticAssert", /_Static_assert|static_assert/);
export const Attribute: TokenType = word("Attribute", /__attribute(?:__)?|_Alignas|alignas|__declspec|__asm__|asm/);
export const TypeWord: TokenType = word(
  "TypeWord",
  /void|char|short|int|long|signed|__signed__|unsigned|float|double|_Bool|bool/,
);

export const NumberToken: TokenType = createToken({
  name: "Number",
  pattern: /\.?\d(?:[eEpP][+-]|[\w.'])*/,
  categories: [Plain],
  label: "a number",
});
export const Text: TokenType = createToken({
  name: "Text",
  pattern: /(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*"/,
  categories: [Plain],
  label: "a text",
});
export const Character: TokenType = createToken({
  name: "Character",
  pattern: /[uUL]?'(?:[^'\\\n]|\\.)+'/,
  categories: [Plain],
  label: "a character",
});

function sign(name: string, pattern: string | RegExp): TokenType {
  return createToken({ name, pattern, categories: [Plain] });
}

export const LeftParenthesis: TokenType = createToken({ name: "LeftParenthesis", pattern: "(" });
export const RightParenthesis: TokenType = createToken({ name: "RightParenthesis", pattern: ")" });
export const LeftBrace: TokenType = sign("LeftBrace", "{");
export const RightBrace: TokenType = sign("RightBrace", "}");
export const LeftBracket: TokenType = sign("LeftBracket", "[");
export const RightBracket: TokenType = sign("RightBracket", "]");
export const Semicolon: TokenType = sign("Semicolon", ";");
export const Comma: TokenType = sign("Comma", ",");
export const Colon: TokenType = sign("Colon", ":");
export const Question: TokenType = sign("Question", "?");
export const Dots: TokenType = sign("Dots", "...");
export const Member: TokenType = sign("Member", /->|\./);
export const Paste: TokenType = sign("Paste", "##");
export const Hash: TokenType = sign("Hash", "#");
export const Star: TokenType = createToken({ name: "Star", pattern: "*", categories: [Plain] });
/** Before one operand only. */
export const Not: TokenType = sign("Not", /[~!](?!=)/);
/** Before one operand or between two. */
export const PlusMinus: TokenType = sign("PlusMinus", /[+-](?![+=-])/);
/** Between two operands; `*` and `+` stand apart. */
export const Binary: TokenType = sign("Binary", /<<(?!=)|>>(?!=)|<=|>=|==|!=|&&|\|\||[/%<>&|^](?!=)/);
/** Assignments and counting: in code, which is passed over. */
export const Assign: TokenType = sign("Assign", /<<=|>>=|[-+*/%&|^]=(?!=)|\+\+|--|=(?!=)/);
/** What C has no use for. Everything can be cut into tokens, so that one bad line does not hide the others. */
export const Unknown: TokenType = createToken({ name: "Unknown", pattern: /[^\s]/, categories: [Plain] });

const WhiteSpace = createToken({ name: "WhiteSpace", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** In the order that they are tried. */
export const vocabulary: TokenType[] = [
  WhiteSpace,
  Typedef,
  Struct,
  Union,
  Enum,
  Sizeof,
  StaticAssert,
  Attribute,
  Qualifier,
  TypeWord,
  Text,
  Character,
  Identifier,
  NumberToken,
  LeftParenthesis,
  RightParenthesis,
  LeftBrace,
  RightBrace,
  LeftBracket,
  RightBracket,
  Semicolon,
  Comma,
  Colon,
  Question,
  Dots,
  Member,
  Paste,
  Hash,
  Assign,
  Binary,
  Star,
  Not,
  PlusMinus,
  Unknown,
  Plain,
];

const lexer = new Lexer(vocabulary, { positionTracking: "onlyOffset" });

/** Where a token stands, and the `#pragma pack` that holds there: the most that a member is aligned to, in bytes. */
export interface TokenPlace {
  readonly file: string;
  readonly line: number;
  readonly pack?: number | undefined;
}

/** Cuts a line into tokens. */
export function tokensOf(text: string, place: TokenPlace): readonly IToken[] {
  const { tokens } = lexer.tokenize(text);
  for (const token of tokens) token.payload = place;
  return tokens;
}

export function placeOf(token: IToken | undefined): TokenPlace {
  const place = token?.payload as TokenPlace | undefined;
  return place ?? { file: "", line: 0 };
}

/** The same token at another place: what a macro stands for is where the macro is used. */
export function moved(token: IToken, place: TokenPlace): IToken {
  return { ...token, payload: place };
}

/** A name or a word of C, which is a name to the preprocessor. */
export function isWord(token: IToken | undefined): token is IToken {
  return (
    token !== undefined && /^[A-Za-z_$]/.test(token.image) && token.tokenType !== Text && token.tokenType !== Character
  );
}

/** A token made, not read: the number that `defined` stands for, the text that `#` makes. */
export function madeToken(type: TokenType, image: string, place: TokenPlace): IToken {
  const token = createTokenInstance(type, image, 0, 0, place.line, place.line, 0, 0);
  token.payload = place;
  return token;
}
