import type { Codec } from "../codec/codec.ts";
import type { GuestOrder } from "../codec/spec.ts";
import type { FeatureSet } from "../features.ts";
import { ConfigMemory } from "../config-access.ts";
import type { Negotiated } from "../queues.ts";
import type { DeviceDescription } from "./device-description.ts";
import { DeviceError } from "./device-error.ts";
import { STATUS } from "../described/config.ts";

type Values = Record<string, unknown>;

/** A member that the driver may write to. */
interface Writable {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly anyTime: boolean;
  /** Only until this status bit is set. */
  readonly before: number;
  /** Ones that are written clear bits in this other member. */
  readonly clears: string | undefined;
  readonly kept: boolean;
  readonly reset: number | undefined;
}

const nothing = new ConfigMemory(new DataView(new ArrayBuffer(0)));

/**
 * A device's configuration space: the values that the device has, and the bytes that the driver sees of them. Before
 * negotiation that is every member of a feature that is offered, afterwards every member of one that was negotiated;
 * all other bytes read as zeroes.
 */
export class ConfigSpace {
  /** What the driver sees. */
  visible: ConfigMemory = nothing;
  /** The same in little-endian order whatever the guest's is: what queue formulas and codecs of messages depend on. */
  known: ConfigMemory = nothing;
  private values: Values;
  private readonly initial: Values;
  private readonly device: string;
  private readonly codec: Codec<object, Negotiated> | undefined;
  private readonly writables: readonly Writable[];
  private readonly offered: FeatureSet;
  /** With every member that is offered, and with those that the driver sees. */
  private whole: Codec<object> | undefined;
  private shown: Codec<object> | undefined;
  /** The latter in little-endian order; undefined where that is the guest's. */
  private little: Codec<object> | undefined;
  private changes = 0;
  /** Members that formulas use, and their values when that was asked last. */
  private readonly decides: readonly string[];
  private decidedBy = "";

  /** @throws DeviceError where the values are not those of a space with these features */
  constructor(
    description: Pick<DeviceDescription, "name" | "config" | "decides">,
    values: object,
    offered: FeatureSet,
  ) {
    this.device = description.name;
    this.codec = description.config;
    this.decides = description.decides;
    this.offered = offered;
    this.initial = { ...values };
    this.values = { ...values };
    this.writables = writablesOf(this.codec);
    this.reset();
    this.show(undefined, "little");
  }

  /** In bytes, as the driver sees it now. */
  get length(): number {
    return this.visible.view.byteLength;
  }

  get generation(): number {
    return this.changes;
  }

  /** All values, those the driver does not see included. */
  get value(): object {
    return this.values;
  }

  /** Whether a value that formulas of messages or queues use is another than when this was called last. */
  decidesAnew(): boolean {
    const now = this.decides.map((name) => String(this.values[name])).join();
    if (now === this.decidedBy) return false;
    this.decidedBy = now;
    return true;
  }

  /** What the driver sees from now on. */
  show(features: FeatureSet | undefined, order: GuestOrder): void {
    this.whole = this.codec?.withContext({ features: this.offered }).guestOrder(order);
    this.shown = features === undefined ? this.whole : this.codec?.withContext({ features }).guestOrder(order);
    this.little = order === "little" ? undefined : this.shown?.guestOrder("little");
    this.encode();
  }

  /** What the driver may write to goes back to what a reset leaves there. */
  reset(): void {
    for (const { name, kept, reset } of this.writables) {
      if (kept || this.initial[name] === undefined) continue;
      this.values[name] = reset ?? this.initial[name];
    }
  }

  /** Changes values. @returns whether the driver sees a difference @throws DeviceError */
  change(values: object): boolean {
    const before = this.visible.view;
    const old = this.values;
    this.values = { ...old, ...values };
    try {
      this.encode();
    } catch (error) {
      this.values = old;
      throw error;
    }
    if (sameBytes(before, this.visible.view)) return false;
    this.changes = (this.changes + 1) >>> 0;
    return true;
  }

