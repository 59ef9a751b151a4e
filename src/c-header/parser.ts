import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import { AttributeList } from "./attribute-list.ts";
import { byPrecedence } from "./precedence.ts";
import type {
  Aggregate,
  CDeclaration,
  CDeclarator,
  CExpression,
  CSpecifier,
  Enumerator,
  MemberDeclaration,
  Specifiers,
  TypeName,
} from "./syntax.ts";
import * as T from "./tokens.ts";
import { Unreadable } from "./unreadable.ts";

type Rule<R> = ParserMethod<[], R>;

/** Words that pack a struct in one project or another, where the macro itself is not in sight. */
const packedWord = /^(?:_+(?:attribute_)?packed_*|PACKED|\w+_PACKED|PACKED_\w+)$/;

/** The grammar of declarations as headers have them, after the preprocessor, and of constant expressions. */
class Grammar extends EmbeddedActionsParser {
  /** Names of types that are known so far: `(name) 1` is a cast only with one of them. */
  types: ReadonlySet<string> | ReadonlyMap<string, unknown> = new Set();

  constructor() {
    super(T.vocabulary, { recoveryEnabled: false, maxLookahead: 2 });
    this.performSelfAnalysis();
  }

  /** declaration = specifiers [ declarator { "," declarator } ] ";" */
  declaration: Rule<CDeclaration> = this.RULE("declaration", () => {
    const specifiers = this.SUBRULE(this.specifiers);
    const declarators: CDeclarator[] = [];
    this.MANY_SEP({ SEP: T.Comma, DEF: () => declarators.push(this.SUBRULE(this.declarator)) });
    this.CONSUME(T.Semicolon);
    return { specifiers, declarators: declarators.filter((one) => !isEmpty(one)) };
  });

  /** specifiers = { Qualifier | "typedef" | attribute | TypeWord | aggregate | enumeration | Identifier } */
  specifiers: Rule<Specifiers> = this.RULE("specifiers", () => {
    const attributes = new AttributeList();
    const words: string[] = [];
    let type: CSpecifier | undefined;
    let isTypedef = false;
    // One name at most is the type's, and only where no other word has said the type.
    const needsType = (): boolean => words.length === 0 && type === undefined;
    this.AT_LEAST_ONE({
      GATE: () => this.LA(1).tokenType !== T.Identifier || needsType(),
      DEF: () =>
        this.OR([
          { ALT: () => this.CONSUME(T.Qualifier) },
          {
            ALT: () => {
              this.CONSUME(T.Typedef);
              isTypedef = true;
            },
          },
          { ALT: () => this.SUBRULE(this.attribute, { ARGS: [attributes] }) },
          { ALT: () => words.push(this.CONSUME(T.TypeWord).image) },
          {
            ALT: () => {
              const aggregate = this.SUBRULE(this.aggregate);
              type = aggregate;
              // Beside a struct that is only named they are about what is declared with it.
              this.ACTION(() => {
                if (aggregate.members === undefined) attributes.add(aggregate.attributes);
              });
            },
          },
          {
            ALT: () => {
              type = this.SUBRULE(this.enumeration);
            },
          },
          { ALT: () => words.push(this.CONSUME(T.Identifier).image) },
        ]),
    });
    return { isTypedef, type: type ?? { kind: "named", words }, attributes };
  });

  /** attribute = ( "__attribute__" | "_Alignas" ) "(" … ")" */
  attribute: ParserMethod<[AttributeList], void> = this.RULE("attribute", (attributes: AttributeList) => {
    const word = this.CONSUME(T.Attribute).image;
    const inside = this.SUBRULE(this.parentheses);
    this.ACTION(() => {
      attributes.read(word, inside);
    });
  });

  /** parentheses = "(" { any token | parentheses } ")" */
  parentheses: Rule<readonly IToken[]> = this.RULE("parentheses", () => {
    const inside: IToken[] = [];
    this.CONSUME(T.LeftParenthesis);
    this.MANY(() =>
      this.OR([
        { ALT: () => inside.push(this.CONSUME(T.Plain)) },
        {
          ALT: () => {
            const nested = this.SUBRULE(this.parentheses);
            this.ACTION(() => {
              const place = T.placeOf(nested[0]);
              inside.push(T.madeToken(T.LeftParenthesis, "(", place));
              for (const token of nested) inside.push(token);
              inside.push(T.madeToken(T.RightParenthesis, ")", place));
            });
          },
        },
      ]),
    );
    this.CONSUME(T.RightParenthesis);
    return inside;
  });

