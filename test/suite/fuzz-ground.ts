import { GuestMemory, type MemorySource } from "../../src/runtime/index.ts";

const guard = 4096;
const pattern = 0xa5;
const romLength = 4096;

/** In bytes: what drivers put their rings and buffers into, at address 0. */
export const ramLength = 1 << 20;
/** Where memory that cannot be written begins. */
export const romAt = 0x4000_0000;

/**
 * One machine's memory, between guards that nobody may write to. Device and driver see the same bytes by memories of
 * their own: what is taken away from the device is still the driver's.
 */
export class Ground {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(ramLength + romLength + 3 * guard).fill(pattern);
  readonly ram: Uint8Array<ArrayBuffer> = this.bytes.subarray(guard, guard + ramLength);
  readonly device: GuestMemory;
  readonly driver: GuestMemory;
  private readonly sources: readonly MemorySource[];
  private readonly gone = new Set<MemorySource>();

  constructor() {
    const { buffer } = this.bytes;
    const piece = (address: number, byteOffset: number, byteLength: number, readOnly = false): MemorySource => ({
      address,
      byteOffset,
      byteLength,
      readOnly,
      buffer: () => buffer,
    });
    this.ram.fill(0);
    const half = ramLength / 2;
    const rom = piece(romAt, ramLength + 2 * guard, romLength, true);
    this.sources = [piece(0, guard, half), piece(half, guard + half, half), rom];
    this.device = new GuestMemory(this.sources);
    this.driver = new GuestMemory([piece(0, guard, ramLength)]);
  }

  /** Takes a part of its memory from the device, or gives it back. */
  toggle(index: number): void {
    const source = this.sources[index % this.sources.length];
    if (source === undefined) return;
    if (this.gone.delete(source)) this.device.add(source);
    else {
      this.gone.add(source);
      this.device.remove(source);
    }
  }

  /** All memory is there again. */
  restore(): void {
    for (const source of this.gone) this.device.add(source);
    this.gone.clear();
  }

  /** @throws where something wrote outside, or to what is only to be read */
  check(): void {
    const end = this.bytes.length;
    for (const [from, to] of [
      [0, guard],
      [guard + ramLength, end],
    ] as const) {
      for (let at = from; at < to; at++) {
        if (this.bytes[at] !== pattern) throw new Error(`byte ${at - guard} outside the memory was written`);
      }
    }
  }
}
