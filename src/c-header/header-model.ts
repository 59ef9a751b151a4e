import type { ByteOrder } from "./known-types.ts";
import type { Note } from "./preprocess.ts";

/** What a C header declares, as far as it can be held against a description. */
export interface CHeader {
  readonly file: string;
  /** Macros and enumerators with an integer value, by name. */
  readonly constants: ReadonlyMap<string, CConstant>;
  /** By tag; a typedef of a struct without a tag counts as one. Those of included files, too. */
  readonly structs: ReadonlyMap<string, CStruct>;
  readonly typedefs: ReadonlyMap<string, CTypedef>;
  /** Tags of enumerations. */
  readonly enums: ReadonlyMap<string, CPlace>;
  /** Functions, macros with parameters, and macros that are no integer: there is nothing to compare in them. */
  readonly others: ReadonlyMap<string, CPlace & { readonly what: string }>;
  /** What could not be read, in the order of the lines. */
  readonly notes: readonly Note[];
  /** Lines that conditions leave out. */
  readonly inactiveLines: number;
  /** Headers that were not found, as they are included. */
  readonly missingIncludes: readonly string[];
}

export interface CPlace {
  readonly file: string;
  readonly line: number;
}

export interface CConstant extends CPlace {
  readonly name: string;
  /** As a 64-bit unsigned integer. */
  readonly value: bigint;
  /** As it is written, without macros replaced: `1u << 7`. */
  readonly text: string;
  readonly enumerator: boolean;
}

/** A struct or union as a compiler for a 64-bit machine lays it out. Sizes, offsets and alignments in bytes. */
export interface CStruct extends CPlace {
  readonly keyword: "struct" | "union";
  /** Undefined for one that is declared where it is used. */
  readonly tag: string | undefined;
  readonly size: number;
  readonly align: number;
  readonly packed: boolean;
  readonly fields: readonly CField[];
}

export interface CField extends CPlace {
  /** Members of unnamed structs and unions are the outer struct's own. */
  readonly name: string;
  readonly offset: number;
  /** Of all elements together; 0 for an array without a length. */
  readonly size: number;
  readonly type: CFieldType;
  /** Outermost first; null where no length is given, or 0. */
  readonly dimensions: readonly (number | null)[];
  /** Width of a bit field. */
  readonly bits?: number;
}

export type CFieldType =
  | {
      readonly kind: "integer";
      /** As it is written: `__le32`. */
      readonly text: string;
      readonly size: number;
      readonly order: ByteOrder;
      readonly saysOrder: boolean;
      readonly signed: boolean;
    }
  | { readonly kind: "struct"; readonly text: string; readonly size: number; readonly struct: CStruct }
  | { readonly kind: "pointer"; readonly text: string; readonly size: number };

export interface CTypedef extends CPlace {
  readonly size: number;
  readonly align: number;
}
