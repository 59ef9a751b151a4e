import type { IToken } from "chevrotain";
import type { TokenPlace } from "./tokens.ts";

/** What the parser makes of declarations and of expressions. */
export type CExpression =
  | { readonly op: "number" | "character" | "text"; readonly text: string }
  | { readonly op: "name"; readonly name: string }
  | { readonly op: "unary"; readonly sign: string; readonly of: CExpression }
  | { readonly op: "binary"; readonly sign: string; readonly left: CExpression; readonly right: CExpression }
  | { readonly op: "choice"; readonly if: CExpression; readonly then: CExpression; readonly else: CExpression }
  | { readonly op: "size"; readonly of: TypeName | CExpression; readonly align: boolean }
  | { readonly op: "cast"; readonly to: TypeName; readonly of: CExpression }
  /** A call, a member: nothing that a header's constant is made of. */
  | { readonly op: "other"; readonly text: string };

/** What attributes say of a layout. */
export interface Attributes {
  readonly packed: boolean;
  /** The alignments asked for, as written; empty brackets are the largest of the machine. */
  readonly aligned: readonly (readonly IToken[])[];
}

export type CSpecifier =
  /** `unsigned int`, or the name of a typedef. */
  | { readonly kind: "named"; readonly words: readonly string[] }
  | Aggregate
  | {
      readonly kind: "enum";
      readonly tag: string | undefined;
      readonly enumerators: readonly Enumerator[] | undefined;
      readonly place: TokenPlace;
    };

export interface Aggregate {
  readonly kind: "struct" | "union";
  readonly tag: string | undefined;
  /** Absent where it is only named. */
  readonly members: readonly MemberDeclaration[] | undefined;
  readonly attributes: Attributes;
  readonly place: TokenPlace;
}

export interface Enumerator {
  readonly name: string;
  readonly value: CExpression | undefined;
  readonly place: TokenPlace;
}

export interface Specifiers {
  readonly isTypedef: boolean;
  readonly type: CSpecifier;
  readonly attributes: Attributes;
}

export interface TypeName {
  readonly kind: "type";
  readonly type: CSpecifier;
  readonly pointers: number;
}

export interface CDeclarator {
  /** Empty where it has none, as unnamed bit fields. */
  readonly name: string;
  readonly pointers: number;
  /** Outermost first; undefined where the brackets are empty. */
  readonly dimensions: readonly (CExpression | undefined)[];
  readonly isFunction: boolean;
  readonly bits: CExpression | undefined;
  readonly attributes: Attributes;
  readonly place: TokenPlace;
}

export interface MemberDeclaration {
  readonly type: CSpecifier;
  readonly attributes: Attributes;
  /** Empty for an unnamed struct or union. */
  readonly declarators: readonly CDeclarator[];
}

export interface CDeclaration {
  readonly specifiers: Specifiers;
  readonly declarators: readonly CDeclarator[];
}
