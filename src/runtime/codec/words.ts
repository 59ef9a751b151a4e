import { consistently, type ConfigAccess } from "../config-access.ts";
import { Member } from "./member.ts";
import type { Scope } from "./scope.ts";

/** The largest upper half of a number that is exact. */
const largestHigh = 0x1fffff;
const highUnit = 0x100000000;

/**
 * A member of 64 bits. A bigint costs an allocation, so there are two further forms of its value: two halves of 32
 * bits, and a number, which is checked to be exact.
 */
export abstract class WordMember extends Member {
  readonly byteLength = 8;

  /** @throws CodecError `past-end` where the view ends before it */
  abstract low(view: DataView, at: number): number;
  abstract high(view: DataView, at: number): number;

  /**
   * Sets both halves.
   * @throws CodecError `past-end`, or `out-of-range` where a half has more than 32 bits
   */
  abstract setWords(view: DataView, at: number, low: number, high: number): void;

  protected abstract loadOnce(config: ConfigAccess): bigint;
  protected abstract put(config: ConfigAccess, value: bigint): void;

  /** @throws CodecError `past-end` where the view ends before it */
  abstract get(view: DataView, at: number): bigint;

  /** @throws CodecError `past-end`, or `out-of-range` where the value is negative or has more than 64 bits */
  abstract set(view: DataView, at: number, value: bigint): void;

  /**
   * The value as a number.
   * @throws CodecError `past-end`, or `out-of-range` where it is beyond 2 ** 53 - 1 and no number is exact
   */
  getNumber(view: DataView, at: number): number {
    const high = this.high(view, at);
    if (high > largestHigh) throw this.inexact(view, at);
    return high * highUnit + this.low(view, at);
  }

  /** @throws CodecError `past-end`, or `out-of-range` where the value is no integer from 0 to 2 ** 53 - 1 */
  setNumber(view: DataView, at: number, value: number): void {
    const high = Math.floor(value / highUnit);
    const low = value - high * highUnit;
    if (!(high >= 0 && high <= largestHigh) || low >>> 0 !== low)
      throw this.fail("out-of-range", `${value} is no integer from 0 to ${Number.MAX_SAFE_INTEGER}`, value);
    this.setWords(view, at, low, high);
  }

  /** Reads it from a configuration space, again where the device changed it between the halves. */
  load(config: ConfigAccess): bigint {
    return consistently(config, () => this.loadOnce(config));
  }

  /**
   * Writes it to a configuration space.
   * @throws CodecError `access` where the driver may not write it, `out-of-range`
   */
  store(config: ConfigAccess, value: bigint): void {
    this.mustBeWritable();
    if (BigInt.asUintN(64, value) !== value) throw this.unfit(value);
    this.put(config, value);
  }

  nameOf(value: bigint): string {
    return this.place.naming(value);
  }

  override read(view: DataView, base: number, end: number, scope: Scope): bigint {
    const after = this.behind(base, this.byteLength, end);
    const value = this.get(view, base);
    scope.after = after;
    return value;
  }

  override write(view: DataView, base: number, end: number, value: unknown): number {
    if (typeof value !== "bigint") throw this.wrongType("a bigint", value);
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

  protected outside(view: DataView, at: number): Error {
    return this.pastEnd(this.byteLength, at, view.byteLength);
  }

  protected unfitHalves(low: number, high: number): Error {
    return this.fail(
      "out-of-range",
      `${low} and ${high} are not two halves of 32 bits`,
      low >>> 0 === low ? high : low,
    );
  }

  protected unfit(value: bigint): Error {
    return this.fail("out-of-range", `${value} does not fit 64 bits`, value);
  }

  private inexact(view: DataView, at: number): Error {
    const value = this.get(view, at);
    return this.fail(
      "out-of-range",
      `${value} is beyond ${Number.MAX_SAFE_INTEGER}, so no number holds it exactly`,
      value,
      at + this.byteOffset,
    );
  }
}

export class Le64 extends WordMember {
  override get(view: DataView, at: number): bigint {
    try {
      return view.getBigUint64(at + this.byteOffset, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw this.unfit(value);
    try {
      view.setBigUint64(at + this.byteOffset, value, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override low(view: DataView, at: number): number {
    try {
      return view.getUint32(at + this.byteOffset, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override high(view: DataView, at: number): number {
    try {
      return view.getUint32(at + this.byteOffset + 4, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override setWords(view: DataView, at: number, low: number, high: number): void {
    if (low >>> 0 !== low || high >>> 0 !== high) throw this.unfitHalves(low, high);
    try {
      // The half further on first: where it does not fit, nothing is written.
      view.setUint32(at + this.byteOffset + 4, high, true);
      view.setUint32(at + this.byteOffset, low, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  protected override loadOnce(config: ConfigAccess): bigint {
    return (BigInt(config.read32(this.byteOffset + 4)) << 32n) | BigInt(config.read32(this.byteOffset));
  }

  protected override put(config: ConfigAccess, value: bigint): void {
    config.write32(this.byteOffset, Number(value & 0xffffffffn));
    config.write32(this.byteOffset + 4, Number(value >> 32n));
  }
}

export class Be64 extends WordMember {
  override get(view: DataView, at: number): bigint {
    try {
      return view.getBigUint64(at + this.byteOffset);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw this.unfit(value);
    try {
      view.setBigUint64(at + this.byteOffset, value);
    } catch {
      throw this.outside(view, at);
    }
  }

  override low(view: DataView, at: number): number {
    try {
      return view.getUint32(at + this.byteOffset + 4);
    } catch {
      throw this.outside(view, at);
    }
  }

  override high(view: DataView, at: number): number {
    try {
      return view.getUint32(at + this.byteOffset);
    } catch {
      throw this.outside(view, at);
    }
  }

  override setWords(view: DataView, at: number, low: number, high: number): void {
    if (low >>> 0 !== low || high >>> 0 !== high) throw this.unfitHalves(low, high);
    try {
      view.setUint32(at + this.byteOffset + 4, low);
      view.setUint32(at + this.byteOffset, high);
    } catch {
      throw this.outside(view, at);
    }
  }

  protected override loadOnce(config: ConfigAccess): bigint {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setUint32(0, config.read32(this.byteOffset), true);
    bytes.setUint32(4, config.read32(this.byteOffset + 4), true);
    return bytes.getBigUint64(0);
  }

  protected override put(config: ConfigAccess, value: bigint): void {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setBigUint64(0, value);
    config.write32(this.byteOffset, bytes.getUint32(0, true));
    config.write32(this.byteOffset + 4, bytes.getUint32(4, true));
  }
}
