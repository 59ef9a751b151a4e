import type { Codec } from "../codec/codec.ts";
import type { GuestOrder } from "../codec/spec.ts";
import { ConfigMemory, consistently, type ConfigAccess } from "../config-access.ts";
import type { FeatureSet } from "../features.ts";
import type { Negotiated } from "../queues.ts";
import { DriverError } from "./driver-error.ts";

/** Bytes of the space that are read by one access. */
interface Access {
  readonly offset: number;
  readonly width: 1 | 2 | 4;
}

/**
 * A configuration space as a driver uses it. Access by a codec goes to the device. Formulas and codecs of messages that
 * depend on the space read a copy instead, so that all see the same values, which cannot change in between.
 */
export class DriverConfig implements ConfigAccess {
  /** As it was when it was read last. */
  readonly copy: ConfigMemory;
  private changes = 0;
  /** Where the driver has written since the copy was read. */
  private readonly stale = new Set<Access>();
  private readonly device: ConfigAccess;
  private readonly codec: Codec<object, Negotiated> | undefined;
  private readonly accesses: readonly Access[];

  constructor(device: ConfigAccess, codec: Codec<object, Negotiated> | undefined) {
    this.device = device;
    this.codec = codec;
    this.accesses = codec === undefined ? [] : accessesOf(codec);
    const length = Math.max(0, ...this.accesses.map(({ offset, width }) => offset + width));
    this.copy = new ConfigMemory(new DataView(new ArrayBuffer(length)));
  }

  /**
   * Counts up whenever the copy has other bytes than before. What the driver has written is read again here, not at
   * once: QEMU's input device forgets half of a question that is looked at before it is whole.
   * @throws DriverError `no-access`
   */
  get version(): number {
    if (this.stale.size > 0) this.settle();
    return this.changes;
  }

  /**
   * The copy in little-endian order, whatever the guest's is: what formulas and codecs of messages depend on. It stays
   * as it is now: a request in flight is answered as it was asked.
   * @throws CodecError where the space is none of this type's
   */
  known(features: FeatureSet, order: GuestOrder): ConfigAccess {
    if (order === "little" || this.codec === undefined)
      return new ConfigMemory(new DataView(this.copy.view.buffer.slice(0)));
    const codec = this.codec.withContext({ features }).guestOrder(order);
    const bytes = codec.guestOrder("little").toBytes(codec.readFrom(this.copy.view));
    return new ConfigMemory(new DataView(bytes.buffer));
  }

  /** Reads the copy anew. @throws DriverError `config-unstable` */
  refresh(): void {
    this.stale.clear();
    try {
      consistently(this.device, (device) => {
        for (const access of this.accesses) this.read(device, access);
      });
    } catch (error) {
      if (error instanceof DriverError) throw error;
      throw new DriverError("config-unstable", error instanceof Error ? error.message : String(error));
    }
  }

  read8(offset: number): number {
    return this.device.read8(offset);
  }

  read16(offset: number): number {
    return this.device.read16(offset);
  }

  read32(offset: number): number {
    return this.device.read32(offset);
  }

  write8(offset: number, value: number): void {
    this.device.write8(offset, value);
    this.written(offset, 1);
  }

  write16(offset: number, value: number): void {
    this.device.write16(offset, value);
    this.written(offset, 2);
  }

  write32(offset: number, value: number): void {
    this.device.write32(offset, value);
    this.written(offset, 4);
  }

  generation(): number {
    return this.device.generation();
  }

  private written(offset: number, length: number): void {
    for (const access of this.accesses) {
      if (access.offset < offset + length && offset < access.offset + access.width) this.stale.add(access);
    }
  }

  /** Reads what the device has made of what was written. */
  private settle(): void {
    try {
      for (const access of this.stale) this.read(this.device, access);
    } catch (cause) {
      throw new DriverError("no-access", "the configuration space cannot be read", { cause });
    }
    this.stale.clear();
  }

  private read(device: ConfigAccess, { offset, width }: Access): void {
    const { copy } = this;
    if (width === 1) this.keep(copy.read8(offset), device.read8(offset), (value) => copy.write8(offset, value));
    else if (width === 2) this.keep(copy.read16(offset), device.read16(offset), (value) => copy.write16(offset, value));
    else this.keep(copy.read32(offset), device.read32(offset), (value) => copy.write32(offset, value));
  }

  private keep(old: number, value: number, write: (value: number) => void): void {
    if (value === old) return;
    write(value);
    this.changes += 1;
  }
}

/** How the space is read: each number by an access of its width, 64 bits by two, and what is no number by bytes. */
function accessesOf(codec: Codec<object, Negotiated>): Access[] {
  const names = new Map(Object.entries(codec));
  return codec.byteLayout.flatMap(({ name, byteOffset, byteLength }) =>
    byteOffset === undefined || byteLength === undefined ? [] : accessesTo(names.get(name), byteOffset, byteLength),
  );
}

function accessesTo(accessor: unknown, offset: number, length: number): Access[] {
  if (isNested(accessor)) {
    const inner = Object.values(accessor).flatMap((member) =>
      isPlaced(member) ? accessesTo(member, member.byteOffset, member.byteLength) : [],
    );
    const covered = new Set(inner.flatMap((one) => Array.from({ length: one.width }, (_, at) => one.offset + at)));
    return [...inner, ...steps(offset, length, 1).filter((one) => !covered.has(one.offset))];
  }
  const isNumber = typeof accessor === "object" && accessor !== null && ("setWord" in accessor || "nameOf" in accessor);
  if (isNumber && length === 8) return steps(offset, length, 4);
  if (isNumber && (length === 4 || length === 2)) return steps(offset, length, length);
  return steps(offset, length, 1);
}

function steps(offset: number, length: number, width: 1 | 2 | 4): Access[] {
  return Array.from({ length: length / width }, (_, index) => ({ offset: offset + index * width, width }));
}

interface Placed {
  readonly byteOffset: number;
  readonly byteLength: number;
}

function isPlaced(value: unknown): value is Placed {
  return (
    typeof value === "object" &&
    value !== null &&
    "byteOffset" in value &&
    "byteLength" in value &&
    typeof value.byteOffset === "number" &&
    typeof value.byteLength === "number"
  );
}

/** A struct within the space: its accessors by name. */
function isNested(accessor: unknown): accessor is object {
  if (typeof accessor !== "object" || accessor === null) return false;
  return Object.getPrototypeOf(accessor) === Object.prototype && !("setWord" in accessor);
}
