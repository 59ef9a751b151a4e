import type { Finding } from "../diagnostic/diagnostic.ts";
import type {
  BitWord,
  Dimension,
  ExternalType,
  Field,
  Ir,
  Layout,
  Member,
  Position,
  Struct,
  Type,
  View,
} from "./model.ts";

/** Sizes of one type: null where only run time tells. */
interface Extent {
  readonly size: number | null;
  /** Without what may be absent or empty. */
  readonly min: number;
  readonly naturalSize: number | null;
  /** What a compiler counts of a group or union that varies in size: it may stand at the end of a struct. */
  readonly begun: number;
  readonly align: number;
  /** It may end before its size: a struct in it is cut after its last member that exists. */
  readonly cut: boolean;
}

/** Lays out members, in the revision that the IR is cut at. Looks each struct up once. */
export class Layouts {
  private readonly structs = new Map<string, Struct | View>();
  private readonly externals = new Map<string, ExternalType>();
  private readonly extents = new Map<string, Extent>();
  private readonly layouts = new WeakMap<readonly Member[], { readonly layout: Layout; readonly cut: boolean }>();
  private readonly open: string[] = [];
  /** Structs that contain themselves, found on the way. */
  readonly findings: Finding[] = [];

  constructor(ir: Ir) {
    for (const module of ir.modules) {
      for (const item of module.items) {
        if (item.kind === "struct") this.add(`${module.name}.${item.name}`, item);
        if (item.kind === "external") this.externals.set(`${module.name}.${item.name}`, item);
        if (item.kind === "house")
          for (const view of item.views) this.add(`${module.name}.${view.name}@${item.name}`, view);
      }
    }
  }

  private add(key: string, struct: Struct | View): void {
    if (!this.structs.has(key)) this.structs.set(key, struct);
  }

  /**
   * Gives every member its position, and says how large they are together.
   * @param whole no struct in them is cut, whatever is negotiated: the configuration space
   */
  place(members: readonly Member[], whole = false): { readonly members: readonly Member[]; readonly layout: Layout } {
    const cursor = new Cursor({ offset: 0, natural: 0 }, false, whole);
    const placed = members.map((member) => this.placeMember(member, cursor));
    return { members: placed, layout: cursor.layout() };
  }

  private placeMember<M extends Member>(member: M, cursor: Cursor): M {
    const position = cursor.add(this.memberExtent(member), isConditional(member));
    // What is inside begins where the member does: for a compiler that is where its alignment lets it.
    const inside = (members: readonly Member[]): readonly Member[] => {
      const start = { offset: position.offset, natural: position.natural.offset };
      const inner = new Cursor(start, this.isPacked(members), cursor.whole);
      return members.map((one) => this.placeMember(one, inner));
    };
    switch (member.kind) {
      case "field":
        if (member.each === undefined) return { ...member, position };
        return { ...member, position, each: { ...member.each, members: this.place(member.each.members).members } };
      case "group":
        return {
          ...member,
          position,
          members: member.dimensions.length > 0 ? this.place(member.members).members : inside(member.members),
        };
      case "union":
      case "switch":
      case "window":
        return { ...member, position, arms: member.arms.map((arm) => ({ ...arm, members: inside(arm.members) })) };
      case "present":
        return { ...member, position, members: inside(member.members) };
      default:
        return { ...member, position };
    }
  }

  private memberExtent(member: Member): Extent {
    switch (member.kind) {
      case "field":
      case "bits":
        return this.fieldExtent(member);
      case "group":
        return repeat(this.membersExtent(member.members), member.dimensions);
      case "union":
      case "window":
        return longest(member.arms.map((arm) => this.membersExtent(arm.members)));
      case "switch":
        return chosen(member.arms.map((arm) => this.membersExtent(arm.members)));
      case "present":
        return { ...this.membersExtent(member.members), size: null, min: 0, naturalSize: null, begun: 0 };
    }
  }

  private membersExtent(members: readonly Member[]): Extent {
    const { layout, cut } = this.together(members);
    // What follows them counts their places even where they do not exist: only a struct in them is cut.
    return { ...extentOf(layout), cut };
  }

