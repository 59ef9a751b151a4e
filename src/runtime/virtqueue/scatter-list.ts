import { DESC_F_NEXT, DESC_F_WRITE } from "../described/ring-constants.ts";

const twoTo32 = 0x1_0000_0000;

/** In bytes: up to there sums are what V8 calls small integers. */
export const smallTotal = 0x4000_0000;

/**
 * The elements of a buffer put together in advance, for a driver that uses the same ones again and again: first what
 * the device reads, then what it writes. Nothing is allocated once it is long enough.
 */
export class ScatterList {
  /** Elements, and how many of them are for the device to read: the first ones. */
  count = 0;
  readableCount = 0;
  /** Guest-physical addresses, and lengths in bytes, by element. */
  readonly addresses: number[] = [];
  readonly lengths: number[] = [];
  /**
   * The same as descriptors, four words each, which the queues copy: the address's halves, the length, and the flags
   * NEXT and WRITE. The queue's business.
   */
  words: Int32Array = new Int32Array(16);
  /** Bytes of all elements, and of those that the device writes. */
  byteLength = 0;
  writableLength = 0;

  clear(): this {
    this.count = 0;
    this.readableCount = 0;
    this.byteLength = 0;
    this.writableLength = 0;
    return this;
  }

  /**
   * Appends bytes for the device to read: `length` of them at a guest-physical address below 2^53.
   * @throws RangeError behind what the device writes, and where a number cannot be an address or a length
   */
  readable(address: number, length: number): this {
    if (this.writableLength !== 0) throw new RangeError("what the device reads comes before what it writes");
    this.append(address, length, 0);
    this.readableCount = this.count;
    return this;
  }

  /** Appends bytes for the device to write. @throws RangeError where a number cannot be an address or a length */
  writable(address: number, length: number): this {
    this.append(address, length, DESC_F_WRITE);
    this.writableLength += length;
    return this;
  }

  private append(address: number, length: number, flags: number): void {
    const total = this.byteLength + length;
    checkElement(address, length, total, 1);
    const at = this.count << 2;
    if (at === this.words.length) {
      const longer = new Int32Array(at * 2);
      longer.set(this.words);
      this.words = longer;
    }
    this.words[at] = address;
    this.words[at + 1] = address / twoTo32;
    this.words[at + 2] = length;
    this.words[at + 3] = flags;
    if (at > 0) this.words[at - 1] = (this.words[at - 1] ?? 0) | DESC_F_NEXT;
    this.addresses[this.count] = address;
    this.lengths[this.count] = length;
    this.byteLength = total;
    this.count += 1;
  }
}

/**
 * Holds an element of a buffer against what the standard allows.
 * @param total bytes of the buffer with it
 * @param missing elements that are due, with it; none where it is 0 or less
 * @throws RangeError
 */
export function checkElement(address: number, length: number, total: number, missing: number): void {
  if (!Number.isSafeInteger(address) || address < 0) throw new RangeError(`${address} is no address below 2^53`);
  if (!Number.isInteger(length) || length < 1 || length >= twoTo32) {
    throw new RangeError(`an element has 1 to 2^32 - 1 bytes, not ${length}`);
  }
  if (total >= twoTo32) throw new RangeError("a buffer has less than 2^32 bytes");
  if (missing <= 0) throw new RangeError("the buffer has all its elements already, or none is begun");
}
