import { countOf, countUnder, type Count } from "./bytes.ts";
import { Member, type Place } from "./member.ts";
import { evaluate, type Formula, type Scope } from "./scope.ts";

/** More elements than this are only read where each of them has bytes. */
const manyEmpty = 0x10000;

/** Elements one after the other. */
export class ListMember extends Member {
  readonly byteLength: number | undefined;
  /** Gives access to an element at the address that `placeOf` returns. */
  readonly element: unknown;
  private readonly item: Member;
  private readonly count: Count;
  /** Says of an element that it is the list's last. */
  private readonly last: Formula<boolean> | undefined;

  /** The element's place is at offset 0: it is read wherever the one before it ends. */
  constructor(place: Place, item: Member, count: Count, last: Formula<boolean> | undefined) {
    super(place);
    this.byteLength =
      typeof count === "number" && item.byteLength !== undefined && last === undefined
        ? count * item.byteLength
        : undefined;
    this.element = item.accessor();
    this.item = item;
    this.count = count;
    this.last = last;
  }

  override get open(): boolean {
    return this.count === undefined;
  }

  override sizeUnder(context: unknown): number | undefined {
    const count = this.last === undefined ? countUnder(this.count, context) : undefined;
    const size = this.item.sizeUnder(context);
    return count === undefined || size === undefined ? undefined : count * size;
  }

  override get isSimple(): boolean {
    return super.isSimple && this.item.isSimple;
  }

  /** Address of an element of a list whose elements are all of one size. */
  placeOf(at: number, index: number): number {
    if (this.item.byteLength === undefined) throw this.fail("ambiguous", "its elements vary in size: read them all");
    return at + this.byteOffset + index * this.item.byteLength;
  }

  override read(view: DataView, base: number, end: number, scope: Scope): unknown[] {
    const start = base + this.byteOffset;
    const count = this.count === undefined ? Infinity : countOf(this, this.count, scope);
    const size = this.item.byteLength;
    if (count !== Infinity && size !== undefined) this.behind(base, count * size, end);
    if (count !== Infinity && count > manyEmpty && count > end - start) throw this.pastEnd(count, base, end);
    const values: unknown[] = [];
    const { row } = scope;
    let address = start;
    for (let index = 0; index < count && (this.count !== undefined || address < end); index++) {
      scope.row = index;
      const value = this.item.read(view, address, end, scope);
      // An element without bytes would be there any number of times.
      if (this.count === undefined && scope.after === address) break;
      values.push(value);
      address = scope.after;
      if (this.last !== undefined && this.isLast(value, scope)) break;
    }
    scope.row = row;
    // Behind the mark of an open list nothing means anything.
    scope.after = this.last !== undefined && this.count === undefined ? end : address;
    return values;
  }

  override write(view: DataView, base: number, end: number, value: unknown, scope: Scope): number {
    const values = this.checked(value, scope);
    const { row } = scope;
    let address = base + this.byteOffset;
    for (const [index, element] of values.entries()) {
      scope.row = index;
      address = this.item.write(view, address, end, element, scope);
    }
    scope.row = row;
    return address;
  }

  override measure(value: unknown, scope: Scope): number {
    const values = this.checked(value, scope);
    if (this.item.byteLength !== undefined) return values.length * this.item.byteLength;
    const { row } = scope;
    let size = 0;
    for (const [index, element] of values.entries()) {
      scope.row = index;
      size += this.item.measure(element, scope);
    }
    scope.row = row;
    return size;
  }

  override expect(scope: Scope): number {
    return this.count === undefined ? 0 : countOf(this, this.count, scope) * (this.item.byteLength ?? 0);
  }

  private isLast(value: unknown, scope: Scope): boolean {
    const { last } = this;
    return last !== undefined && evaluate(last, { ...scope, value: value as Record<string, unknown>, outer: scope });
  }

  private checked(value: unknown, scope: Scope): readonly unknown[] {
    if (!Array.isArray(value)) throw this.wrongType("an array", value);
    const wanted = this.count === undefined ? value.length : countOf(this, this.count, scope);
    const ended =
      this.last !== undefined && value.length < wanted && value.length > 0 && this.isLast(value.at(-1), scope);
    if (value.length !== wanted && !ended)
      throw this.fail("wrong-length", `${value.length} elements where ${wanted} belong`, value.length);
    return value;
  }
}