  /** A compiler is told to pack them, because else it would not lay them out as the standard does. */
  private isPacked(members: readonly Member[]): boolean {
    return this.together(members).layout.needsPacked;
  }

  /** Kept, because what is nested is asked for once for each level around it. */
  private together(members: readonly Member[]): { readonly layout: Layout; readonly cut: boolean } {
    let known = this.layouts.get(members);
    if (known === undefined) {
      const cursor = new Cursor();
      for (const member of members) cursor.add(this.memberExtent(member), isConditional(member));
      known = { layout: cursor.layout(), cut: cursor.isCut };
      this.layouts.set(members, known);
    }
    return known;
  }

  private fieldExtent(member: Field | BitWord): Extent {
    const one = this.typeExtent(member.type);
    if (member.kind === "field" && member.each !== undefined)
      return { size: null, min: 0, naturalSize: null, begun: 0, align: 1, cut: false };
    const array = repeat(one, member.dimensions);
    if (member.kind === "field" && member.pad !== undefined) {
      const to = member.pad.to.op === "number" ? Number(member.pad.to.value) : null;
      return member.pad.unless === undefined
        ? { ...array, size: to, min: to ?? array.min, naturalSize: to }
        : { ...array, size: null, naturalSize: null };
    }
    return array;
  }

  private typeExtent(type: Type): Extent {
    switch (type.kind) {
      case "scalar":
        return {
          size: type.size,
          min: type.size,
          naturalSize: type.size,
          begun: type.size,
          align: type.size,
          cut: false,
        };
      case "opaque":
        return { size: null, min: 0, naturalSize: null, begun: 0, align: 1, cut: false };
      case "external": {
        const size = this.externals.get(`${type.module}.${type.name}`)?.size ?? null;
        return { size, min: size ?? 0, naturalSize: size, begun: 0, align: 1, cut: false };
      }
      case "struct":
        return this.structExtent(`${type.module}.${type.name}${type.house === undefined ? "" : `@${type.house}`}`);
    }
  }

  private structExtent(key: string): Extent {
    const known = this.extents.get(key);
    if (known !== undefined) return known;
    const struct = this.structs.get(key);
    const nothing: Extent = { size: null, min: 0, naturalSize: null, begun: 0, align: 1, cut: false };
    if (struct === undefined) return nothing;
    if (this.open.includes(key)) {
      this.findings.push({
        message: `struct '${struct.name}' contains itself`,
        at: struct.at,
        related: this.open
          .filter((other) => other !== key)
          .flatMap((other) => {
            const through = this.structs.get(other);
            return through === undefined ? [] : [{ at: through.at, message: `through '${through.name}'` }];
          }),
        help: "a struct has a fixed place for each member, so it cannot hold itself; use an array of bytes for what is nested",
      });
      this.extents.set(key, nothing);
      return nothing;
    }
    this.open.push(key);
    const extent = { ...extentOf(this.place(struct.members).layout), begun: 0 };
    this.open.pop();
    const kept = this.extents.get(key) ?? extent;
    this.extents.set(key, kept);
    return kept;
  }
}

/** Where the first of some members lies, by the standard and for a compiler. */
interface Start {
  readonly offset: number | null;
  readonly natural: number | null;
}

/** Walks along members, as the standard lays them out and as a C compiler does, which may have been told to pack. */
class Cursor {
  private offset: number | null;
  private natural: number | null;
  private readonly start: Start;
  private readonly packed: boolean;
  readonly whole: boolean;
  /** Something that may end early has passed: what follows has no fixed place. */
  private cut = false;
  private size = 0;
  private sizeKnown = true;
  private min = 0;
  private minEnd = 0;
  private fixed = 0;
  private fixedOpen = true;
  private align = 1;
  private moved = false;
  private naturalSize = 0;
  /** The same with the beginnings of groups and unions that vary in size. */
  private begun = 0;

  /** @param whole nothing ends early */
  constructor(start: Start = { offset: 0, natural: 0 }, packed = false, whole = false) {
    this.start = start;
    this.packed = packed;
    this.whole = whole;
    this.offset = start.offset;
    this.natural = start.natural;
  }

