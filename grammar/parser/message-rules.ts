import * as T from "../tokens.ts";
import type { Rule } from "./expression-rules.ts";
import { MemberRules } from "./member-rules.ts";

/** Words that are attributes elsewhere, and behind the members of a command the beginning of another item. */
const startsItem: ReadonlySet<unknown> = new Set([T.Requires, T.Legacy, T.Erratum]);

/** What goes over a queue or a transport: requests and their parts, registers, numbered commands. */
export class MessageRules extends MemberRules {
  /** parameter = "parameter" Name { attribute } ";" */
  parameter: Rule = this.RULE("parameter", () => {
    this.CONSUME(T.Parameter);
    this.CONSUME(T.Name);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** request = ( "request" | "message" | "event" ) Name [ "on" Name { "," Name } ] { attribute } "{" { partItem } "}" */
  request: Rule = this.RULE("request", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Request) },
      { ALT: () => this.CONSUME(T.Message) },
      { ALT: () => this.CONSUME(T.Event) },
    ]);
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.CONSUME(T.On);
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.queueName) });
    });
    this.MANY1(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => {
      this.OR1([
        { GATE: () => this.atPart(), ALT: () => this.SUBRULE(this.partItem) },
        { ALT: () => this.SUBRULE(this.member) },
      ]);
    });
    this.CONSUME(T.RBrace);
  });

  private atPart(): boolean {
    const first = this.LA(1).tokenType;
    return first === T.DeviceReadable || first === T.DeviceWritable || first === T.Switch;
  }

  /** queueName = Name */
  queueName: Rule = this.RULE("queueName", () => {
    this.CONSUME(T.Name);
  });

  /** partItem = part | partSwitch */
  partItem: Rule = this.RULE("partItem", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.part) }, { ALT: () => this.SUBRULE(this.partSwitch) }]);
  });

  /** part = ( "device-readable" | "device-writable" ) [ Name ] { attribute } members { attribute } [ ";" ] */
  part: Rule = this.RULE("part", () => {
    this.OR([{ ALT: () => this.CONSUME(T.DeviceReadable) }, { ALT: () => this.CONSUME(T.DeviceWritable) }]);
    this.OPTION1({ GATE: () => !this.atPartAttribute(), DEF: () => this.CONSUME(T.Name) });
    this.MANY1(() => this.SUBRULE1(this.attribute));
    this.SUBRULE(this.members);
    this.MANY2({ GATE: () => this.LA(1).tokenType === T.By, DEF: () => this.SUBRULE2(this.attribute) });
    this.OPTION2(() => this.CONSUME(T.Semicolon));
  });

  /** In `device-readable if F { … }` the word is an attribute, in `device-readable head { … }` and `device-readable if { … }` a name. */
  private atPartAttribute(): boolean {
    const beginsAttribute = [
      T.If,
      T.Unless,
      T.Since,
      T.Until,
      T.Was,
      T.Alias,
      T.Also,
      T.CName,
      T.Label,
      T.Erratum,
    ].includes(this.LA(1).tokenType);
    return beginsAttribute && this.LA(2).tokenType !== T.LBrace;
  }

  /** partSwitch = "switch" expression [ ":" Name ] { attribute } "{" { partArm } "}" */
  partSwitch: Rule = this.RULE("partSwitch", () => {
    this.CONSUME(T.Switch);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.enumName);
    this.MANY1(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => this.SUBRULE(this.partArm));
    this.CONSUME(T.RBrace);
    this.OPTION(() => this.CONSUME(T.Semicolon));
  });

  /** partArm = armHead ( "{" { partItem } "}" | partItem { partItem } ) */
  partArm: Rule = this.RULE("partArm", () => {
    this.SUBRULE(this.armHead);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.LBrace);
          this.MANY(() => this.SUBRULE1(this.partItem));
          this.CONSUME(T.RBrace);
        },
      },
      { ALT: () => this.AT_LEAST_ONE(() => this.SUBRULE2(this.partItem)) },
    ]);
  });

  /** response = "response" "to" Name { attribute } members */
  response: Rule = this.RULE("response", () => {
    this.CONSUME(T.Response);
    this.CONSUME(T.To);
    this.CONSUME(T.Name);
    this.MANY(() => this.SUBRULE(this.attribute));
    this.SUBRULE(this.members);
  });

  // --- registers and commands ----------------------------------------------------------------------------------

  /** registers = "registers" Name [ Text ] { attribute } "{" { register } "}" */
  registers: Rule = this.RULE("registers", () => {
    this.CONSUME(T.Registers);
    this.CONSUME(T.Name);
    this.OPTION(() => this.CONSUME(T.Text));
    this.MANY1(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => this.SUBRULE(this.register));
    this.CONSUME(T.RBrace);
  });

  /** register = [ "legacy" ] expression ( "read" | "write" | "rw" ) Scalar Name [ ":" Name ] [ "=" expression ] { attribute } ";" */
  register: Rule = this.RULE("register", () => {
    this.OPTION1(() => this.CONSUME(T.Legacy));
    this.SUBRULE(this.operation);
    this.OR([
      { ALT: () => this.CONSUME(T.Read) },
      { ALT: () => this.CONSUME(T.Write) },
      { ALT: () => this.CONSUME(T.Rw) },
    ]);
    this.CONSUME(T.Scalar);
    this.CONSUME1(T.Name);
    this.SUBRULE(this.enumName);
    this.OPTION2(() => {
      this.CONSUME(T.Equal);
      this.SUBRULE(this.expression);
    });
    this.MANY(() => this.SUBRULE(this.attribute));
    this.CONSUME(T.Semicolon);
  });

  /** command = ( "ccw_command" | "capability" | "resource" | "device_part" ) Name [ "=" expression ] [ "in" | "out" ] { attribute } "{" { section | member } "}" { attribute } [ ";" ] */
  command: Rule = this.RULE("command", () => {
    this.OR1([
      { ALT: () => this.CONSUME(T.CcwCommand) },
      { ALT: () => this.CONSUME(T.Capability) },
      { ALT: () => this.CONSUME(T.Resource) },
      { ALT: () => this.CONSUME(T.DevicePart) },
    ]);
    this.CONSUME(T.Name);
    this.OPTION1(() => {
      this.CONSUME(T.Equal);
      this.SUBRULE(this.expression);
    });
    this.OPTION2(() => {
      this.OR2([{ ALT: () => this.CONSUME(T.In) }, { ALT: () => this.CONSUME(T.Out) }]);
    });
    this.MANY1(() => this.SUBRULE1(this.attribute));
    this.CONSUME(T.LBrace);
    this.MANY2(() => {
      this.OR3([
        {
          GATE: () =>
            this.LA(2).tokenType === T.LBrace && this.LA(1).tokenType !== T.Union && this.LA(1).tokenType !== T.Scalar,
          ALT: () => this.SUBRULE(this.section),
        },
        { ALT: () => this.SUBRULE(this.member) },
      ]);
    });
    this.CONSUME(T.RBrace);
    this.OPTION3({
      // What begins the next item is none of its attributes.
      GATE: () => !startsItem.has(this.LA(1).tokenType),
      DEF: () => {
        this.AT_LEAST_ONE(() => this.SUBRULE2(this.attribute));
        this.CONSUME(T.Semicolon);
      },
    });
  });

  /** section = Name members */
  section: Rule = this.RULE("section", () => {
    this.CONSUME(T.Name);
    this.SUBRULE(this.members);
  });
}
