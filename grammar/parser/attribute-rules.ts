import * as T from "../tokens.ts";
import { ExpressionRules, type Rule } from "./expression-rules.ts";

/** What may follow any element, in any order. */
export class AttributeRules extends ExpressionRules {
  /** attribute = availability | naming | condition | access | shape | reference */
  attribute: Rule = this.RULE("attribute", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.availability) },
      { ALT: () => this.SUBRULE(this.naming) },
      { ALT: () => this.SUBRULE(this.condition) },
      { ALT: () => this.SUBRULE(this.access) },
      { ALT: () => this.SUBRULE(this.shape) },
      { ALT: () => this.SUBRULE(this.reference) },
    ]);
  });

  /** availability = "since" [ "revision" ] revision | "until" revision | "was" Name "until" revision */
  availability: Rule = this.RULE("availability", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Since);
          // CCW numbers its own revisions.
          this.OPTION(() => this.CONSUME(T.Revision));
          this.SUBRULE1(this.revision);
        },
      },
      {
        ALT: () => {
          this.CONSUME1(T.Until);
          this.SUBRULE2(this.revision);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Was);
          this.CONSUME(T.Name);
          this.CONSUME2(T.Until);
          this.SUBRULE3(this.revision);
        },
      },
    ]);
  });

  /** revision = Version | Integer */
  revision: Rule = this.RULE("revision", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Version) }, { ALT: () => this.CONSUME(T.Integer) }]);
  });

  /** naming = ( "alias" | "also" ) Name Name [ "as" Name ] | ( "c_name" | "c_prefix" ) Name */
  naming: Rule = this.RULE("naming", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.CONSUME(T.Alias) }, { ALT: () => this.CONSUME(T.Also) }]);
          this.CONSUME1(T.Name);
          this.CONSUME2(T.Name);
          this.OPTION(() => {
            this.CONSUME(T.As);
            this.CONSUME3(T.Name);
          });
        },
      },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(T.CName) }, { ALT: () => this.CONSUME(T.CPrefix) }]);
          this.CONSUME4(T.Name);
        },
      },
    ]);
  });

  /** condition = ( "if" | "unless" | "requires" ) expression | "in" range */
  condition: Rule = this.RULE("condition", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([
            { ALT: () => this.CONSUME(T.If) },
            { ALT: () => this.CONSUME(T.Unless) },
            { ALT: () => this.CONSUME(T.Requires) },
          ]);
          this.SUBRULE(this.operation);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.In);
          this.SUBRULE(this.range);
        },
      },
    ]);
  });

  /** access = "writable" [ "any_time" | "before" Name ] | "write_clears" Name | "kept" "over" "reset" | "reset" operation | "bank" Name | "refuse" Name [ "." Name ] | "limit" | "bitmap" */
  access: Rule = this.RULE("access", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Writable);
          this.OPTION(() => {
            this.OR1([
              { ALT: () => this.CONSUME(T.AnyTime) },
              {
                ALT: () => {
                  this.CONSUME(T.Before);
                  this.CONSUME1(T.Name);
                },
              },
            ]);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.WriteClears);
          this.CONSUME2(T.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Kept);
          this.CONSUME(T.Over);
          this.CONSUME1(T.Reset);
        },
      },
      {
        ALT: () => {
          this.CONSUME2(T.Reset);
          this.SUBRULE(this.operation);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Bank);
          this.CONSUME3(T.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Refuse);
          this.CONSUME4(T.Name);
          this.OPTION1(() => {
            this.CONSUME(T.Dot);
            this.CONSUME5(T.Name);
          });
        },
      },
      { ALT: () => this.CONSUME(T.Limit) },
      { ALT: () => this.CONSUME(T.Bitmap) },
    ]);
  });

  /** shape = "pad" operation [ "unless" expression ] | ( "packed" | "natural" | "compact" ) Name | "order" Name Name | ( "size" | "aligned" ) operation | "by" "address" | "overridable" | "any_length" | "numbered" */
  shape: Rule = this.RULE("shape", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Pad);
          this.SUBRULE1(this.operation);
          this.OPTION(() => {
            this.CONSUME(T.Unless);
            this.SUBRULE(this.operation);
          });
        },
      },
      {
        ALT: () => {
          this.OR1([
            { ALT: () => this.CONSUME(T.Packed) },
            { ALT: () => this.CONSUME(T.Natural) },
            { ALT: () => this.CONSUME(T.Compact) },
          ]);
          this.CONSUME1(T.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Order);
          this.CONSUME2(T.Name);
          this.CONSUME3(T.Name);
        },
      },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(T.Size) }, { ALT: () => this.CONSUME(T.Aligned) }]);
          this.SUBRULE2(this.operation);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.By);
          this.CONSUME(T.Address);
        },
      },
      { ALT: () => this.CONSUME(T.Overridable) },
      { ALT: () => this.CONSUME(T.AnyLength) },
      { ALT: () => this.CONSUME(T.Numbered) },
    ]);
  });

  /** reference = ( "label" | "unit" | "from" ) Text | "group" Name | ( "refers" | "given" ) Name { "," Name } | erratum */
  reference: Rule = this.RULE("reference", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([
            { ALT: () => this.CONSUME(T.Label) },
            { ALT: () => this.CONSUME(T.Unit) },
            { ALT: () => this.CONSUME(T.From) },
          ]);
          this.CONSUME(T.Text);
        },
      },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(T.Refers) }, { ALT: () => this.CONSUME(T.Given) }]);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME2(T.Name) });
        },
      },
      { ALT: () => this.SUBRULE(this.erratum) },
    ]);
  });

  /** erratum = "erratum" Text "{" Name ":" Text ";" Name ":" Text ";" "because" Text ";" { "at" Text ";" } "}" */
  erratum: Rule = this.RULE("erratum", () => {
    this.CONSUME(T.Erratum);
    this.CONSUME(T.Text);
    this.CONSUME(T.LBrace);
    this.MANY(() => this.SUBRULE(this.erratumLine));
    this.CONSUME(T.RBrace);
  });

  /** erratumLine = Name [ ":" ] Text ";" */
  erratumLine: Rule = this.RULE("erratumLine", () => {
    this.CONSUME(T.Name);
    this.OPTION(() => this.CONSUME(T.Colon));
    this.CONSUME(T.Text);
    this.CONSUME(T.Semicolon);
  });
}
