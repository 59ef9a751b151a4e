import * as T from "../tokens.ts";
import type { Rule } from "./expression-rules.ts";
import { FirstTokenLookahead } from "./first-token-lookahead.ts";
import { MessageRules } from "./message-rules.ts";

/**
 * The grammar of the language. Each rule has its production above it; a terminal in quotes is a word or sign, others
 * are the tokens of `tokens.ts`. The parser builds a concrete tree and stops at the first error, behind which
 * `find-errors.ts` goes on; `visit/` makes the syntax tree of it.
 */
export class DescriptionParser extends MessageRules {
  /** `validate` lets chevrotain look for mistakes in the grammar itself. */
  constructor({ validate = false }: { readonly validate?: boolean } = {}) {
    super({
      recoveryEnabled: false,
      nodeLocationTracking: "full",
      skipValidations: !validate,
      // Chevrotain looks so far ahead, too, for what an error's message could say, which takes seconds from two on.
      maxLookahead: 1,
      ...(validate ? {} : { lookaheadStrategy: new FirstTokenLookahead() }),
    });
    this.performSelfAnalysis();
  }

  /** file = header { item } */
  file: Rule = this.RULE("file", () => {
    this.SUBRULE(this.header);
    this.MANY(() => this.SUBRULE(this.item));
  });

