import type { GuestMemory } from "../memory/guest-memory.ts";
import type { Region } from "../memory/region.ts";
import { DriverError } from "./driver-error.ts";

const twoTo32 = 0x1_0000_0000;

/** Guest-physical memory: an address below 2^53, and a length in bytes. */
export interface GuestRange {
  readonly address: number;
  readonly length: number;
}

/** A piece of guest memory that a driver has for itself. It lies in one region. */
export interface DmaBlock extends GuestRange {
  readonly region: Region;
  /** Of the first byte in the region. */
  readonly offset: number;
}

/** Bytes from `start` up to `end` that nobody has. */
interface Hole {
  start: number;
  end: number;
  readonly region: Region;
}

/**
 * Guest memory that a driver may use: it takes pieces for rings, tables and buffers, and gives them back. The first
 * hole that is large enough is taken.
 */
export class DmaMemory {
  readonly memory: GuestMemory;
  /** Sorted by address; neighbours of one region are one hole. */
  private readonly holes: Hole[] = [];
  private readonly taken = new Set<DmaBlock>();

  /**
   * @param ranges where the driver may put things; nothing else uses them
   * @throws RangeError where there is no memory, or none that a device may write to, or two ranges overlap
   */
  constructor(memory: GuestMemory, ranges: Iterable<GuestRange>) {
    this.memory = memory;
    for (const range of ranges) this.open(range);
  }

  /** In bytes, all holes together. */
  get free(): number {
    return this.holes.reduce((sum, hole) => sum + hole.end - hole.start, 0);
  }

  /**
   * Takes `length` bytes. What they contain is left over from before.
   * @param align of the address, in bytes
   * @throws DriverError `out-of-memory`, with how much there is
   */
  alloc(length: number, align = 16): DmaBlock {
    if (!Number.isSafeInteger(length) || length < 1) throw new RangeError(`a block has at least 1 byte, not ${length}`);
    if (!Number.isInteger(align) || align < 1) throw new RangeError(`an alignment is at least 1, not ${align}`);
    for (const [index, hole] of this.holes.entries()) {
      const address = Math.ceil(hole.start / align) * align;
      const end = address + length;
      if (end > hole.end) continue;
      const { region, start } = hole;
      const rest: Hole[] = [
        { start, end: address, region },
        { start: end, end: hole.end, region },
      ];
      this.holes.splice(index, 1, ...rest.filter((one) => one.end > one.start));
      const block = { address, length, region, offset: address - region.start };
      this.taken.add(block);
      return block;
    }
    const largest = Math.max(0, ...this.holes.map((hole) => hole.end - hole.start));
    throw new DriverError(
      "out-of-memory",
      `${length} bytes at a multiple of ${align} are wanted; ${this.free} are free, ${largest} of them in one piece`,
    );
  }

  /** Gives a block back. @throws RangeError where it is not one of this memory's, or given back already */
  release(block: DmaBlock): void {
    if (!this.taken.delete(block)) throw new RangeError(`no block was taken at ${block.address}`);
    this.insert({ start: block.address, end: block.address + block.length, region: block.region });
  }

  private open({ address, length }: GuestRange): void {
    if (!Number.isSafeInteger(address) || address < 0 || !Number.isSafeInteger(length) || length < 1) {
      throw new RangeError(`${length} bytes at ${address} are no memory`);
    }
    const end = address + length;
    if (this.holes.some((hole) => hole.start < end && address < hole.end)) {
      throw new RangeError(`${length} bytes at ${address} are given twice`);
    }
    for (let start = address; start < end;) {
      const region = this.memory.regionAt(start | 0, (start / twoTo32) | 0);
      if (region === undefined || region.readOnly) throw new RangeError(`no memory that can be written is at ${start}`);
      const pieceEnd = Math.min(end, region.start + region.length);
      this.insert({ start, end: pieceEnd, region });
      start = pieceEnd;
    }
  }

  private insert(hole: Hole): void {
    const { holes } = this;
    const found = holes.findIndex((one) => one.start > hole.start);
    const index = found < 0 ? holes.length : found;
    const before = holes[index - 1];
    const behind = holes[index];
    let merged = hole;
    let from = index;
    let count = 0;
    if (before?.end === hole.start && before.region === hole.region) {
      merged = { ...merged, start: before.start };
      from -= 1;
      count += 1;
    }
    if (behind?.start === hole.end && behind.region === hole.region) {
      merged = { ...merged, end: behind.end };
      count += 1;
    }
    holes.splice(from, count, merged);
  }
}