  /** Bytes beyond the end read as zeroes. @param width in bytes, of a little-endian number */
  read(offset: number, width: number): number {
    let value = 0;
    const { view } = this.visible;
    for (let index = width - 1; index >= 0; index--) {
      const at = offset + index;
      value = value * 256 + (at < view.byteLength ? view.getUint8(at) : 0);
    }
    return value;
  }

  /**
   * A write of the driver's. Bytes that it may not write stay as they are.
   * @param status the device's status now
   * @param legacy a legacy driver writes whenever it likes
   * @returns the members that were written to, though it be with the values that they had
   */
  write(offset: number, width: number, value: number, status: number, legacy = false): string[] {
    // What was taken from the space before keeps the old bytes: requests in flight are answered as they were asked.
    const { byteOffset, byteLength, buffer } = this.visible.view;
    const view = new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
    const names: string[] = [];
    for (const member of this.writables) {
      const from = Math.max(offset, member.from);
      const to = Math.min(offset + width, member.to, view.byteLength);
      if (from >= to || !allows(member, status, legacy)) continue;
      for (let at = from; at < to; at++) view.setUint8(at, Math.floor(value / 256 ** (at - offset)) & 0xff);
      names.push(member.name);
    }
    if (names.length === 0) return names;
    this.visible = new ConfigMemory(view);
    return this.take(names);
  }

  /** Takes over the values that the driver wrote, and shows what came of them. @returns the members that took one */
  private take(names: readonly string[]): string[] {
    let seen: Values;
    try {
      seen = (this.shown?.readFrom(this.visible.view) ?? {}) as Values;
    } catch {
      // The value is none of this member's: it stays what it was.
      this.encode();
      return [];
    }
    // What the driver does not see keeps its place, and nothing is written there.
    const taken = names.filter((name) => seen[name] !== undefined);
    for (const { name, clears } of this.writables) {
      if (!taken.includes(name)) continue;
      if (clears === undefined) {
        this.values[name] = seen[name];
      } else {
        const other = this.values[clears];
        const mask = seen[name];
        if (typeof other === "number" && typeof mask === "number") this.values[clears] = (other & ~mask) >>> 0;
      }
    }
    this.encode();
    return taken;
  }

  private encode(): void {
    if (this.whole === undefined || this.shown === undefined) return;
    try {
      const all = this.whole.toBytes(this.values);
      const seen = this.shown.readFrom(new DataView(all.buffer));
      this.visible = new ConfigMemory(new DataView(this.shown.toBytes(seen).buffer));
      this.known =
        this.little === undefined ? this.visible : new ConfigMemory(new DataView(this.little.toBytes(seen).buffer));
    } catch (error) {
      throw new DeviceError(this.device, error instanceof Error ? error.message : String(error));
    }
  }
}

function allows(member: Writable, status: number, legacy: boolean): boolean {
  if (member.anyTime) return true;
  if ((status & member.before) !== 0) return false;
  // A driver writes nothing before it has negotiated what there is; legacy drivers had no such step.
  return legacy || (status & STATUS.FEATURES_OK) !== 0;
}

function writablesOf(codec: Codec<object, Negotiated> | undefined): Writable[] {
  return (codec?.byteLayout ?? []).flatMap(({ name, byteOffset, byteLength, access }): Writable[] => {
    if (access === undefined || access.writable === "never") return [];
    if (byteOffset === undefined || byteLength === undefined) return [];
    const { writable } = access;
    return [
      {
        name,
        from: byteOffset,
        to: byteOffset + byteLength,
        anyTime: writable === "any time",
        before: typeof writable === "object" ? bitOf(writable.before) : 0,
        clears: access.writeClears,
        kept: access.keptOverReset === true,
        reset: access.reset,
      },
    ];
  });
}

function bitOf(name: string): number {
  for (const [known, bit] of Object.entries(STATUS)) if (known === name) return bit;
  return 0;
}

function sameBytes(one: DataView, other: DataView): boolean {
  if (one.byteLength !== other.byteLength) return false;
  for (let at = 0; at < one.byteLength; at++) if (one.getUint8(at) !== other.getUint8(at)) return false;
  return true;
}