  /** header = ( "device" | "transport" | "core" ) Name [ "=" expression ] [ Text ] { attribute } ";" */
  header: Rule = this.RULE("header", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Device) },
      { ALT: () => this.CONSUME(T.Transport) },
      { ALT: () => this.CONSUME(T.Core) },
    ]);
    this.CONSUME(T.Name);
    this.OPTION1(() => {
      this.CONSUME(T.Equal);
      this.SUBRULE(this.expression);
    });
    this.OPTION2(() => this.CONSUME(T.Text));
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** item = [ "legacy" ] ( features | queues | … ) */
  item: Rule = this.RULE("item", () => {
    this.OR([
      {
        GATE: () => this.LA(2).tokenType === T.Native,
        ALT: () => this.SUBRULE(this.legacyNative),
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(T.Legacy));
          this.OR1([
            { ALT: () => this.SUBRULE(this.features) },
            { ALT: () => this.SUBRULE(this.featureRanges) },
            { ALT: () => this.SUBRULE(this.queues) },
            { ALT: () => this.SUBRULE(this.config) },
            { ALT: () => this.SUBRULE(this.constantGroup) },
            { ALT: () => this.SUBRULE(this.constant) },
            { ALT: () => this.SUBRULE(this.struct) },
            { ALT: () => this.SUBRULE(this.external) },
            { ALT: () => this.SUBRULE(this.parameter) },
            { ALT: () => this.SUBRULE(this.request) },
            { ALT: () => this.SUBRULE(this.response) },
            { ALT: () => this.SUBRULE(this.registers) },
            { ALT: () => this.SUBRULE(this.command) },
            { ALT: () => this.SUBRULE(this.rule) },
            { ALT: () => this.SUBRULE(this.erratumItem) },
            { ALT: () => this.SUBRULE(this.house) },
          ]);
        },
      },
    ]);
  });

  // --- features, queues, constants -----------------------------------------------------------------------------

  /** features = "features" { attribute } "{" { feature } "}" */
  features: Rule = this.RULE("features", () => {
    this.CONSUME(T.Features);
    this.MANY1(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => this.SUBRULE(this.feature));
    this.CONSUME(T.RBrace);
  });

  /** feature = [ "legacy" ] Name "=" expression { attribute } ";" */
  feature: Rule = this.RULE("feature", () => {
    this.OPTION({ GATE: () => this.LA(2).tokenType !== T.Equal, DEF: () => this.CONSUME(T.Legacy) });
    this.CONSUME(T.Name);
    this.CONSUME(T.Equal);
    this.SUBRULE(this.expression);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** featureRanges = "feature_ranges" "{" { featureRange } "}" */
  featureRanges: Rule = this.RULE("featureRanges", () => {
    this.CONSUME(T.FeatureRanges);
    this.CONSUME(T.LBrace);
    this.MANY(() => this.SUBRULE(this.featureRange));
    this.CONSUME(T.RBrace);
  });

  /** featureRange = Name "=" range { attribute } ";" */
  featureRange: Rule = this.RULE("featureRange", () => {
    this.CONSUME(T.Name);
    this.CONSUME(T.Equal);
    this.SUBRULE(this.range);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** queues = "queues" { attribute } "{" { queue | where } "}" */
  queues: Rule = this.RULE("queues", () => {
    this.CONSUME(T.Queues);
    this.MANY1(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => {
      this.OR([
        {
          GATE: () => this.LA(2).tokenType !== T.Equal && this.LA(2).tokenType !== T.LBracket,
          ALT: () => this.SUBRULE(this.where),
        },
        { ALT: () => this.SUBRULE(this.queue) },
      ]);
    });
    this.CONSUME(T.RBrace);
  });

  /** queue = Name [ "[" Name "]" ] "=" expression [ "for" Name "in" range ] { attribute } ";" */
  queue: Rule = this.RULE("queue", () => {
    this.CONSUME1(T.Name);
    this.OPTION1(() => {
      this.CONSUME(T.LBracket);
      this.CONSUME2(T.Name);
      this.CONSUME(T.RBracket);
    });
    this.CONSUME(T.Equal);
    this.SUBRULE(this.expression);
    this.OPTION2(() => {
      this.CONSUME(T.For);
      this.CONSUME3(T.Name);
      this.CONSUME(T.In);
      this.SUBRULE(this.range);
    });
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** where = "where" Name [ "(" Name { "," Name } ")" ] "=" expression ";" */
  where: Rule = this.RULE("where", () => {
    this.CONSUME(T.Where);
    this.CONSUME1(T.Name);
    this.OPTION(() => {
      this.CONSUME(T.LParen);
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME2(T.Name) });
      this.CONSUME(T.RParen);
    });
    this.CONSUME(T.Equal);
    this.SUBRULE(this.expression);
    this.CONSUME(T.Semicolon);
  });

  /** constantGroup = ( "enum" | "flags" | "bits" | "shared_memory" ) [ Name ] { attribute } "{" { groupItem } "}" { where } */
  constantGroup: Rule = this.RULE("constantGroup", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Enum) },
      { ALT: () => this.CONSUME(T.Flags) },
      { ALT: () => this.CONSUME(T.Bits) },
      { ALT: () => this.CONSUME(T.SharedMemory) },
    ]);
    this.OPTION({ GATE: () => this.LA(1).tokenType !== T.CPrefix, DEF: () => this.CONSUME(T.Name) });
    this.MANY1(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => this.SUBRULE(this.groupItem));
    this.CONSUME(T.RBrace);
  });

  /** groupItem = "flags" "{" { constantLine } "}" | where | constantLine */
  groupItem: Rule = this.RULE("groupItem", () => {
    this.OR([
      {
        GATE: () => this.LA(2).tokenType === T.LBrace,
        ALT: () => {
          this.CONSUME(T.Flags);
          this.CONSUME(T.LBrace);
          this.MANY(() => this.SUBRULE1(this.constantLine));
          this.CONSUME(T.RBrace);
        },
      },
      { GATE: () => this.LA(2).tokenType !== T.Equal, ALT: () => this.SUBRULE(this.where) },
      { ALT: () => this.SUBRULE2(this.constantLine) },
    ]);
  });

  /** constantLine = [ "legacy" ] Name "=" expression { attribute } ";" */
  constantLine: Rule = this.RULE("constantLine", () => {
    this.OPTION({ GATE: () => this.LA(2).tokenType !== T.Equal, DEF: () => this.CONSUME(T.Legacy) });
    this.CONSUME(T.Name);
    this.CONSUME(T.Equal);
    this.SUBRULE(this.expression);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** constant = "const" constantLine */
  constant: Rule = this.RULE("constant", () => {
    this.CONSUME(T.Const);
    this.SUBRULE(this.constantLine);
  });

  // --- structs ------------------------------------------------------------------------------------------------

  /** config = "config" { attribute } members */
  config: Rule = this.RULE("config", () => {
    this.CONSUME(T.Config);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.SUBRULE(this.members);
  });

  /** struct = "struct" Name { attribute } members [ ";" ] */
  struct: Rule = this.RULE("struct", () => {
    this.CONSUME(T.Struct);
    this.CONSUME(T.Name);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.SUBRULE(this.members);
    this.OPTION(() => this.CONSUME(T.Semicolon));
  });

  /** external = "external" "struct" Name { attribute } ";" */
  external: Rule = this.RULE("external", () => {
    this.CONSUME(T.External);
    this.OPTION(() => this.CONSUME(T.Struct));
    this.CONSUME(T.Name);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  // --- rules, errata, houses -----------------------------------------------------------------------------------

  /** rule = "requires" ":" … ";" | "at_least_one" names ";" | "conflicts" names ";" | "offers" … ";" | normative */
  rule: Rule = this.RULE("rule", () => {
    this.OR1([
      {
        ALT: () => {
          this.CONSUME(T.Requires);
          this.CONSUME1(T.Colon);
          this.SUBRULE1(this.expression);
        },
      },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(T.AtLeastOne) }, { ALT: () => this.CONSUME(T.Conflicts) }]);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME(T.Name) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Offers);
          this.SUBRULE2(this.expression);
        },
      },
      { ALT: () => this.SUBRULE(this.normative) },
    ]);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** normative = ( "must" | "should" | "may" ) [ "not" ] ( "driver" | "device" ) [ Text ] ":" ( Text [ heldBy ] | expression [ "in" range ] ) */
  normative: Rule = this.RULE("normative", () => {
    this.OR1([
      { ALT: () => this.CONSUME(T.Must) },
      { ALT: () => this.CONSUME(T.Should) },
      { ALT: () => this.CONSUME(T.May) },
    ]);
    this.OPTION1(() => this.CONSUME(T.Not));
    this.OR2([{ ALT: () => this.CONSUME(T.Driver) }, { ALT: () => this.CONSUME(T.Device) }]);
    this.OPTION2(() => this.CONSUME1(T.Text));
    this.CONSUME(T.Colon);
    this.OR3([
      {
        ALT: () => {
          this.CONSUME2(T.Text);
          this.OPTION4(() => this.SUBRULE(this.heldBy));
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.expression);
          this.OPTION3(() => {
            this.CONSUME(T.In);
            this.SUBRULE(this.range);
          });
        },
      },
    ]);
  });

  /** heldBy = "by" path { "," path } */
  heldBy: Rule = this.RULE("heldBy", () => {
    this.CONSUME(T.By);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.path) });
  });

  /** erratumItem = erratum */
  erratumItem: Rule = this.RULE("erratumItem", () => {
    this.SUBRULE(this.erratum);
  });

  /** legacyNative = "legacy" "native" Name { "," Name } ";" */
  legacyNative: Rule = this.RULE("legacyNative", () => {
    this.CONSUME(T.Legacy);
    this.CONSUME(T.Native);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.nativeName) });
    this.CONSUME(T.Semicolon);
  });

  /** nativeName = Name */
  nativeName: Rule = this.RULE("nativeName", () => {
    this.CONSUME(T.Name);
  });

  /** house = "house" Name "{" { houseItem } "}" */
  house: Rule = this.RULE("house", () => {
    this.CONSUME(T.House);
    this.CONSUME(T.Name);
    this.CONSUME(T.LBrace);
    this.MANY(() => this.SUBRULE(this.houseItem));
    this.CONSUME(T.RBrace);
  });

  /** houseItem = "header" Text [ "includes" Text { "," Text } ] ";" | "no_legacy" Name ";" | "omit" path { "," path } ";" | view | typedef | constantGroup | constant */
  houseItem: Rule = this.RULE("houseItem", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Header);
          this.CONSUME1(T.Text);
          this.OPTION1(() => {
            this.CONSUME(T.Includes);
            this.AT_LEAST_ONE_SEP1({ SEP: T.Comma, DEF: () => this.CONSUME2(T.Text) });
          });
          this.CONSUME1(T.Semicolon);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.NoLegacy);
          this.CONSUME1(T.Name);
          this.CONSUME2(T.Semicolon);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Omit);
          this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.path) });
          this.CONSUME3(T.Semicolon);
        },
      },
      { ALT: () => this.SUBRULE(this.houseElement) },
    ]);
  });

  /** houseElement = [ "legacy" ] ( view | typedef | constantGroup | constant ) */
  houseElement: Rule = this.RULE("houseElement", () => {
    this.OPTION(() => this.CONSUME(T.Legacy));
    this.OR([
      { ALT: () => this.SUBRULE(this.view) },
      { ALT: () => this.SUBRULE(this.typedef) },
      { ALT: () => this.SUBRULE(this.constantGroup) },
      { ALT: () => this.SUBRULE(this.constant) },
    ]);
  });

  /** view = "view" ( "struct" | "union" ) Name "of" path { attribute } members [ ";" ] */
  view: Rule = this.RULE("view", () => {
    this.CONSUME(T.View);
    this.OR([{ ALT: () => this.CONSUME(T.Struct) }, { ALT: () => this.CONSUME(T.Union) }]);
    this.CONSUME(T.Name);
    this.CONSUME(T.Of);
    this.SUBRULE(this.path);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.SUBRULE(this.members);
    this.OPTION(() => this.CONSUME(T.Semicolon));
  });

  /** typedef = "typedef" ( Scalar | "struct" path ) Name { attribute } ";" */
  typedef: Rule = this.RULE("typedef", () => {
    this.CONSUME(T.Typedef);
    this.OR([
      { ALT: () => this.CONSUME(T.Scalar) },
      {
        ALT: () => {
          this.CONSUME(T.Struct);
          this.SUBRULE(this.path);
        },
      },
    ]);
    this.CONSUME(T.Name);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });
}
