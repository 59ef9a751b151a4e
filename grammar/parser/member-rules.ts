import * as T from "../tokens.ts";
import { AttributeRules } from "./attribute-rules.ts";
import type { Rule } from "./expression-rules.ts";

/** What stands in the braces of a struct, of the configuration space and of a request's parts. */
export class MemberRules extends AttributeRules {
  /** members = "{" { member } "}" */
  members: Rule = this.RULE("members", () => {
    this.CONSUME(T.LBrace);
    this.MANY(() => this.SUBRULE(this.member));
    this.CONSUME(T.RBrace);
  });

  /** member = [ "legacy" ] ( scalarMember | structMember | variant | present | window | ifBlock | opaque | pick | externalMember ) */
  member: Rule = this.RULE("member", () => {
    this.OPTION({
      GATE: () => ![T.Semicolon, T.As, T.DotDot].includes(this.LA(2).tokenType),
      DEF: () => this.CONSUME(T.Legacy),
    });
    this.OR([
      { ALT: () => this.SUBRULE(this.scalarMember) },
      { GATE: () => !this.atPick(), ALT: () => this.SUBRULE(this.structMember) },
      { GATE: () => !this.atPick(), ALT: () => this.SUBRULE(this.variant) },
      { GATE: () => !this.atPick(), ALT: () => this.SUBRULE(this.present) },
      { GATE: () => !this.atPick(), ALT: () => this.SUBRULE(this.window) },
      { GATE: () => !this.atPick(), ALT: () => this.SUBRULE(this.ifBlock) },
      { GATE: () => !this.atPick(), ALT: () => this.SUBRULE(this.opaqueMember) },
      { GATE: () => this.atPick(), ALT: () => this.SUBRULE(this.pick) },
      { ALT: () => this.SUBRULE(this.externalMember) },
    ]);
  });

  /** A pick begins with a name that is followed by what no type is followed by. */
  private atPick(): boolean {
    const next = this.LA(2).tokenType;
    return next === T.Semicolon || next === T.As || next === T.DotDot || next === T.Dot;
  }

  /** scalarMember = Scalar [ Name ] { dimension } ( bitItems { attribute } [ ";" ] | fieldTail ) */
  scalarMember: Rule = this.RULE("scalarMember", () => {
    this.CONSUME(T.Scalar);
    this.OPTION1(() => this.CONSUME(T.Name));
    this.MANY1(() => this.SUBRULE(this.dimension));
    this.OR([
      {
        ALT: () => {
          this.SUBRULE(this.bitItems);
          this.MANY2(() => this.SUBRULE(this.attribute));
          this.OPTION2(() => this.CONSUME(T.Semicolon));
        },
      },
      { ALT: () => this.SUBRULE(this.fieldTail) },
    ]);
  });