  /** marks = { attribute | packed word | Identifier parentheses }: what may stand beside a tag, a body or a declarator */
  marks: ParserMethod<[AttributeList], void> = this.RULE("marks", (attributes: AttributeList) => {
    const isCall = (): boolean => this.LA(2).image === "(";
    const isPackedWord = (): boolean => packedWord.test(this.LA(1).image) && !isCall();
    this.MANY({
      GATE: () => this.LA(1).tokenType !== T.Identifier || isCall() || isPackedWord(),
      DEF: () =>
        this.OR([
          { ALT: () => this.SUBRULE(this.attribute, { ARGS: [attributes] }) },
          {
            GATE: () => isPackedWord(),
            ALT: () => {
              this.CONSUME1(T.Identifier);
              this.ACTION(() => {
                attributes.packed = true;
              });
            },
          },
          {
            GATE: () => isCall(),
            ALT: () => {
              const word = this.CONSUME2(T.Identifier).image;
              const inside = this.SUBRULE(this.parentheses);
              this.ACTION(() => {
                attributes.read(word, inside);
              });
            },
          },
        ]),
    });
  });

  /** aggregate = ( "struct" | "union" ) marks [ Identifier ] marks [ "{" { member } "}" marks ] */
  aggregate: Rule<Aggregate> = this.RULE("aggregate", (): Aggregate => {
    const attributes = new AttributeList();
    let members: MemberDeclaration[] | undefined;
    const keyword = this.OR([{ ALT: () => this.CONSUME(T.Struct) }, { ALT: () => this.CONSUME(T.Union) }]);
    this.SUBRULE1(this.marks, { ARGS: [attributes] });
    const tag = this.OPTION1(() => this.CONSUME(T.Identifier).image);
    this.SUBRULE2(this.marks, { ARGS: [attributes] });
    this.OPTION2(() => {
      members = [];
      this.CONSUME(T.LeftBrace);
      this.MANY(() => {
        const found = this.SUBRULE(this.member);
        this.ACTION(() => {
          if (found !== undefined) members?.push(found);
        });
      });
      this.CONSUME(T.RightBrace);
      this.SUBRULE3(this.marks, { ARGS: [attributes] });
    });
    const kind = keyword.image === "union" ? "union" : "struct";
    return { kind, tag, members, attributes, place: T.placeOf(keyword) };
  });

  /** member = "_Static_assert" parentheses ";" | ";" | specifiers [ declarator { "," declarator } ] ";" */
  member: Rule<MemberDeclaration | undefined> = this.RULE("member", () =>
    this.OR<MemberDeclaration | undefined>([
      {
        ALT: () => {
          this.CONSUME(T.StaticAssert);
          this.SUBRULE(this.parentheses);
          this.CONSUME1(T.Semicolon);
          return undefined;
        },
      },
      {
        ALT: () => {
          this.CONSUME2(T.Semicolon);
          return undefined;
        },
      },
      {
        ALT: () => {
          const { type, attributes } = this.SUBRULE(this.specifiers);
          const declarators: CDeclarator[] = [];
          this.MANY_SEP({ SEP: T.Comma, DEF: () => declarators.push(this.SUBRULE(this.declarator)) });
          this.CONSUME3(T.Semicolon);
          return { type, attributes, declarators: declarators.filter((one) => !isEmpty(one)) };
        },
      },
    ]),
  );

  /** enumeration = "enum" marks [ Identifier ] [ ":" specifiers ] [ "{" { enumerator "," } "}" marks ] */
  enumeration: Rule<CSpecifier> = this.RULE("enumeration", (): CSpecifier => {
    const attributes = new AttributeList();
    let enumerators: Enumerator[] | undefined;
    const keyword = this.CONSUME(T.Enum);
    this.SUBRULE1(this.marks, { ARGS: [attributes] });
    const tag = this.OPTION1(() => this.CONSUME(T.Identifier).image);
    this.OPTION2({
      GATE: () => this.LA(1).image === ":" && this.LA(2).tokenType !== T.NumberToken,
      DEF: () => {
        this.CONSUME(T.Colon);
        this.SUBRULE(this.specifiers);
      },
    });
    this.OPTION3(() => {
      enumerators = [];
      this.CONSUME(T.LeftBrace);
      this.MANY(() => {
        const found = this.SUBRULE(this.enumerator);
        enumerators?.push(found);
        this.OPTION4(() => this.CONSUME(T.Comma));
      });
      this.CONSUME(T.RightBrace);
      this.SUBRULE2(this.marks, { ARGS: [attributes] });
    });
    return { kind: "enum", tag, enumerators, place: T.placeOf(keyword) };
  });

