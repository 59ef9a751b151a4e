import type { BitGroup, Dimension, Ir, Member, Module, PartItem, Position, Scalar, Type } from "../../src/ir/model.ts";
import type { Placed } from "./reader/layout.ts";

/** A struct or message of a description, flattened as the reader flattens those of the standard. */
export interface DescribedStruct {
  /** Null where it varies; of a message up to the end of each of its parts, for the standard's structs end at any. */
  readonly sizes: readonly (number | null)[];
  /** In a message alternatives follow each other, so that a name may come more than once. */
  readonly members: readonly DescribedMember[];
  /** The legacy interface has it in the guest's byte order, which the standard writes as u16, u32, u64. */
  readonly native: boolean;
}

/** `size` in bytes is given of a member that alternatives share. */
export type DescribedMember = Placed & { readonly size?: number | null };

/** All that a module lays out, by C name; what has none of the standard's by its own name, too. */
export function describedStructs(module: Module, ir: Ir): ReadonlyMap<string, DescribedStruct> {
  return new Walk(module, ir).found;
}

class Walk {
  readonly found = new Map<string, DescribedStruct>();
  private readonly tags: ReadonlyMap<string, string>;

  constructor(module: Module, ir: Ir) {
    this.tags = new Map(
      ir.modules.flatMap(({ name, items }) =>
        items.flatMap((item) => (item.kind === "struct" ? [[`${name}.${item.name}`, item.cName] as const] : [])),
      ),
    );
    for (const item of module.items) {
      if (item.kind !== "struct" && item.kind !== "config" && item.kind !== "response") continue;
      const native = item.kind !== "response" && item.legacyNative === true;
      const struct = this.struct(item.members, item.layout?.size ?? null, native);
      this.add(item.cName, struct);
      this.add(item.name, struct);
    }
    for (const item of module.items) {
      if (item.kind === "request" || item.kind === "message" || item.kind === "event") {
        const native = item.legacyNative === true;
        const whole = this.message(item.parts, native);
        this.add(item.cName, whole);
        const [first] = item.parts;
        // What names the first part names the message in the standard.
        if (first?.kind === "part") this.add(first.cName, whole);
        this.arms(item.parts, [], [], native);
        this.parts(item.parts, native);
      } else if ("sections" in item) {
        for (const { name, members, layout } of item.sections)
          this.add(
            [item.cName.toLowerCase(), name].filter((word) => word !== "").join("_"),
            this.struct(members, layout?.size ?? null),
          );
      }
    }
  }

  private add(tag: string, struct: DescribedStruct): void {
    if (!this.found.has(tag)) this.found.set(tag, struct);
  }

  private struct(members: readonly Member[], size: number | null, native = false): DescribedStruct {
    const out: DescribedMember[] = [];
    this.members(members, 0, "", out);
    return { sizes: [size], members: out, native };
  }

  private message(parts: readonly PartItem[], native: boolean): DescribedStruct {
    const out: DescribedMember[] = [];
    const ends: (number | null)[] = [];
    ends.push(this.partMembers(parts, 0, out, ends), this.partMembers(parts.flatMap(readable), 0, [], ends));
    return { sizes: ends, members: out, native };
  }

  /** Each part also stands for itself. */
  private parts(parts: readonly PartItem[], native: boolean): void {
    for (const part of parts) {
      if (part.kind === "part") {
        const whole = this.struct(part.members, part.layout?.size ?? null, native);
        this.add(part.cName, { ...whole, sizes: [...whole.sizes, part.layout?.fixedSize ?? null] });
      } else for (const arm of part.arms) this.parts(arm.parts, native);
    }
  }

  /** A message with one of its alternatives has a name of its own in the standard, where it has one at all. */
  private arms(
    parts: readonly PartItem[],
    before: readonly PartItem[],
    after: readonly PartItem[],
    native: boolean,
  ): void {
    for (const [index, part] of parts.entries()) {
      if (part.kind === "part") continue;
      const ahead = [...before, ...parts.slice(0, index)];
      const behind = [...parts.slice(index + 1), ...after];
      for (const arm of part.arms) {
        this.add(arm.cName, this.message([...ahead, ...arm.parts, ...behind], native));
        this.arms(arm.parts, ahead, behind, native);
      }
    }
  }

