import { CstParser, type CstNode, type IParserConfig, type TokenType } from "chevrotain";
import * as T from "../tokens.ts";

export type Rule = (idx?: number) => CstNode;

const binaryOperators: readonly TokenType[] = [
  T.Arrow,
  T.Pipe,
  T.Ampersand,
  T.EqualEqual,
  T.NotEqual,
  T.Less,
  T.LessEqual,
  T.Greater,
  T.GreaterEqual,
  T.Plus,
  T.Minus,
  T.ShiftLeft,
  T.ShiftRight,
  T.Star,
  T.Slash,
  T.Percent,
];

/**
 * Expressions: features, members and constants joined by operators. The rules read a flat row of operands and
 * operators; how tightly each binds is the visitor's business, so that a plain number is not nine rules deep.
 */
export class ExpressionRules extends CstParser {
  constructor(config: IParserConfig) {
    super(T.allTokens, config);
  }

  /** expression = operation [ "?" expression ":" expression ] */
  expression: Rule = this.RULE("expression", () => {
    this.SUBRULE(this.operation);
    this.OPTION(() => {
      this.CONSUME(T.Question);
      this.SUBRULE1(this.expression);
      this.CONSUME(T.Colon);
      this.SUBRULE2(this.expression);
    });
  });

  /** operation = operand { ( "->" | "|" | "&" | "==" | … | "*" | "/" | "%" ) operand } */
  operation: Rule = this.RULE("operation", () => {
    this.SUBRULE1(this.operand);
    this.MANY(() => {
      this.OR(binaryOperators.map((operator) => ({ ALT: () => this.CONSUME(operator) })));
      this.SUBRULE2(this.operand);
    });
  });

  /** operand = { "not" | "-" | "~" | "bit" } ( Integer | "(" expression ")" | Name "(" expression { "," expression } ")" | indexedPath ) */
  operand: Rule = this.RULE("operand", () => {
    this.MANY({
      GATE: () => this.atOperand(),
      DEF: () => {
        this.OR1([
          { ALT: () => this.CONSUME(T.Not) },
          { ALT: () => this.CONSUME(T.Minus) },
          { ALT: () => this.CONSUME(T.Tilde) },
          { ALT: () => this.CONSUME(T.Bit) },
        ]);
      },
    });
    this.OR2([
      { ALT: () => this.CONSUME(T.Integer) },
      {
        ALT: () => {
          this.CONSUME1(T.LParen);
          this.SUBRULE1(this.expression);
          this.CONSUME1(T.RParen);
        },
      },
      {
        GATE: () => this.LA(2).tokenType === T.LParen,
        ALT: () => {
          this.CONSUME(T.Name);
          this.CONSUME2(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE2(this.expression) });
          this.CONSUME2(T.RParen);
        },
      },
      { ALT: () => this.SUBRULE(this.indexedPath), IGNORE_AMBIGUITIES: true },
    ]);
  });

  /** `not` and `bit` are operators before an operand, and names anywhere else. */
  private atOperand(): boolean {
    const first = this.LA(1).tokenType;
    if (first === T.Minus || first === T.Tilde) return true;
    const next = this.LA(2).tokenType;
    return next === T.LParen || next === T.Integer || next === T.Not || next.CATEGORIES?.includes(T.Name) === true;
  }

  /** indexedPath = pathPart { "." pathPart } */
  indexedPath: Rule = this.RULE("indexedPath", () => {
    this.SUBRULE1(this.pathPart);
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.SUBRULE2(this.pathPart);
    });
  });

  /** pathPart = Name [ "[" expression "]" ] */
  pathPart: Rule = this.RULE("pathPart", () => {
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.CONSUME(T.LBracket);
      this.SUBRULE(this.expression);
      this.CONSUME(T.RBracket);
    });
  });

  /** path = Name { "." Name } */
  path: Rule = this.RULE("path", () => {
    this.CONSUME1(T.Name);
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.CONSUME2(T.Name);
    });
  });

  /** range = operation ".." operation */
  range: Rule = this.RULE("range", () => {
    this.SUBRULE1(this.operation);
    this.CONSUME(T.DotDot);
    this.SUBRULE2(this.operation);
  });
}
