import { scalarSizes, type Declaration, type Declared } from "./listing.ts";

/** One member of a struct, at its place in bytes; null where a length before it is known only at run time. */
export interface Placed {
  readonly offset: number | null;
  /** `le32`, `struct virtio_blk_geometry`; `struct` or `union` for one without a tag. */
  readonly type: string;
  /** Names of the members around it and its own, with dots; a bit group's own begins with a colon. */
  readonly path: string;
  /** Numbers; null for one that only run time tells. */
  readonly lengths: readonly (number | null)[];
  readonly bits?: { readonly shift: number; readonly width: number };
}

export interface PlacedStruct {
  /** In bytes, without padding; null where it varies. */
  readonly size: number | null;
  readonly members: readonly Placed[];
}

/** Lays structs out as the standard says: no padding but what is written. */
export class StandardLayouts {
  private readonly structs: ReadonlyMap<string, Declared>;
  private readonly numberOf: (text: string) => number | undefined;

  constructor(structs: ReadonlyMap<string, Declared>, numberOf: (text: string) => number | undefined) {
    this.structs = structs;
    this.numberOf = numberOf;
  }

  place(struct: Declared): PlacedStruct {
    const placed: Placed[] = [];
    const size = this.members(struct.members, 0, "", placed, [struct.tag]);
    return { size, members: placed };
  }

  private members(
    members: readonly Declaration[],
    start: number | null,
    around: string,
    placed: Placed[],
    open: readonly string[],
  ): number | null {
    let offset = start;
    for (const member of members) {
      const size = this.member(member, offset, around, placed, open);
      offset = offset === null || size === null ? null : offset + size;
    }
    return offset === null || start === null ? null : offset - start;
  }

  /** Adds what a member is made of, and gives its size. */
  private member(
    member: Declaration,
    offset: number | null,
    around: string,
    placed: Placed[],
    open: readonly string[],
  ): number | null {
    const path = member.name === "" ? around : around === "" ? member.name : `${around}.${member.name}`;
    if (member.kind === "word") {
      const size = scalarSizes.get(member.type) ?? null;
      if (member.name !== "") placed.push({ offset, type: member.type, path, lengths: [] });
      for (const { name, shift, width } of member.bits)
        placed.push({
          offset,
          type: member.type,
          path: path === "" ? `:${name}` : `${path}.:${name}`,
          lengths: [],
          bits: { shift, width },
        });
      return size;
    }
    const lengths = member.lengths.map((text) => this.numberOf(text) ?? null);
    if (member.kind === "field") {
      placed.push({ offset, type: member.type, path, lengths });
      return times(this.typeSize(member.type, open), lengths);
    }
    if (member.name !== "") placed.push({ offset, type: member.kind, path, lengths });
    // The elements of an array have no offset of their own.
    const inside = member.lengths.length > 0 ? null : offset;
    if (member.kind === "struct") return times(this.sized(member.members, inside, path, placed, open), lengths);
    const sizes = member.members.map((one) => this.member(one, inside, path, placed, open));
    return times(largest(sizes), lengths);
  }

  /** The size of members also where their own place is not known. */
  private sized(
    members: readonly Declaration[],
    offset: number | null,
    path: string,
    placed: Placed[],
    open: readonly string[],
  ): number | null {
    if (offset !== null) return this.members(members, offset, path, placed, open);
    this.members(members, null, path, placed, open);
    return this.members(members, 0, path, [], open);
  }

  private typeSize(type: string, open: readonly string[]): number | null {
    const scalar = scalarSizes.get(type);
    if (scalar !== undefined) return scalar;
    const tag = type.replace(/^struct /, "");
    const struct = this.structs.get(tag);
    return struct === undefined || open.includes(tag) ? null : this.members(struct.members, 0, "", [], [...open, tag]);
  }
}

function times(size: number | null, lengths: readonly (number | null)[]): number | null {
  return lengths.reduce<number | null>((all, length) => (all === null || length === null ? null : all * length), size);
}

function largest(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>((most, size) => (most === null || size === null ? null : Math.max(most, size)), 0);
}
