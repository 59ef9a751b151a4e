import type { Constant, ConstantGroup, Element, HouseOrder, Layout, Member, Type } from "./model.ts";

/** How another house names, shapes and files this module. `name` is the house. */
export interface House extends Element {
  readonly kind: "house";
  readonly header?: string;
  readonly includes: readonly string[];
  /** The macro that hides what is legacy. */
  readonly noLegacy?: string;
  readonly views: readonly View[];
  /** `align` in bytes, where the house aligns it more or less than its type. */
  readonly typedefs: readonly (Element & { readonly type: Type; readonly align?: number })[];
  readonly constants: readonly (ConstantGroup | Constant)[];
  /** Paths of elements that the house does not publish. */
  readonly omitted: readonly string[];
}

/** A struct in the house's own shape; its bytes are checked against the struct that it views. */
export interface View extends Element {
  readonly kind: "view";
  /** Path of what it views: `config`, a struct, a request. */
  readonly of: string;
  readonly members: readonly Member[];
  readonly layout?: Layout;
  readonly packed?: readonly string[];
  readonly legacyNative?: true;
  readonly orders?: readonly HouseOrder[];
  /** A union of C: its only member is that union, and has no name. */
  readonly union?: true;
}
