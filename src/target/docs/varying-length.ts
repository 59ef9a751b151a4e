import type { Member, Struct } from "../../ir/model.ts";

/** Finds the struct that a member's type names. */
export type StructOf = (module: string, name: string) => Struct | undefined;

/** The fewest and the most bytes of a member. */
export interface LengthRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The lengths of a member whose type is a struct that ends with its last member that exists; undefined where it has one
 * length only, or one that is known only at run time.
 */
export function lengthRange(member: Member, structOf: StructOf): LengthRange | undefined {
  if (member.kind !== "field" || member.type.kind !== "struct" || member.dimensions.length > 0) return undefined;
  const layout = structOf(member.type.module, member.type.name)?.layout;
  if (layout === undefined || layout.size === null || layout.minSize === layout.size) return undefined;
  return { from: layout.minSize, to: layout.size };
}
