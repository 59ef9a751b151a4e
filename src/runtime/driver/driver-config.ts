import type { Codec, FieldLayout } from "../codec/codec.ts";
import { CodecError } from "../codec-error.ts";
import type { GuestOrder } from "../codec/spec.ts";
import { ConfigMemory, consistently, type ConfigAccess } from "../config-access.ts";
import type { FeatureSet } from "../features.ts";
import type { Negotiated } from "../queues.ts";
import { DriverError } from "./driver-error.ts";

/** Bytes of a space that are read at most, where its own values say how long it is. */
const longest = 4096;

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
  private memory: ConfigMemory;
  private changes = 0;
  /** Where the driver has written since the copy was read. */
  private readonly stale = new Set<Access>();
  private readonly device: ConfigAccess;
  private readonly codec: Codec<object, Negotiated> | undefined;
  private readonly order: GuestOrder;
  /** Of the members that have fixed places. */
  private readonly accesses: readonly Access[];
  /** Of those whose lengths the values before them say. */
  private rest: readonly Access[] = [];

  /** @param order the guest's byte order */
  constructor(device: ConfigAccess, codec: Codec<object, Negotiated> | undefined, order: GuestOrder) {
    this.device = device;
    this.codec = codec;
    this.order = order;
    this.accesses = codec === undefined ? [] : accessesOf(codec);
    const length = Math.max(0, ...this.accesses.map(({ offset, width }) => offset + width));
    this.memory = new ConfigMemory(new DataView(new ArrayBuffer(length)));
  }

  /** As it was when it was read last. */
  get copy(): ConfigMemory {
    return this.memory;
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
  known(features: FeatureSet): ConfigAccess {
    const { order } = this;
    if (order === "little" || this.codec === undefined)
      return new ConfigMemory(new DataView(this.copy.view.buffer.slice(0)));
    const codec = this.codec.withContext({ features }).guestOrder(order);
    const bytes = codec.guestOrder("little").toBytes(codec.readFrom(this.copy.view));
    return new ConfigMemory(new DataView(bytes.buffer));
  }

  /** Reads the copy anew, as it is with these features. @throws DriverError `config-unstable` */
  refresh(features: FeatureSet): void {
    this.stale.clear();
    try {
      consistently(this.device, (device) => {
        for (const access of this.accesses) this.read(device, access);
        this.readRest(device, features);
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

  /** Reads what is of no fixed length, as far as the values before it say that there is something. */
  private readRest(device: ConfigAccess, features: FeatureSet): void {
    const { codec, order } = this;
    if (codec === undefined || !codec.byteLayout.some(isOfNoFixedPlace)) return;
    const shaped = codec.withContext({ features }).guestOrder(order);
    const before = this.memory;
    const fixed = Math.max(0, ...this.accesses.map(({ offset, width }) => offset + width));
    this.resize(fixed);
    for (let end = fixed; ;) {
      const wanted = endWanted(shaped, this.memory.view);
      if (wanted === undefined || wanted <= end || wanted > longest) break;
      this.resize(wanted);
      for (; end < wanted; end++) this.memory.write8(end, device.read8(end));
    }
    this.rest = steps(fixed, this.memory.view.byteLength - fixed, 1);
    if (!haveSameBytes(before.view, this.memory.view)) this.changes += 1;
  }

  private resize(length: number): void {
    const old = new Uint8Array(this.memory.view.buffer);
    const bytes = new Uint8Array(length);
    bytes.set(old.subarray(0, length));
    this.memory = new ConfigMemory(new DataView(bytes.buffer));
  }

  private written(offset: number, length: number): void {
    for (const access of [...this.accesses, ...this.rest]) {
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

/** Where the space would have to end for its values to be all there; undefined where they are. */
function endWanted(codec: { readFrom(view: DataView): unknown }, view: DataView): number | undefined {
  try {
    codec.readFrom(view);
    return undefined;
  } catch (error) {
    // What else is wrong with the values the one who looks at them is told.
    if (!(error instanceof CodecError) || error.fault !== "past-end") return undefined;
    return Number(error.value ?? 0) + (error.at ?? 0);
  }
}

function haveSameBytes(a: DataView, b: DataView): boolean {
  const [left, right] = [new Uint8Array(a.buffer), new Uint8Array(b.buffer)];
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function isOfNoFixedPlace({ byteOffset, byteLength }: FieldLayout): boolean {
  return byteOffset === undefined || byteLength === undefined;
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
