import { CstParser, type CstNode, type IParserConfig } from 'chevrotain';
import * as T from '../tokens.ts';

export type Rule = (idx?: number) => CstNode;

/** Expressions: features, members and constants joined by operators. From loose to tight, one rule a level. */
export class ExpressionRules extends CstParser {
  constructor(config: IParserConfig) {
    super(T.allTokens, config);
  }

  /** expression = implication [ "?" expression ":" expression ] */
  expression: Rule = this.RULE('expression', () => {
    this.SUBRULE(this.implication);
    this.OPTION(() => {
      this.CONSUME(T.Question);
      this.SUBRULE1(this.expression);
      this.CONSUME(T.Colon);
      this.SUBRULE2(this.expression);
    });
  });

  /** implication = disjunction [ "->" disjunction ] */
  implication: Rule = this.RULE('implication', () => {
    this.SUBRULE1(this.disjunction);
    this.OPTION(() => {
      this.CONSUME(T.Arrow);
      this.SUBRULE2(this.disjunction);
    });
  });

  /** disjunction = conjunction { "|" conjunction } */
  disjunction: Rule = this.RULE('disjunction', () => {
    this.SUBRULE1(this.conjunction);
    this.MANY(() => {
      this.CONSUME(T.Pipe);
      this.SUBRULE2(this.conjunction);
    });
  });

  /** conjunction = comparison { "&" comparison } */
  conjunction: Rule = this.RULE('conjunction', () => {
    this.SUBRULE1(this.comparison);
    this.MANY(() => {
      this.CONSUME(T.Ampersand);
      this.SUBRULE2(this.comparison);
    });
  });

  /** comparison = additive [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) additive ] */
  comparison: Rule = this.RULE('comparison', () => {
    this.SUBRULE1(this.additive);
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.EqualEqual) },
        { ALT: () => this.CONSUME(T.NotEqual) },
        { ALT: () => this.CONSUME(T.Less) },
        { ALT: () => this.CONSUME(T.LessEqual) },
        { ALT: () => this.CONSUME(T.Greater) },
        { ALT: () => this.CONSUME(T.GreaterEqual) },
      ]);
      this.SUBRULE2(this.additive);
    });
  });

  /** additive = multiplicative { ( "+" | "-" | "<<" | ">>" ) multiplicative } */
  additive: Rule = this.RULE('additive', () => {
    this.SUBRULE1(this.multiplicative);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.Plus) },
        { ALT: () => this.CONSUME(T.Minus) },
        { ALT: () => this.CONSUME(T.ShiftLeft) },
        { ALT: () => this.CONSUME(T.ShiftRight) },
      ]);
      this.SUBRULE2(this.multiplicative);
    });
  });

  /** multiplicative = unary { ( "*" | "/" | "%" ) unary } */
  multiplicative: Rule = this.RULE('multiplicative', () => {
    this.SUBRULE1(this.unary);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.Star) },
        { ALT: () => this.CONSUME(T.Slash) },
        { ALT: () => this.CONSUME(T.Percent) },
      ]);
      this.SUBRULE2(this.unary);
    });
  });

  /** unary = ( "not" | "-" | "~" | "bit" ) unary | primary */
  unary: Rule = this.RULE('unary', () => {
    this.OR([
      {
        GATE: () => this.atOperand(),
        ALT: () => {
          this.OR1([
            { ALT: () => this.CONSUME(T.Not) },
            { ALT: () => this.CONSUME(T.Minus) },
            { ALT: () => this.CONSUME(T.Tilde) },
            { ALT: () => this.CONSUME(T.Bit) },
          ]);
          this.SUBRULE(this.unary);
        },
      },
      { ALT: () => this.SUBRULE(this.primary) },
    ]);
  });

  /** `not` and `bit` are operators before an operand, and names anywhere else. */
  private atOperand(): boolean {
    const first = this.LA(1).tokenType;
    if (first === T.Minus || first === T.Tilde) return true;
    const next = this.LA(2).tokenType;
    return next === T.LParen || next === T.Integer || next === T.Not || next.CATEGORIES?.includes(T.Name) === true;
  }

  /** primary = Integer | "(" expression ")" | Name "(" expression { "," expression } ")" | path */
  primary: Rule = this.RULE('primary', () => {
    this.OR([
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

  /** indexedPath = pathPart { "." pathPart } */
  indexedPath: Rule = this.RULE('indexedPath', () => {
    this.SUBRULE1(this.pathPart);
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.SUBRULE2(this.pathPart);
    });
  });

  /** pathPart = Name [ "[" expression "]" ] */
  pathPart: Rule = this.RULE('pathPart', () => {
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.CONSUME(T.LBracket);
      this.SUBRULE(this.expression);
      this.CONSUME(T.RBracket);
    });
  });

  /** path = Name { "." Name } */
  path: Rule = this.RULE('path', () => {
    this.CONSUME1(T.Name);
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.CONSUME2(T.Name);
    });
  });

  /** range = additive ".." additive */
  range: Rule = this.RULE('range', () => {
    this.SUBRULE1(this.additive);
    this.CONSUME(T.DotDot);
    this.SUBRULE2(this.additive);
  });
}
