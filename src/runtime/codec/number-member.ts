import type { ConfigAccess } from "../config-access.ts";
import { Member } from "./member.ts";
import type { Scope } from "./scope.ts";

/** A member whose value is one number of at most 32 bits. */
export abstract class NumberMember extends Member {
  abstract override readonly byteLength: number;
  /** The largest value that fits. */
  abstract readonly largest: number;

  /** @throws CodecError `past-end` where the view ends before it */
  abstract get(view: DataView, at: number): number;

  /** @throws CodecError `past-end`, or `out-of-range` where the value does not fit */
  abstract set(view: DataView, at: number, value: number): void;

  /** Reads it from a configuration space. */
  abstract load(config: ConfigAccess): number;

  protected abstract put(config: ConfigAccess, value: number): void;

  /**
   * Writes it to a configuration space.
   * @throws CodecError `access` where the driver may not write it, `out-of-range`
   */
  store(config: ConfigAccess, value: number): void {
    this.mustBeWritable();
    if (!this.fits(value)) throw this.unfit(value);
    this.put(config, value);
  }

  /** What a value is called: `IOERR`, `LINK_UP | ANNOUNCE`, else the number. */
  nameOf(value: number): string {
    return this.place.naming(value);
  }

  override read(view: DataView, base: number, end: number, scope: Scope): number {
    const after = this.behind(base, this.byteLength, end);
    const value = this.get(view, base);
    scope.after = after;
    return value;
  }

  override write(view: DataView, base: number, end: number, value: unknown): number {
    if (typeof value !== "number") throw this.wrongType("a number", value);
    const after = this.behind(base, this.byteLength, end);
    this.set(view, base, value);
    return after;
  }

  override measure(): number {
    return this.byteLength;
  }

  override expect(): number {
    return this.byteLength;
  }

  protected fits(value: number): boolean {
    return Number.isInteger(value) && value >= 0 && value <= this.largest;
  }

  protected unfit(value: number): Error {
    return this.fail("out-of-range", `${value} is not an integer from 0 to ${this.largest}`, value);
  }

  protected outside(view: DataView, at: number): Error {
    return this.pastEnd(this.byteLength, at, view.byteLength);
  }
}

/** A number of which not all values are allowed. */
export class Ranged extends NumberMember {
  readonly byteLength: number;
  readonly largest: number;
  private readonly whole: NumberMember;
  private readonly least: number;
  private readonly most: number;

  constructor(whole: NumberMember, least: number, most: number) {
    super(whole.place);
    this.byteLength = whole.byteLength;
    this.largest = whole.largest;
    this.whole = whole;
    this.least = least;
    this.most = most;
  }

  override get(view: DataView, at: number): number {
    const value = this.whole.get(view, at);
    if (value < this.least || value > this.most) throw this.unfit(value);
    return value;
  }

  override set(view: DataView, at: number, value: number): void {
    if (value < this.least || value > this.most) throw this.unfit(value);
    this.whole.set(view, at, value);
  }

  override load(config: ConfigAccess): number {
    const value = this.whole.load(config);
    if (value < this.least || value > this.most) throw this.unfit(value);
    return value;
  }

  protected override put(config: ConfigAccess, value: number): void {
    this.whole.store(config, value);
  }

  protected override fits(value: number): boolean {
    return super.fits(value) && value >= this.least && value <= this.most;
  }

  protected override unfit(value: number): Error {
    return this.fail("out-of-range", `${value} is not from ${this.least} to ${this.most}`, value);
  }
}
