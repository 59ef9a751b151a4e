import type { GuestMemory } from "../memory/guest-memory.ts";
import { noRegion, type Region } from "../memory/region.ts";
import type { Chain } from "./chain.ts";
import type { Faulty } from "./queue-fault.ts";
import { DESC_F_INDIRECT, DESC_F_NEXT, DESC_F_WRITE, DESC_SIZE } from "../described/ring-constants.ts";

const twoTo32 = 0x1_0000_0000;

/** Turns a big-endian word round. */
export function swap32(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** Turns a big-endian 16-bit value round. */
export function swap16(half: number): number {
  return ((half << 8) & 0xff00) | ((half >>> 8) & 0xff);
}

/**
 * Follows chains wherever they lead, and says exactly what is wrong with them: indirect tables, memory over several
 * regions, either byte order. The queues themselves know only the plain case and leave everything else to this.
 * Each word of a descriptor is read once.
 */
export class ChainWalker {
  private readonly memory: GuestMemory;
  /** The most descriptors of a chain. */
  private readonly limit: number;
  private readonly indirectDesc: boolean;
  private readonly swap: boolean;
  /** A copy of an indirect table that does not lie in one region at a multiple of 4. */
  private scratch = new Int32Array(0);
  /** Where the table at hand begins in the words that hold it. */
  private tableBase = 0;
  /** Where the last address was. */
  private near: Region = noRegion;
  private descriptors = 0;
  /** 1 behind a descriptor to write. A number, like what is hoisted below: V8 tests a field for true in a dozen steps. */
  private writing = 0;

  constructor(memory: GuestMemory, limit: number, indirectDesc: boolean, swap: boolean) {
    this.memory = memory;
    this.limit = limit;
    this.indirectDesc = indirectDesc;
    this.swap = swap;
  }

  /** Fills a chain from a split queue's table, beginning with the descriptor `head`. */
  split(chain: Chain, table: Int32Array, head: number): Faulty {
    chain.empty();
    this.descriptors = 0;
    this.writing = 0;
    return this.linked(chain, table, 0, table.length >> 2, head, false) ?? this.total(chain);
  }

  /** Fills a chain from a packed list, given where it begins and its number of descriptors. */
  packed(chain: Chain, ring: Int32Array, first: number, count: number): Faulty {
    chain.empty();
    this.descriptors = 0;
    this.writing = 0;
    const size = ring.length >> 2;
    for (let done = 0; done < count; done++) {
      const at = ((first + done) % size) << 2;
      const low = ring[at] ?? 0;
      const high = ring[at + 1] ?? 0;
      const length = (ring[at + 2] ?? 0) >>> 0;
      const flags = (ring[at + 3] ?? 0) >>> 16;
      if ((flags & DESC_F_INDIRECT) !== 0) {
        if (!this.indirectDesc) return "indirect-not-negotiated";
        if (count > 1) return "indirect-with-next";
        return this.packedTable(chain, low, high, length) ?? this.total(chain);
      }
      const fault = this.descriptor(chain, low, high, length, flags & DESC_F_WRITE);
      if (fault !== undefined) return fault;
    }
    return this.total(chain);
  }

  private linked(
    chain: Chain,
    words: Int32Array,
    base: number,
    entries: number,
    first: number,
    indirect: boolean,
  ): Faulty {
    const swapped = this.swap ? 1 : 0;
    let index = first;
    let visited = 0;
    for (;;) {
      if (visited === entries) return "descriptor-loop";
      visited += 1;
      const at = base + (index << 2);
      let low = words[at] ?? 0;
      let high = words[at + 1] ?? 0;
      let length = words[at + 2] ?? 0;
      let last = words[at + 3] ?? 0;
      if (swapped !== 0) {
        // A big-endian 64-bit address has its upper half first, and flags before next are the word's upper half.
        [low, high] = [swap32(high), swap32(low)];
        length = swap32(length);
        last = swap16(last) | (swap16(last >>> 16) << 16);
      }
      const next = last >>> 16;
      if ((last & DESC_F_INDIRECT) !== 0) {
        if (indirect) return "indirect-nested";
        if (!this.indirectDesc) return "indirect-not-negotiated";
        if ((last & DESC_F_NEXT) !== 0) return "indirect-with-next";
        return this.splitTable(chain, low, high, length >>> 0);
      }
      const fault = this.descriptor(chain, low, high, length >>> 0, last & DESC_F_WRITE);
      if (fault !== undefined) return fault;
      if ((last & DESC_F_NEXT) === 0) return undefined;
      if (next >= entries) return "next-out-of-range";
      index = next;
    }
  }

  private splitTable(chain: Chain, low: number, high: number, length: number): Faulty {
    const fault = this.checkTable(length);
    if (fault !== undefined) return fault;
    const words = this.tableWords(low, high, length);
    if (words === undefined) return "indirect-table-outside-memory";
    const entries = length / DESC_SIZE;
    return this.linked(chain, words, this.tableBase, entries, 0, true);
  }

  private packedTable(chain: Chain, low: number, high: number, length: number): Faulty {
    const fault = this.checkTable(length);
    if (fault !== undefined) return fault;
    const words = this.tableWords(low, high, length);
    if (words === undefined) return "indirect-table-outside-memory";
    const end = this.tableBase + (length >> 2);
    for (let at = this.tableBase; at < end; at += 4) {
      // Of the flags only WRITE counts here, and the id does not.
      const toWrite = ((words[at + 3] ?? 0) >>> 16) & DESC_F_WRITE;
      const fault = this.descriptor(chain, words[at] ?? 0, words[at + 1] ?? 0, (words[at + 2] ?? 0) >>> 0, toWrite);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private checkTable(length: number): Faulty {
    if (length === 0 || length % DESC_SIZE !== 0) return "indirect-table-size";
    return length / DESC_SIZE > this.limit ? "indirect-table-too-long" : undefined;
  }

  /** The words in which the table lies; or its copy, where it does not lie as words do. */
  private tableWords(low: number, high: number, length: number): Int32Array | undefined {
    const offset = (low - this.near.startLow) | 0;
    if (high === this.near.high && offset >= 0 && (offset & 3) === 0 && length <= this.near.length - offset) {
      this.tableBase = offset >> 2;
      return this.near.words;
    }
    const region = this.memory.regionAt(low, high);
    if (region === undefined) return undefined;
    this.tableBase = 0;
    if (region !== this.near) {
      this.near = region;
      return this.tableWords(low, high, length);
    }
    if (this.scratch.length < length >> 2) this.scratch = new Int32Array(length >> 2);
    const address = (high >>> 0) * twoTo32 + (low >>> 0);
    return this.memory.read(address, new Uint8Array(this.scratch.buffer, 0, length)) ? this.scratch : undefined;
  }

  /** Adds one descriptor's memory, for the device to write if the last number is not 0: several segments, where it lies in several regions. */
  private descriptor(chain: Chain, low: number, high: number, length: number, toWrite: number): Faulty {
    this.descriptors += 1;
    if (this.descriptors > this.limit) return "chain-too-long";
    if (toWrite !== 0) {
      this.writing = 1;
      chain.writableLength += length;
    } else if (this.writing !== 0) {
      return "readable-after-writable";
    } else {
      chain.readableLength += length;
    }
    if (high >>> 0 === 0xffff_ffff && (low >>> 0) + length > twoTo32) return "address-overflow";
    const { near } = this;
    const offset = (low - near.startLow) | 0;
    if (high === near.high && offset >= 0 && length > 0 && length <= near.length - offset) {
      if (toWrite !== 0 && near.readOnly) return "address-read-only";
      chain.append(near, offset, length);
      if (toWrite === 0) chain.readableCount = chain.segmentCount;
      return undefined;
    }
    return this.scatter(chain, low, high, length, toWrite);
  }

  private scatter(chain: Chain, low: number, high: number, length: number, toWrite: number): Faulty {
    // An empty element refers to no byte, so wherever it is: it is allowed, and leaves nothing behind.
    const address = (high >>> 0) * twoTo32 + (low >>> 0);
    for (let done = 0; done < length;) {
      // Beyond 2^53 sums are rounded, but no memory is there.
      const at = address + done;
      const region = at > Number.MAX_SAFE_INTEGER ? undefined : this.memory.regionAt(at | 0, (at / twoTo32) | 0);
      if (region === undefined) return "address-outside-memory";
      if (toWrite !== 0 && region.readOnly) return "address-read-only";
      const offset = at - region.start;
      const count = Math.min(region.length - offset, length - done);
      chain.append(region, offset, count);
      if (toWrite === 0) chain.readableCount = chain.segmentCount;
      this.near = region;
      done += count;
    }
    return undefined;
  }

  private total(chain: Chain): Faulty {
    return chain.readableLength + chain.writableLength > twoTo32 ? "chain-too-large" : undefined;
  }
}
