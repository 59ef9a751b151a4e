import type { CField, CFieldType, CStruct } from "../c-header/header-model.ts";
import type { DifferenceKind } from "./report-model.ts";

/** One way in which two structs differ. */
export interface StructDifference {
  readonly kind: DifferenceKind;
  /** The member, by its path; empty for the struct itself. */
  readonly path: string;
  readonly theirs: CField | undefined;
  readonly ours: CField | undefined;
  /** What each side says, empty where it says nothing. */
  readonly header: string;
  readonly description: string;
  movedBehind?: number;
}

export interface CompareOptions {
  /** Which byte orders the header says anywhere: one that it says nowhere a plain integer may have. */
  readonly ordersSaid: OrdersSaid;
  /** Whether alignments are compared: the profile `spec` has none. */
  readonly alignment: boolean;
  /** Whether a struct and another of the description are one, by their tags. */
  readonly same: (theirs: string, ours: string) => boolean;
}

/** Little or big endian, and that of the guest. */
export interface OrdersSaid {
  readonly fixed: boolean;
  readonly guest: boolean;
}

export interface StructComparison {
  readonly differences: readonly StructDifference[];
  readonly fields: number;
  readonly withoutByteOrder: number;
}

/** Holds one struct against another, member by member. */
export function compareStructs(theirs: CStruct, ours: CStruct, options: CompareOptions): StructComparison {
  const comparer = new Comparer(options);
  comparer.whole(theirs, ours);
  comparer.members(theirs, ours, "", 0);
  return comparer.result();
}

class Comparer {
  private readonly options: CompareOptions;
  private readonly found: StructDifference[] = [];
  private fields = 0;
  private withoutByteOrder = 0;

  constructor(options: CompareOptions) {
    this.options = options;
  }

  result(): StructComparison {
    return { differences: this.found, fields: this.fields, withoutByteOrder: this.withoutByteOrder };
  }

  private add(
    kind: DifferenceKind,
    path: string,
    theirs: CField | undefined,
    ours: CField | undefined,
    header: string,
    description: string,
  ): void {
    this.found.push({ kind, path, theirs, ours, header, description });
  }

  whole(theirs: CStruct, ours: CStruct): void {
    if (theirs.keyword !== ours.keyword) this.add("type", "", undefined, undefined, theirs.keyword, ours.keyword);
    if (theirs.size !== ours.size) this.add("size", "", undefined, undefined, bytes(theirs.size), bytes(ours.size));
    if (this.options.alignment && theirs.align !== ours.align)
      this.add("alignment", "", undefined, undefined, alignment(theirs), alignment(ours));
  }

  /** @param moved by how much the outer struct's member is moved: its own members are not reported for it again */
  members(theirs: CStruct, ours: CStruct, path: string, moved: number): void {
    const left = new Map(theirs.fields.map((field) => [field.name, field]));
    const missing: CField[] = [];
    let shift: { by: number; report: StructDifference } | undefined;
    for (const our of ours.fields) {
      const their = left.get(our.name);
      if (their === undefined) {
        missing.push(our);
        continue;
      }
      left.delete(our.name);
      this.fields++;
      const by = their.offset - our.offset - moved;
      if (by === 0) shift = undefined;
      else if (shift?.by === by) shift.report.movedBehind = (shift.report.movedBehind ?? 0) + 1;
      else {
        this.add("offset", path + our.name, their, our, `at ${their.offset}`, `at ${our.offset}`);
        const report = this.found.at(-1);
        shift = report === undefined ? undefined : { by, report };
      }
      this.field(their, our, path + our.name);
    }
    this.unmatched(missing, [...left.values()], path);
  }

  /** What only one side has; where both have something of the same size at the same place, it has another name. */
  private unmatched(missing: readonly CField[], unknown: readonly CField[], path: string): void {
    const left = new Set(unknown);
    for (const our of missing) {
      const other = [...left].find((field) => field.offset === our.offset && field.size === our.size);
      if (other === undefined) {
        this.add("missing", path + our.name, undefined, our, "", described(our));
        continue;
      }
      left.delete(other);
      this.fields++;
      this.add("name", path + our.name, other, our, other.name, our.name);
      this.field(other, our, path + our.name);
    }
    for (const their of left) this.add("unknown", path + their.name, their, undefined, described(their), "");
  }

  private field(theirs: CField, ours: CField, path: string): void {
    if (theirs.bits !== ours.bits) this.add("type", path, theirs, ours, described(theirs), described(ours));
    else if (lengths(theirs) !== lengths(ours))
      this.add("length", path, theirs, ours, described(theirs), described(ours));
    this.type(theirs, ours, path);
  }

  private type(theirs: CField, ours: CField, path: string): void {
    const their = theirs.type;
    const our = ours.type;
    if (their.kind === "struct" && our.kind === "struct") {
      const { struct } = their;
      if (struct.tag !== undefined && our.struct.tag !== undefined && this.options.same(struct.tag, our.struct.tag))
        return;
      if (struct.size !== our.struct.size)
        this.add("size", path, theirs, ours, bytes(struct.size), bytes(our.struct.size));
      this.members(struct, our.struct, `${path}.`, 0);
      return;
    }
    if (their.kind !== our.kind || their.size !== our.size)
      this.add("type", path, theirs, ours, described(theirs), described(ours));
    else if (their.kind === "integer" && our.kind === "integer") this.integer(theirs, ours, their, our, path);
  }

  private integer(
    theirs: CField,
    ours: CField,
    their: CFieldType & { readonly kind: "integer" },
    our: CFieldType & { readonly kind: "integer" },
    path: string,
  ): void {
    if (their.order !== our.order) {
      const { fixed, guest } = this.options.ordersSaid;
      if (their.saysOrder || fixed || (guest && our.order === "guest"))
        this.add("byte order", path, theirs, ours, described(theirs), described(ours));
      else this.withoutByteOrder++;
    }
    if (their.signed !== our.signed) this.add("sign", path, theirs, ours, described(theirs), described(ours));
  }
}

/** As C declares it, without the name: `__u8[6]`. */
export function described(field: CField): string {
  const bits = field.bits === undefined ? "" : ` : ${field.bits}`;
  return `${field.type.text}${lengths(field)}${bits}`;
}

function lengths(field: CField): string {
  return field.dimensions.map((length) => `[${length ?? ""}]`).join("");
}

export function bytes(size: number): string {
  return size === 1 ? "1 byte" : `${size} bytes`;
}

function alignment(struct: CStruct): string {
  return struct.packed ? "packed" : `aligned to ${struct.align}, not packed`;
}
