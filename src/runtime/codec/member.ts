import { CodecError, type CodecFault } from "../codec-error.ts";
import { chosenAlternative, type Condition, type Guard, type Scope } from "./scope.ts";

/** What the driver may do with a member of the configuration space. */
export interface ConfigMemberAccess {
  readonly writable: "never" | "always" | "any time" | { readonly before: string };
  /** A one written here clears the bit in this other member. */
  readonly writeClears?: string;
  readonly keptOverReset?: true;
  /** Value after a reset. */
  readonly reset?: number;
}

/** Bytes of a union, as long as its longest alternative. */
export interface Overlay {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Where a member is and when it exists. */
export interface Place {
  /** Name of the struct, and the member's path in it: for errors. */
  readonly struct: string;
  readonly field: string;
  /** From the beginning of the struct; 0 where floating. */
  readonly byteOffset: number;
  /** Its offset is known only at run time: something of varying size stands before it. */
  readonly floating: boolean;
  /** Keeps its place but is not valid where this does not hold. */
  readonly valid: Condition | undefined;
  /** Has no bytes where this does not hold. */
  readonly present: Condition | undefined;
  /** The alternatives that it belongs to, outermost first. */
  readonly guards: readonly Guard[];
  readonly overlay: Overlay | undefined;
  readonly access: ConfigMemberAccess | undefined;
  /** What its values are called in traces. */
  readonly naming: (value: number | bigint) => string;
}

/**
 * One member of a struct. Subclasses know how its bytes are read and written.
 *
 * `base` and `at` are where the struct begins; for a floating member they are the member's own address.
 */
export abstract class Member {
  readonly byteOffset: number;
  readonly place: Place;

  constructor(place: Place) {
    this.byteOffset = place.byteOffset;
    this.place = place;
  }

  /** In bytes; undefined where it varies. */
  abstract readonly byteLength: number | undefined;

  /** Reads a value and leaves the address behind it in `scope.after`; nothing at or behind `end` is read. */
  abstract read(view: DataView, base: number, end: number, scope: Scope): unknown;

  /** Writes a value, all before `end`, and returns the address behind it. */
  abstract write(view: DataView, base: number, end: number, value: unknown, scope: Scope): number;

  /** Bytes that a value takes. */
  abstract measure(value: unknown, scope: Scope): number;

  /** Bytes that it takes at least, as far as the members before it tell. */
  abstract expect(scope: Scope): number;

  /** The size, where it depends on nothing but the context. */
  sizeUnder(_context: unknown): number | undefined {
    return this.byteLength;
  }

  /** The most bytes that it can take in this context; undefined where there is no bound. */
  longestUnder(context: unknown): number | undefined {
    return this.sizeUnder(context);
  }

  /** What a codec has under the member's name: mostly the member itself. */
  accessor(): unknown {
    return this;
  }

  /** Not one of the struct's values: written as zeroes, and not looked at. */
  get reserved(): boolean {
    return false;
  }

  /** Only some bits of its bytes are its own. */
  get partial(): boolean {
    return false;
  }

  /** A struct whose members are the outer struct's own. */
  get spread(): boolean {
    return false;
  }

  /** It is always there, of one size and with its bytes to itself, and needs to know nothing around it. */
  get isSimple(): boolean {
    return this.byteLength !== undefined && this.place.overlay === undefined && !this.partial && !this.spread;
  }

  /** What stands in it is decided by nothing around it, so that it can be read first. */
  get standsAlone(): boolean {
    return this.isSimple;
  }

  /** Takes all bytes that the members behind it leave. */
  get open(): boolean {
    return false;
  }

  /** Whether it has bytes at all. */
  exists(scope: Scope): boolean {
    const { present, guards } = this.place;
    if (present !== undefined && !present.holds(scope)) return false;
    return guards.every((guard) => guard.alternatives.includes(chosenAlternative(guard.choice, scope)));
  }

  fail(fault: CodecFault, message: string, value?: number | bigint, at?: number): CodecError {
    const { struct, field } = this.place;
    return new CodecError(
      fault,
      { struct, field, ...(value === undefined ? {} : { value }), ...(at === undefined ? {} : { at }) },
      message,
    );
  }

  protected pastEnd(length: number, at: number, end: number): CodecError {
    const from = at + this.byteOffset;
    return this.fail("past-end", `${length} bytes at ${from} do not lie before the end at ${end}`, length, from);
  }

  /** Address behind `length` bytes of it, which all lie before `end`. */
  protected behind(base: number, length: number, end: number): number {
    const after = base + this.byteOffset + length;
    if (after > end) throw this.pastEnd(length, base, end);
    return after;
  }

  protected wrongType(wanted: string, value: unknown): CodecError {
    return this.fail(
      "wrong-member",
      value === undefined ? `${wanted} is missing` : `${wanted} is wanted, not ${typeof value}`,
    );
  }

  /** @throws CodecError `access` where the driver may not write it */
  protected mustBeWritable(): void {
    const { access } = this.place;
    if (access === undefined || access.writable === "never") throw this.fail("access", "the driver may not write it");
  }
}