  /** @param ends takes where each part ends */
  private partMembers(
    parts: readonly PartItem[],
    start: number | null,
    out: DescribedMember[],
    ends: (number | null)[],
  ): number | null {
    let offset = start;
    for (const part of parts) {
      if (part.kind === "part") {
        if (part.name !== "") out.push({ offset, type: `struct ${part.cName}`, path: part.name, lengths: [] });
        this.members(part.members, offset, "", out);
        if (part.name !== "") this.members(part.members, offset, part.name, out);
        const size = part.if === undefined ? (part.layout?.size ?? null) : null;
        // A part that varies may yet begin with a struct that does not.
        ends.push(offset === null ? null : offset + (part.layout?.fixedSize ?? 0));
        offset = offset === null || size === null ? null : offset + size;
      } else {
        const armEnds = new Set(part.arms.map((arm) => this.partMembers(arm.parts, offset, out, ends)));
        const [end = null] = armEnds;
        offset = armEnds.size === 1 ? end : null;
      }
    }
    return offset;
  }

  private members(members: readonly Member[], base: number | null, around: string, out: DescribedMember[]): void {
    for (const member of members) this.member(member, base, around, out);
  }

  private member(member: Member, base: number | null, around: string, out: DescribedMember[]): void {
    const path = member.name === "" ? around : around === "" ? member.name : `${around}.${member.name}`;
    const offset = placeOf(member.position, base);
    switch (member.kind) {
      case "field":
        out.push({
          offset,
          type: this.typeText(member.type),
          path,
          lengths: lengthsOf(member.type, member.dimensions),
        });
        if (member.each !== undefined) this.members(member.each.members, null, path, out);
        return;
      case "bits":
        if (member.name !== "")
          out.push({ offset, type: member.type.name, path, lengths: lengthsOf(member.type, member.dimensions) });
        for (const group of member.bits) out.push(bits(group, member.type, offset, path));
        return;
      case "group":
        if (member.name !== "")
          out.push({ offset, type: "struct", path, lengths: lengthsOf(undefined, member.dimensions) });
        this.members(member.members, member.dimensions.length > 0 ? null : base, path, out);
        return;
      case "present":
        this.members(member.members, base, path, out);
        return;
      default:
        if (member.name !== "")
          out.push({ offset, type: "union", path, lengths: [], size: member.position?.size ?? null });
        for (const arm of member.arms) this.members(arm.members, base, path, out);
    }
  }

  private typeText(type: Type): string {
    switch (type.kind) {
      case "scalar":
        return type.name;
      case "struct":
        return `struct ${this.tags.get(`${type.module}.${type.name}`) ?? type.name}`;
      case "external":
        return `struct ${type.name}`;
      case "opaque":
        return "u8";
    }
  }
}

/** What of a part the driver writes. */
function readable(part: PartItem): readonly PartItem[] {
  if (part.kind === "part") return part.direction === "device-readable" ? [part] : [];
  return [{ ...part, arms: part.arms.map((arm) => ({ ...arm, parts: arm.parts.flatMap(readable) })) }];
}

function placeOf(position: Position | undefined, base: number | null): number | null {
  const offset = position?.offset ?? null;
  return offset === null || base === null ? null : base + offset;
}

function bits(group: BitGroup, type: Scalar, offset: number | null, path: string): Placed {
  return {
    offset,
    type: type.name,
    path: path === "" ? `:${group.name}` : `${path}.:${group.name}`,
    lengths: [],
    bits: { shift: group.shift, width: group.width },
  };
}

function lengthsOf(type: Type | undefined, dimensions: readonly Dimension[]): readonly (number | null)[] {
  const lengths = dimensions.map((one) => (one.kind === "fixed" ? one.length : null));
  return type?.kind === "opaque" && lengths.length === 0 ? [null] : lengths;
}