  /** structMember = "struct" ( members [ Name ] | path ( members Name | [ Name ] ) ) { dimension } fieldTail */
  structMember: Rule = this.RULE("structMember", () => {
    this.CONSUME(T.Struct);
    this.OR([
      {
        ALT: () => {
          this.SUBRULE1(this.members);
          this.OPTION1({ GATE: () => !this.atAttribute(), DEF: () => this.CONSUME1(T.Name) });
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.path);
          this.OPTION2(() => this.SUBRULE2(this.members));
          this.OPTION3({ GATE: () => !this.atAttribute(), DEF: () => this.CONSUME2(T.Name) });
        },
      },
    ]);
    this.MANY(() => this.SUBRULE(this.dimension));
    this.SUBRULE(this.fieldTail);
  });

  /** In `PLUG: struct plug pad 56;` the word after the struct is an attribute, in `struct plug pad;` it is the name. */
  private atAttribute(): boolean {
    const beginsAttribute = [T.Pad, T.If, T.Unless, T.Since, T.Until, T.Was, T.Alias, T.Erratum, T.Label].includes(
      this.LA(1).tokenType,
    );
    return beginsAttribute && ![T.Semicolon, T.LBracket, T.Colon, T.Equal].includes(this.LA(2).tokenType);
  }

  /** opaqueMember = "opaque" Name { dimension } fieldTail */
  opaqueMember: Rule = this.RULE("opaqueMember", () => {
    this.CONSUME(T.Opaque);
    this.CONSUME(T.Name);
    this.MANY(() => this.SUBRULE(this.dimension));
    this.SUBRULE(this.fieldTail);
  });

  /** externalMember = Name Name { dimension } fieldTail */
  externalMember: Rule = this.RULE("externalMember", () => {
    this.CONSUME1(T.Name);
    this.CONSUME2(T.Name);
    this.MANY(() => this.SUBRULE(this.dimension));
    this.SUBRULE(this.fieldTail);
  });

  /** fieldTail = [ ":" Name ] [ "=" expression ] [ "each" members [ "until" expression ] ] { attribute } ";" */
  fieldTail: Rule = this.RULE("fieldTail", () => {
    this.OPTION1(() => {
      this.CONSUME(T.Colon);
      this.CONSUME(T.Name);
    });
    this.OPTION2(() => {
      this.CONSUME(T.Equal);
      this.SUBRULE1(this.expression);
    });
    this.OPTION3(() => {
      this.CONSUME(T.Each);
      this.SUBRULE(this.members);
      this.OPTION4({
        GATE: () => this.LA(2).tokenType !== T.Version,
        DEF: () => {
          this.CONSUME(T.Until);
          this.SUBRULE2(this.expression);
        },
      });
    });
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** dimension = "[" [ expression ] "]" */
  dimension: Rule = this.RULE("dimension", () => {
    this.CONSUME(T.LBracket);
    this.OPTION(() => this.SUBRULE(this.expression));
    this.CONSUME(T.RBracket);
  });

  /** bitItems = "{" { bitItem } "}" */
  bitItems: Rule = this.RULE("bitItems", () => {
    this.CONSUME(T.LBrace);
    this.MANY(() => this.SUBRULE(this.bitItem));
    this.CONSUME(T.RBrace);
  });

  /** bitItem = "union" bitItems [ ";" ] | Name ":" operation [ ":" Name ] [ "=" expression ] { attribute } ";" */
  bitItem: Rule = this.RULE("bitItem", () => {
    this.OR([
      {
        GATE: () => this.LA(2).tokenType === T.LBrace,
        ALT: () => {
          this.CONSUME(T.Union);
          this.SUBRULE(this.bitItems);
          this.OPTION1(() => this.CONSUME1(T.Semicolon));
        },
      },
      {
        ALT: () => {
          this.CONSUME1(T.Name);
          this.CONSUME1(T.Colon);
          this.SUBRULE(this.operation);
          this.OPTION2(() => {
            this.CONSUME2(T.Colon);
            this.CONSUME2(T.Name);
          });
          this.OPTION3(() => {
            this.CONSUME(T.Equal);
            this.SUBRULE(this.expression);
          });
          this.MANY(() => this.SUBRULE(this.attribute));
          this.CONSUME2(T.Semicolon);
        },
      },
    ]);
  });

  /** variant = ( "union" [ "by" expression ] | "switch" expression [ ":" Name ] ) "{" { arm } "}" [ Name ] { attribute } [ ";" ] */
  variant: Rule = this.RULE("variant", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Union);
          this.OPTION1(() => {
            this.CONSUME(T.By);
            this.SUBRULE1(this.expression);
            this.SUBRULE1(this.enumName);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Switch);
          this.SUBRULE2(this.expression);
          this.SUBRULE2(this.enumName);
        },
      },
    ]);
    this.CONSUME(T.LBrace);
    this.MANY1(() => {
      this.OR1([
        { GATE: this.BACKTRACK(this.armHead), ALT: () => this.SUBRULE(this.arm) },
        { ALT: () => this.SUBRULE(this.member) },
      ]);
    });
    this.CONSUME(T.RBrace);
    this.OPTION2({
      GATE: () => [T.Semicolon, T.If, T.Unless, T.Pad, T.Since].includes(this.LA(2).tokenType),
      DEF: () => this.CONSUME(T.Name),
    });
    this.OPTION3(() => {
      this.MANY2(() => this.SUBRULE(this.attribute));
      this.CONSUME(T.Semicolon);
    });
  });

  /** enumName = [ ":" Name ] */
  enumName: Rule = this.RULE("enumName", () => {
    this.OPTION(() => {
      this.CONSUME(T.Colon);
      this.CONSUME(T.Name);
    });
  });

  /** armHead = tag { "," tag } { attribute } ":" */
  armHead: Rule = this.RULE("armHead", () => {
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.tag) });
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Colon);
  });

  /** tag = "default" | operation [ ".." operation ] */
  tag: Rule = this.RULE("tag", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Default), IGNORE_AMBIGUITIES: true },
      {
        ALT: () => {
          this.SUBRULE1(this.operation);
          this.OPTION(() => {
            this.CONSUME(T.DotDot);
            this.SUBRULE2(this.operation);
          });
        },
      },
    ]);
  });

  /** arm = armHead ( members [ ";" ] | member ) */
  arm: Rule = this.RULE("arm", () => {
    this.SUBRULE(this.armHead);
    this.OR([
      {
        ALT: () => {
          this.SUBRULE(this.members);
          this.OPTION(() => this.CONSUME(T.Semicolon));
        },
      },
      { ALT: () => this.SUBRULE(this.member) },
    ]);
  });

  /** present = "present" "if" expression members [ ";" ] */
  present: Rule = this.RULE("present", () => {
    this.CONSUME(T.Present);
    this.CONSUME(T.If);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.members);
    this.OPTION(() => this.CONSUME(T.Semicolon));
  });

  /** ifBlock = "if" expression members: not in the language, read so that it can be explained */
  ifBlock: Rule = this.RULE("ifBlock", () => {
    this.CONSUME(T.If);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.members);
    this.OPTION(() => this.CONSUME(T.Semicolon));
  });

  /** window = "window" Name { "," Name } "{" { arm } "}" [ Name ] [ ";" ] */
  window: Rule = this.RULE("window", () => {
    this.CONSUME(T.Window);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME(T.Name) });
    this.CONSUME(T.LBrace);
    this.MANY(() => this.SUBRULE(this.arm));
    this.CONSUME(T.RBrace);
    this.OPTION1({
      GATE: () => this.LA(2).tokenType === T.Semicolon,
      DEF: () => this.CONSUME1(T.Name, { LABEL: "own" }),
    });
    this.OPTION2(() => this.CONSUME(T.Semicolon));
  });

  /** pick = path [ ".." path ] [ "as" Name ] ";" */
  pick: Rule = this.RULE("pick", () => {
    this.SUBRULE1(this.path);
    this.OPTION1(() => {
      this.CONSUME(T.DotDot);
      this.SUBRULE2(this.path);
    });
    this.OPTION2(() => {
      this.CONSUME(T.As);
      this.CONSUME(T.Name);
    });
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });
}
