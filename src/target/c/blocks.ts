import type { Comment } from "./comment.ts";
import type { DefineView } from "./defines.ts";

/**
 * What a header is made of, in its order. `shape` is the partial template that prints it; blocks are set apart by an
 * empty line.
 */
export type Block =
  | { readonly shape: "remark"; readonly comment: Comment }
  /** `headed`: an empty line sets the comment apart from the first macro's own. */
  | {
      readonly shape: "defines";
      readonly comment: Comment;
      readonly headed: boolean;
      readonly defines: readonly DefineView[];
    }
  | EnumView
  | StructView
  | { readonly shape: "typedefs"; readonly typedefs: readonly TypedefView[] }
  | { readonly shape: "legacy"; readonly macro: string; readonly blocks: readonly Block[] }
  | FunctionView
  | {
      readonly shape: "names";
      readonly comment: Comment;
      readonly signature: string;
      readonly names: readonly { readonly macro: string; readonly name: string }[];
    }
  | BitGroupsView
  | { readonly shape: "asserts"; readonly structs: readonly AssertView[] };

/** Constants as enumerators, in a house that has a tag for them. */
export interface EnumView {
  readonly shape: "enum";
  readonly tag: string;
  readonly groups: readonly { readonly comment: Comment; readonly enumerators: readonly DefineView[] }[];
}

export interface StructView {
  readonly shape: "struct";
  readonly comment: Comment;
  /** `__extension__ ` or empty. */
  readonly extension: string;
  readonly keyword: "struct" | "union";
  readonly tag: string;
  readonly items: readonly StructItem[];
  /** ` __attribute__((packed))` or empty. */
  readonly attribute: string;
}

/** A line or lines of a struct's body. */
export type StructItem =
  | {
      readonly shape: "field";
      readonly comment: Comment;
      readonly indent: string;
      readonly text: string;
      readonly trailing: string;
    }
  /** A name that C++ cannot have. */
  | {
      readonly shape: "renamed";
      readonly comment: Comment;
      readonly indent: string;
      readonly text: string;
      readonly cxx: string;
    }
  | { readonly shape: "open"; readonly comment: Comment; readonly indent: string; readonly text: string }
  | { readonly shape: "close"; readonly indent: string; readonly text: string }
  | { readonly shape: "note"; readonly comment: Comment; readonly indent: string };

/** A function of one expression, or of steps that return early. */
export interface FunctionView {
  readonly shape: "function";
  readonly comment: Comment;
  /** Return type, name and parameters. */
  readonly signature: string;
  /** `type name = value`. */
  readonly locals: readonly string[];
  readonly steps: readonly { readonly condition: string; readonly result: string }[];
  /** A statement without its semicolon. */
  readonly last: string;
}

export interface TypedefView {
  readonly comment: Comment;
  readonly type: string;
  /** ` __attribute__((aligned(16)))` or empty. */
  readonly attribute: string;
  readonly name: string;
}

/** What the compiler is to prove of one struct. */
export interface AssertView {
  readonly tag: string;
  readonly size: number;
  readonly fields: readonly { readonly name: string; readonly offset: number }[];
  /** Fields whose name C++ cannot have. */
  readonly renamed: readonly { readonly c: string; readonly cxx: string; readonly offset: number }[];
}

/** Masks, shifts and accessors of the groups of one word. */
export interface BitGroupsView {
  readonly shape: "bit_groups";
  /** The word's member. */
  readonly word: string;
  /** The type of its value: `uint32_t`. */
  readonly type: string;
  readonly groups: readonly BitGroupView[];
}

export interface BitGroupView {
  /** What its macros begin with. */
  readonly macro: string;
  readonly comment: Comment;
  readonly shift: number;
  readonly mask: string;
  /** The mask of everything else in the word. */
  readonly others: string;
  readonly getter: string;
  readonly setter: string;
}
