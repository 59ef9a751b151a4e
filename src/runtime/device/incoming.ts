import type { Codec } from "../codec/codec.ts";
import type { QueuePlace } from "../queues.ts";
import type { Chain } from "../virtqueue/chain.ts";

/** Bytes of a chain that the device reads or writes, which may lie in several pieces. They are the driver's to change. */
abstract class ChainBytes {
  /** In bytes. */
  length = 0;
  protected chain: Chain | undefined;
  /** Where they begin, among all bytes of this direction. */
  protected start = 0;

  /** The runtime's business. */
  place(chain: Chain | undefined, start: number, length: number): void {
    this.chain = chain;
    this.start = start;
    this.length = length;
  }

  /** How many of `length` bytes from `position` on there are. */
  protected reach(position: number, length: number): number {
    return Math.max(0, Math.min(length, this.length - position));
  }

  /**
   * Calls `visit` for each piece of guest memory, in order, with the bytes themselves and the guest-physical address.
   * A piece must not be kept: after the answer it is the driver's.
   */
  protected visit(first: number, end: number, visit: (piece: Uint8Array, address: number) => void): void {
    const { chain } = this;
    if (chain === undefined) return;
    let skip = this.start;
    let left = this.length;
    for (let index = first; index < end && left > 0; index++) {
      const segment = chain.segment(index);
      if (skip >= segment.length) {
        skip -= segment.length;
        continue;
      }
      const count = Math.min(segment.length - skip, left);
      const from = segment.offset + skip;
      visit(segment.bytes.subarray(from, from + count), segment.region.start + from);
      left -= count;
      skip = 0;
    }
  }
}

/** Bytes that the device reads. */
export class InputBytes extends ChainBytes {
  /**
   * Copies from the byte at `position` on, as many as fit into `target` and exist.
   * @returns how many
   */
  read(position: number, target: Uint8Array, start = 0, length: number = target.length - start): number {
    if (this.chain === undefined) return 0;
    return this.chain.read(this.start + position, target, start, this.reach(position, length));
  }

  /** All of them, copied. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.length);
    this.read(0, bytes);
    return bytes;
  }

  /** Calls `visit` with each piece as it lies in memory, and its guest-physical address. Pieces must not be kept. */
  forEach(visit: (piece: Uint8Array, address: number) => void): void {
    this.visit(0, this.chain?.readableCount ?? 0, visit);
  }
}

/** Bytes that the device writes. */
export class OutputBytes extends ChainBytes {
  /** How many of them, from the first on, are written. Where pieces are written in place this is to be set. */
  written = 0;

  override place(chain: Chain | undefined, start: number, length: number): void {
    super.place(chain, start, length);
    this.written = 0;
  }

  /**
   * Copies from `source` to the byte at `position` and those behind it, as many as there are.
   * @returns how many
   */
  write(position: number, source: Uint8Array, start = 0, length: number = source.length - start): number {
    if (this.chain === undefined) return 0;
    const count = this.chain.write(this.start + position, source, start, this.reach(position, length));
    this.wrote(position, count);
    return count;
  }

  /** Sets `length` bytes from `position` on to one value. @returns how many there were */
  fill(position: number, value: number, length: number = this.length - position): number {
    if (this.chain === undefined) return 0;
    const count = this.chain.fill(this.start + position, value, this.reach(position, length));
    this.wrote(position, count);
    return count;
  }

  /** Calls `visit` with each piece, to be written in place, and its guest-physical address; then set `written`. */
  forEach(visit: (piece: Uint8Array, address: number) => void): void {
    const { chain } = this;
    if (chain !== undefined) this.visit(chain.readableCount, chain.segmentCount, visit);
  }

  private wrote(position: number, count: number): void {
    if (position <= this.written && position + count > this.written) this.written = position + count;
  }
}

/** What a device answers: at once, or later. A device that answers at once pays for no promise. */
export type Answer<Value> = Value | Promise<Value>;

/**
 * One request, as a device's method gets it. It has been held against the description. It is valid until it is
 * answered; the runtime uses it again then.
 */
export class Incoming<Sent = unknown> {
  /** What it came by. */
  queue: QueuePlace = { name: "", index: 0, number: 0 };
  /**
   * Where the fixed part of what the driver sent lies: for access in place, by the accessors of its codec. What has no
   * fixed part was copied: then this is the copy, as long as all that was sent.
   */
  view: DataView;
  at = 0;
  /** Bytes of any number that the driver sent behind that. */
  readonly input: InputBytes = new InputBytes();
  /** Bytes of any number that the device writes, beside its answer. */
  readonly output: OutputBytes = new OutputBytes();
  private codec: Codec<Sent> | undefined;
  private decoded: Sent | undefined;
  /** The runtime's business: what the getter of the value threw. */
  fault: unknown;

  constructor(view: DataView) {
    this.view = view;
  }

  /**
   * What the driver sent, read once, at the first use; without `input`.
   * @throws CodecError where it is not what the description allows: to be left to the runtime, which refuses the request
   */
  get value(): Sent {
    if (this.decoded === undefined && this.codec !== undefined) {
      try {
        this.decoded = this.codec.readFrom(this.view, this.at, this.at + (this.codec.byteLength ?? 0));
      } catch (error) {
        this.fault = error;
        throw error;
      }
    }
    return this.decoded as Sent;
  }

  /** The runtime's business: what it holds next. */
  hold(codec: Codec<Sent> | undefined, decoded: Sent | undefined): void {
    this.codec = codec;
    this.decoded = decoded;
    this.fault = undefined;
  }
}