  /** Adds one member; `conditional` ones count for the smallest size only where something certain follows. */
  add(extent: Extent, conditional: boolean): Position {
    const natural = this.natural === null ? null : roundUp(this.natural, this.packed ? 1 : extent.align);
    const position: Position = {
      offset: this.cut ? null : this.offset,
      size: extent.size,
      natural: { offset: natural, size: extent.naturalSize, align: extent.align },
    };
    if (natural !== this.offset) this.moved = true;
    if (extent.cut && !this.whole) this.cut = true;
    this.align = Math.max(this.align, extent.align);
    this.minEnd += extent.min;
    if (!conditional && extent.min > 0) this.min = this.minEnd;
    if (extent.size === null) {
      this.sizeKnown = false;
      this.fixedOpen = false;
      this.offset = null;
    } else {
      this.size += extent.size;
      if (this.fixedOpen) this.fixed += extent.size;
      this.offset = this.offset === null ? null : this.offset + extent.size;
    }
    if (natural !== null) {
      const at = natural - (this.start.natural ?? 0);
      this.naturalSize = at + (extent.naturalSize ?? 0);
      this.begun = at + (extent.naturalSize ?? extent.begun);
    }
    this.natural = natural === null || extent.naturalSize === null ? null : natural + extent.naturalSize;
    return position;
  }

  get isCut(): boolean {
    return this.cut;
  }

  layout(): Layout {
    const natural = { size: roundUp(this.begun, this.align), align: this.align };
    return {
      size: this.sizeKnown ? this.size : null,
      minSize: this.min,
      fixedSize: this.fixed,
      natural,
      needsPacked: this.moved || roundUp(this.naturalSize, this.align) !== this.fixed,
    };
  }
}

function isConditional(member: Member): boolean {
  return member.if !== undefined || member.kind === "present";
}

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

function extentOf(layout: Layout): Extent {
  // A struct that has to be packed lies at any address.
  const packed = layout.needsPacked;
  return {
    size: layout.size,
    min: layout.minSize,
    naturalSize: layout.size === null ? null : packed ? layout.size : layout.natural.size,
    begun: packed ? layout.fixedSize : layout.natural.size,
    align: packed ? 1 : layout.natural.align,
    cut: layout.size !== null && layout.minSize !== layout.size,
  };
}

function repeat(one: Extent, dimensions: readonly Dimension[]): Extent {
  let extent = one;
  for (const dimension of dimensions) {
    if (dimension.kind !== "fixed")
      return { size: null, min: 0, naturalSize: null, begun: 0, align: one.align, cut: false };
    const times = (size: number | null): number | null => (size === null ? null : size * dimension.length);
    extent = {
      size: times(extent.size),
      min: extent.min * dimension.length,
      naturalSize: times(extent.naturalSize),
      begun: extent.begun * dimension.length,
      align: one.align,
      cut: one.cut,
    };
  }
  return extent;
}

function longest(extents: readonly Extent[]): Extent {
  const align = extents.reduce((most, extent) => Math.max(most, extent.align), 1);
  const natural = largest(extents.map((extent) => extent.naturalSize));
  return {
    size: largest(extents.map((extent) => extent.size)),
    min: extents.reduce((most, extent) => Math.max(most, extent.min), 0),
    naturalSize: natural === null ? null : roundUp(natural, align),
    begun: Math.max(0, ...extents.map((extent) => extent.naturalSize ?? extent.begun)),
    align,
    cut: extents.some((extent) => extent.cut),
  };
}

/** Null where one of them is. */
function largest(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>((most, size) => (most === null || size === null ? null : Math.max(most, size)), 0);
}

/** A switch has a known size only where all its alternatives have the same. */
function chosen(extents: readonly Extent[]): Extent {
  const [first] = extents;
  const size = first !== undefined && extents.every((extent) => extent.size === first.size) ? first.size : null;
  return {
    size,
    min: extents.reduce((least, extent) => Math.min(least, extent.min), extents[0]?.min ?? 0),
    naturalSize: size,
    begun: 0,
    align: extents.reduce((most, extent) => Math.max(most, extent.align), 1),
    cut: extents.some((extent) => extent.cut),
  };
}
