import type { CField, CStruct } from "./header-model.ts";
import { evaluate } from "./numbers.ts";
import type { Aggregate, Attributes, CDeclarator, MemberDeclaration } from "./syntax.ts";
import { placeOfDeclaration } from "./syntax-place.ts";
import type { ResolvedType, TypeTable } from "./type-table.ts";
import { located, Unreadable } from "./unreadable.ts";

/**
 * Lays out a struct or union as GCC does for x86-64.
 * @throws Unreadable where a member's type or length is not known.
 */
export function placeStruct(aggregate: Aggregate, types: TypeTable): CStruct {
  const layout = new StructLayout(aggregate, types);
  for (const member of aggregate.members ?? []) layout.member(member);
  return layout.result();
}

/** More members than in any header, counted with those of unnamed structs. */
const mostFields = 10_000;

class StructLayout {
  private readonly aggregate: Aggregate;
  private readonly types: TypeTable;
  private readonly packed: boolean;
  private readonly most: number | undefined;
  private readonly fields: CField[] = [];
  private end = 0;
  private size = 0;
  private align = 1;
  /** Bits of the byte at `end - 1` and before that the last bit field has used; 0 where none is open. */
  private bitEnd: number | undefined;

  constructor(aggregate: Aggregate, types: TypeTable) {
    this.aggregate = aggregate;
    this.types = types;
    this.packed = aggregate.attributes.packed;
    this.most = aggregate.place.pack;
  }

  member(member: MemberDeclaration): void {
    const { declarators, type } = member;
    const resolved = located(() => this.types.resolve(type), placeOfDeclaration(member, this.aggregate.place));
    if (declarators.length === 0) {
      // A tag alone declares a type and no member; an unnamed struct gives its members to this one.
      if (type.kind === "enum" || type.kind === "named" || type.tag !== undefined) return;
      const offset = this.place(resolved, member.attributes, type.place);
      if (resolved.field.kind === "struct") this.addAll(resolved.field.struct, offset);
      return;
    }
    for (const declarator of declarators) this.declare(resolved, declarator, member.attributes);
  }

  private declare(type: ResolvedType, declarator: CDeclarator, outer: Attributes): void {
    const { name, bits, place } = declarator;
    const declared = this.types.declared(type, declarator);
    const attributes = {
      packed: outer.packed || declarator.attributes.packed,
      aligned: [...outer.aligned, ...declarator.attributes.aligned],
    };
    if (bits !== undefined) {
      const width = Number(located(() => evaluate(bits, this.types), place).value);
      this.bitField(name, declared, width, declarator, attributes.packed);
      return;
    }
    if (name === "") throw new Unreadable("a member without a name", place);
    const offset = this.place(declared, attributes, place);
    this.add({
      name,
      offset,
      size: declared.size,
      type: declared.field,
      dimensions: declared.dimensions,
      file: place.file,
      line: place.line,
    });
  }

  private place(type: ResolvedType, attributes: Attributes, at: Aggregate["place"]): number {
    const packed = this.packed || attributes.packed;
    const own = packed ? 1 : Math.min(type.align, this.most ?? type.align);
    const align = Math.max(own, ...this.types.alignments(attributes.aligned, at));
    this.bitEnd = undefined;
    const offset = this.aggregate.kind === "union" ? 0 : roundUp(this.end, align);
    this.end = offset + type.size;
    this.size = Math.max(this.size, this.end);
    this.align = Math.max(this.align, align);
    return offset;
  }

  /** As the System V ABI places it: in a unit of its type that it does not cross. */
  private bitField(name: string, type: ResolvedType, width: number, { place }: CDeclarator, packed: boolean): void {
    const unit = type.size * 8;
    if (width < 0 || width > unit) throw new Unreadable(`a bit field of ${width} bits`, place);
    const isPacked = this.packed || packed;
    let bit = this.aggregate.kind === "union" ? 0 : (this.bitEnd ?? this.end * 8);
    if (width === 0 || (!isPacked && Math.floor(bit / unit) !== Math.floor((bit + width - 1) / unit)))
      bit = roundUp(bit, unit);
    this.bitEnd = bit + width;
    this.end = Math.ceil(this.bitEnd / 8);
    this.size = Math.max(this.size, this.end);
    if (!isPacked && name !== "") this.align = Math.max(this.align, Math.min(type.align, this.most ?? type.align));
    if (name === "") return;
    const { file, line } = place;
    this.add({ name, offset: Math.floor(bit / 8), size: 0, type: type.field, dimensions: [], bits: width, file, line });
  }

  private addAll(struct: CStruct, offset: number): void {
    for (const field of struct.fields) this.add({ ...field, offset: offset + field.offset });
  }

  private add(field: CField): void {
    if (this.fields.length >= mostFields)
      throw new Unreadable(`a struct with more than ${mostFields} members`, this.aggregate.place);
    this.fields.push(field);
  }

  result(): CStruct {
    const { kind, tag, place, attributes } = this.aggregate;
    const align = Math.max(this.align, ...this.types.alignments(attributes.aligned, place));
    return {
      keyword: kind,
      tag,
      size: roundUp(this.size, align),
      align,
      packed: this.packed,
      fields: this.fields,
      file: place.file,
      line: place.line,
    };
  }
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
