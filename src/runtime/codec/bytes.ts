import type { ConfigAccess } from "../config-access.ts";
import { Member, type Place } from "./member.ts";
import { evaluate, type Formula, type Scope } from "./scope.ts";

/** Number of bytes or elements: fixed, computed, or (undefined) as many as are left. */
export type Count = number | Formula<number | bigint> | undefined;

/**
 * A computed count, checked.
 * @throws CodecError `out-of-range` where it is no count
 */
export function countOf(member: Member, count: number | Formula<number | bigint>, scope: Scope): number {
  if (typeof count === "number") return count;
  const value = Number(evaluate(count, scope));
  if (!Number.isSafeInteger(value) || value < 0)
    throw member.fail("out-of-range", `its length would be ${value}`, value);
  return value;
}

/** The count, where the context alone decides it; undefined where members of the struct are asked for. */
export function countUnder(count: Count, context: unknown): number | undefined {
  if (typeof count !== "function") return count;
  // What is around the struct, or which row it is, is not known either.
  if (count.length > 2) return undefined;
  try {
    // There are no members: a formula that asks for one fails.
    const value = Number((count as (value: undefined, context: unknown) => number | bigint)(undefined, context));
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A string of bytes. */
export class BytesMember extends Member {
  readonly byteLength: number | undefined;
  private readonly count: Count;

  constructor(place: Place, count: Count) {
    super(place);
    this.byteLength = typeof count === "number" ? count : undefined;
    this.count = count;
  }

  override get open(): boolean {
    return this.count === undefined;
  }

  /** One of the bytes. @throws CodecError `past-end` */
  get(view: DataView, at: number, index: number): number {
    try {
      return view.getUint8(at + this.byteOffset + index);
    } catch {
      throw this.pastEnd(index + 1, at, view.byteLength);
    }
  }

  /** @throws CodecError `past-end`, or `out-of-range` where the value is no byte */
  set(view: DataView, at: number, index: number, value: number): void {
    if ((value & 0xff) !== value) throw this.fail("out-of-range", `${value} is not an integer from 0 to 255`, value);
    try {
      view.setUint8(at + this.byteOffset + index, value);
    } catch {
      throw this.pastEnd(index + 1, at, view.byteLength);
    }
  }

  /**
   * The bytes themselves, not a copy. The length is needed where it varies.
   * @throws CodecError `past-end`
   */
  bytes(view: DataView, at: number, length: number | undefined = this.byteLength): Uint8Array {
    if (length === undefined) throw this.fail("ambiguous", "its length varies: pass it");
    if (at + this.byteOffset < 0 || at + this.byteOffset + length > view.byteLength)
      throw this.pastEnd(length, at, view.byteLength);
    return new Uint8Array(view.buffer, view.byteOffset + at + this.byteOffset, length);
  }

  /** Reads them from a configuration space. */
  load(config: ConfigAccess): Uint8Array {
    const value = new Uint8Array(this.byteLength ?? 0);
    for (let index = 0; index < value.length; index++) value[index] = config.read8(this.byteOffset + index);
    return value;
  }

  /** Writes them to a configuration space, from the first to the last. */
  store(config: ConfigAccess, value: Uint8Array): void {
    this.mustBeWritable();
    if (value.length !== this.byteLength) throw this.wrongLength(value.length, this.byteLength ?? 0);
    value.forEach((byte, index) => config.write8(this.byteOffset + index, byte));
  }

  override read(view: DataView, base: number, end: number, scope: Scope): Uint8Array {
    const length =
      this.count === undefined ? Math.max(0, end - base - this.byteOffset) : countOf(this, this.count, scope);
    const after = this.behind(base, length, end);
    const value = this.bytes(view, base, length).slice();
    scope.after = after;
    return value;
  }

  override write(view: DataView, base: number, end: number, value: unknown, scope: Scope): number {
    const source = this.checked(value, scope);
    const after = this.behind(base, source.length, end);
    this.bytes(view, base, source.length).set(source);
    return after;
  }

  override measure(value: unknown, scope: Scope): number {
    return this.checked(value, scope).length;
  }

  override sizeUnder(context: unknown): number | undefined {
    return countUnder(this.count, context);
  }

  override expect(scope: Scope): number {
    return this.count === undefined ? 0 : countOf(this, this.count, scope);
  }

  private checked(value: unknown, scope: Scope): Uint8Array {
    if (!(value instanceof Uint8Array)) throw this.wrongType("an Uint8Array", value);
    const wanted = this.count === undefined ? value.length : countOf(this, this.count, scope);
    if (value.length !== wanted) throw this.wrongLength(value.length, wanted);
    return value;
  }

  private wrongLength(length: number, wanted: number): Error {
    return this.fail("wrong-length", `${length} bytes where ${wanted} belong`, length);
  }
}

/** Bytes that nobody looks at: written as zeroes. */
export class ReservedBytes extends Member {
  readonly byteLength: number | undefined;
  private readonly count: number | Formula<number | bigint>;

  constructor(place: Place, count: number | Formula<number | bigint>) {
    super(place);
    this.byteLength = typeof count === "number" ? count : undefined;
    this.count = count;
  }

  override get reserved(): boolean {
    return true;
  }

  override read(_view: DataView, base: number, end: number, scope: Scope): undefined {
    scope.after = this.behind(base, countOf(this, this.count, scope), end);
  }

  override write(view: DataView, base: number, end: number, _value: unknown, scope: Scope): number {
    const length = countOf(this, this.count, scope);
    const after = this.behind(base, length, end);
    for (let address = after - length; address < after; address++) view.setUint8(address, 0);
    return after;
  }

  override measure(_value: unknown, scope: Scope): number {
    return countOf(this, this.count, scope);
  }

  override sizeUnder(context: unknown): number | undefined {
    return countUnder(this.count, context);
  }

  override expect(scope: Scope): number {
    return countOf(this, this.count, scope);
  }
}
