import type { Place } from "../diagnostic/diagnostic.ts";

/** An integer; a decimal string where it does not fit 53 bits. */
export type Integer = number | string;

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type Arithmetic = "+" | "-" | "*" | "/" | "%" | "<<" | ">>";

/**
 * `|`, `&` and `not` join conditions and bits alike: a feature is true when it is negotiated.
 * `length` is how many elements an array of a message has; where the device writes it, how many it has room for.
 * `at` stands on what was written as a name, so that a diagnostic can point at it.
 */
export type Expression =
  | { readonly op: "number"; readonly value: Integer; readonly text: string }
  | { readonly op: "feature"; readonly module: string; readonly name: string; readonly at: Place }
  | {
      readonly op: "constant";
      readonly module: string;
      readonly group: string;
      readonly name: string;
      readonly cName: string;
      readonly value: Integer;
      readonly at: Place;
    }
  | { readonly op: "member"; readonly scope: MemberScope; readonly path: readonly PathPart[]; readonly at: Place }
  | { readonly op: "variable"; readonly name: string; readonly at: Place }
  | { readonly op: "not" | "negate" | "complement" | "bit" | "length"; readonly operand: Expression }
  | { readonly op: "->" | "|" | "&" | Comparison | Arithmetic; readonly left: Expression; readonly right: Expression }
  | {
      readonly op: "choice";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    };

/**
 * Where a path begins: among the members before it, in the configuration space, in the request answered, in another
 * message or struct (whose name is the path's first part), among the registers.
 */
export type MemberScope = "sibling" | "config" | "request" | "message" | "register";

export interface PathPart {
  readonly name: string;
  readonly index?: Expression;
}