  /** enumerator = Identifier [ "=" expression ] */
  enumerator: Rule<Enumerator> = this.RULE("enumerator", () => {
    const name = this.CONSUME(T.Identifier);
    const value = this.OPTION(() => {
      this.CONSUME(T.Assign);
      return this.SUBRULE(this.expression);
    });
    return { name: name.image, value, place: T.placeOf(name) };
  });

  /** declarator = { "*" | Qualifier } [ Identifier | "(" declarator ")" ] { "[" [ expression ] "]" | parentheses } [ ":" expression ] marks [ "=" … ] */
  declarator: Rule<CDeclarator> = this.RULE("declarator", () => {
    const attributes = new AttributeList();
    const dimensions: (CExpression | undefined)[] = [];
    const first = this.LA(1);
    let pointers = 0;
    let name = "";
    let place = T.placeOf(first);
    let inner: CDeclarator | undefined;
    let isFunction = false;
    let bits: CExpression | undefined;
    this.MANY1(() =>
      this.OR1([
        {
          ALT: () => {
            this.CONSUME(T.Star);
            pointers++;
          },
        },
        { ALT: () => this.CONSUME(T.Qualifier) },
        { ALT: () => this.SUBRULE1(this.attribute, { ARGS: [attributes] }) },
      ]),
    );
    this.OPTION1(() =>
      this.OR2([
        {
          ALT: () => {
            const token = this.CONSUME(T.Identifier);
            name = token.image;
            place = T.placeOf(token);
          },
        },
        {
          ALT: () => {
            this.CONSUME1(T.LeftParenthesis);
            inner = this.SUBRULE(this.declarator);
            this.CONSUME1(T.RightParenthesis);
          },
        },
      ]),
    );
    this.MANY2(() =>
      this.OR3([
        {
          ALT: () => {
            this.CONSUME(T.LeftBracket);
            dimensions.push(this.OPTION2(() => this.SUBRULE1(this.expression)));
            this.CONSUME(T.RightBracket);
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.parentheses);
            isFunction = true;
          },
        },
      ]),
    );
    this.OPTION3(() => {
      this.CONSUME(T.Colon);
      bits = this.SUBRULE2(this.expression);
    });
    this.SUBRULE(this.marks, { ARGS: [attributes] });
    return this.ACTION(() => {
      if (inner === undefined) return { name, pointers, dimensions, isFunction, bits, attributes, place };
      attributes.add(inner.attributes);
      // A pointer in parentheses points at what stands around them: `void (*f)(int)`.
      return inner.pointers > 0
        ? { ...inner, attributes, bits }
        : { ...inner, pointers, dimensions: [...inner.dimensions, ...dimensions], isFunction, bits, attributes };
    });
  });

  /** expression = operand { binary sign operand } [ "?" expression ":" expression ] */
  expression: Rule<CExpression> = this.RULE("expression", (): CExpression => {
    const operands: CExpression[] = [this.SUBRULE1(this.operand)];
    const signs: string[] = [];
    this.MANY(() => {
      const sign = this.OR([
        { ALT: () => this.CONSUME(T.Binary) },
        { ALT: () => this.CONSUME(T.Star) },
        { ALT: () => this.CONSUME(T.PlusMinus) },
      ]);
      signs.push(sign.image);
      operands.push(this.SUBRULE2(this.operand));
    });
    const choice = this.OPTION(() => {
      this.CONSUME(T.Question);
      const then = this.SUBRULE1(this.expression);
      this.CONSUME(T.Colon);
      return { then, else: this.SUBRULE2(this.expression) };
    });
    return this.ACTION((): CExpression => {
      const value = byPrecedence(operands, signs);
      return choice === undefined ? value : { op: "choice", if: value, ...choice };
    });
  });

  /** operand = sign operand | "sizeof" ( "(" type ")" | operand ) | "(" type ")" operand | primary */
  operand: Rule<CExpression> = this.RULE("operand", () =>
    this.OR<CExpression>([
      { ALT: () => ({ op: "unary", sign: this.CONSUME(T.Not).image, of: this.SUBRULE1(this.operand) }) },
      { ALT: () => ({ op: "unary", sign: this.CONSUME(T.PlusMinus).image, of: this.SUBRULE2(this.operand) }) },
      {
        ALT: () => {
          const align = this.CONSUME(T.Sizeof).image === "_Alignof";
          const of = this.OR1<TypeName | CExpression>([
            { GATE: () => this.isTypeNext(), ALT: () => this.SUBRULE1(this.typeInParentheses) },
            { ALT: () => this.SUBRULE3(this.operand) },
          ]);
          return { op: "size", of, align };
        },
      },
      {
        GATE: () => this.isTypeNext(),
        ALT: () => ({ op: "cast", to: this.SUBRULE2(this.typeInParentheses), of: this.SUBRULE4(this.operand) }),
      },
      { ALT: () => this.SUBRULE(this.primary) },
    ]),
  );

  private isTypeNext(): boolean {
    const next = this.LA(2);
    return (
      this.LA(1).image === "(" &&
      ([T.TypeWord, T.Struct, T.Union, T.Enum, T.Qualifier].includes(next.tokenType) ||
        (next.tokenType === T.Identifier && this.types.has(next.image)))
    );
  }

  /** typeInParentheses = "(" specifiers { "*" } ")" */
  typeInParentheses: Rule<TypeName> = this.RULE("typeInParentheses", (): TypeName => {
    let pointers = 0;
    this.CONSUME(T.LeftParenthesis);
    const { type } = this.SUBRULE(this.specifiers);
    this.MANY(() => {
      this.CONSUME(T.Star);
      pointers++;
    });
    this.CONSUME(T.RightParenthesis);
    return { kind: "type", type, pointers };
  });

  /** primary = Number | Character | Text { Text } | Identifier [ parentheses ] { member } | "(" expression ")" */
  primary: Rule<CExpression> = this.RULE("primary", () =>
    this.OR<CExpression>([
      { ALT: () => ({ op: "number", text: this.CONSUME(T.NumberToken).image }) },
      { ALT: () => ({ op: "character", text: this.CONSUME(T.Character).image }) },
      {
        ALT: () => {
          const text: string[] = [];
          this.AT_LEAST_ONE(() => text.push(this.CONSUME(T.Text).image));
          return { op: "text", text: text.join("") };
        },
      },
      {
        ALT: () => {
          const name = this.CONSUME(T.Identifier).image;
          let called = false;
          this.OPTION(() => {
            this.SUBRULE(this.parentheses);
            called = true;
          });
          return called ? { op: "other", text: `${name}()` } : { op: "name", name };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LeftParenthesis);
          const inside = this.SUBRULE(this.expression);
          this.CONSUME(T.RightParenthesis);
          return inside;
        },
      },
    ]),
  );
}

