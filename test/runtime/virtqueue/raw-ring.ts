import type { QueueLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";

export const NEXT = 1;
export const WRITE = 2;
export const INDIRECT = 4;

export interface RawDescriptor {
  readonly addr?: number | bigint;
  readonly len?: number;
  readonly flags?: number;
  /** Split. */
  readonly next?: number;
  /** Packed. */
  readonly id?: number;
}

/** Writes a ring field by field, and nothing keeps it from writing nonsense. */
export class RawRing {
  readonly view: DataView;
  readonly layout: QueueLayout;
  readonly packed: boolean;
  readonly little: boolean;

  constructor(bytes: Uint8Array, layout: QueueLayout, packed: boolean, little = true) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.layout = layout;
    this.packed = packed;
    this.little = little;
  }

  /** A descriptor of the table or the ring, or of a table elsewhere. Packed flags are as given, AVAIL and USED too. */
  desc(
    index: number,
    { addr = 0, len = 0, flags = 0, next = 0, id = 0 }: RawDescriptor,
    table: number = this.layout.desc,
  ): void {
    const at = table + index * 16;
    this.view.setBigUint64(at, BigInt(addr), this.little);
    this.view.setUint32(at + 8, len, this.little);
    this.view.setUint16(at + 12, this.packed ? id : flags, this.little);
    this.view.setUint16(at + 14, this.packed ? flags : next, this.little);
  }

  /** Split: the available ring from its beginning on, and its index. */
  avail(entries: readonly number[], idx: number = entries.length): void {
    for (const [index, entry] of entries.entries()) {
      this.view.setUint16(this.layout.driver + 4 + 2 * (index % this.layout.size), entry, this.little);
    }
    this.view.setUint16(this.layout.driver + 2, idx, this.little);
  }

  /** Split: the used ring from its beginning on, and its index. */
  used(entries: readonly (readonly [id: number, len: number])[], idx: number = entries.length): void {
    for (const [index, [id, len]] of entries.entries()) {
      this.view.setUint32(this.layout.device + 4 + 8 * (index % this.layout.size), id, this.little);
      this.view.setUint32(this.layout.device + 8 + 8 * (index % this.layout.size), len, this.little);
    }
    this.view.setUint16(this.layout.device + 2, idx, this.little);
  }

  /** Split: what is in the used ring. */
  usedIdx(): number {
    return this.view.getUint16(this.layout.device + 2, this.little);
  }

  usedEntry(index: number): { id: number; len: number } {
    const at = this.layout.device + 4 + 8 * (index % this.layout.size);
    return { id: this.view.getUint32(at, this.little), len: this.view.getUint32(at + 4, this.little) };
  }
}

/** Flags of a packed descriptor that is available, and of one that is used, where the wrap counter is 1 or 0. */
export function packedAvail(wrap: number): number {
  return wrap === 1 ? 0x0080 : 0x8000;
}

export function packedUsed(wrap: number): number {
  return wrap === 1 ? 0x8080 : 0;
}