/** What stands where nothing is declared, as behind the body of an unnamed struct. */
function isEmpty({ name, pointers, dimensions, bits }: CDeclarator): boolean {
  return name === "" && pointers === 0 && dimensions.length === 0 && bits === undefined;
}

/** Deeper than any header: a parser that calls itself has to end somewhere. */
const mostNested = 100;

let grammar: Grammar | undefined;

/** Parses one declaration, up to and with its semicolon. @throws Unreadable where it is none. */
export function parseDeclaration(tokens: readonly IToken[], types: Grammar["types"]): CDeclaration {
  return parsed(tokens, types, (rules) => rules.declaration());
}

/** Parses a whole expression. @throws Unreadable where it is none. */
export function parseExpression(tokens: readonly IToken[], types: Grammar["types"]): CExpression {
  return parsed(tokens, types, (rules) => rules.expression());
}

function parsed<R>(tokens: readonly IToken[], types: Grammar["types"], rule: (rules: Grammar) => R): R {
  refuseTooDeep(tokens);
  grammar ??= new Grammar();
  grammar.input = [...tokens];
  grammar.types = types;
  let result: R;
  try {
    result = rule(grammar);
  } catch (error) {
    // A chain of casts or of `?` is deep without a parenthesis.
    if (error instanceof RangeError) throw new Unreadable("this is nested too deep", T.placeOf(tokens[0]));
    throw error;
  }
  const [error] = grammar.errors;
  if (error === undefined) return result;
  const { token } = error;
  const shown = token.image === "" ? "the end" : `'${token.image.slice(0, 40)}'`;
  throw new Unreadable(`${shown} does not fit here`, T.placeOf(token.image === "" ? tokens.at(-1) : token));
}

function refuseTooDeep(tokens: readonly IToken[]): void {
  let depth = 0;
  let signs = 0;
  for (const token of tokens) {
    if ("([{".includes(token.image)) depth++;
    else if (")]}".includes(token.image)) depth--;
    signs = token.tokenType === T.Not || token.tokenType === T.PlusMinus ? signs + 1 : 0;
    if (depth > mostNested || signs > mostNested)
      throw new Unreadable(`this is nested more than ${mostNested} deep`, T.placeOf(token));
  }
}
