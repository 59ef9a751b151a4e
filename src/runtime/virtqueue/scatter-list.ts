import { DESC_F_WRITE } from "./ring-constants.ts";

const twoTo32 = 0x1_0000_0000;

/**
 * The elements of a buffer as a driver hands it to a queue: first what the device reads, then what it writes. Fill it
 * in once and use it for many requests; `clear` empties it. Nothing is allocated once it is long enough.
 */
export class ScatterList {
  /** Four words an element: the address's lower and upper half, the length, the descriptor's flags. */
  words: Int32Array;
  /** Elements. */
  count = 0;
  /** In bytes. */
  readableLength = 0;
  writableLength = 0;

  constructor(elements = 4) {
    this.words = new Int32Array(elements * 4);
  }

  clear(): this {
    this.count = 0;
    this.readableLength = 0;
    this.writableLength = 0;
    return this;
  }

  /**
   * Appends bytes for the device to read: `length` of them at a guest-physical address below 2^53.
   * @throws RangeError behind what the device writes, and where a number cannot be an address or a length
   */
  readable(address: number, length: number): this {
    if (this.writableLength > 0) throw new RangeError("what the device reads comes before what it writes");
    this.append(address, length, 0);
    this.readableLength += length;
    return this;
  }

  /** Appends bytes for the device to write. @throws RangeError where a number cannot be an address or a length */
  writable(address: number, length: number): this {
    this.append(address, length, DESC_F_WRITE);
    this.writableLength += length;
    return this;
  }

  private append(address: number, length: number, flags: number): void {
    if (!Number.isSafeInteger(address) || address < 0) throw new RangeError(`${address} is no address below 2^53`);
    if (!Number.isInteger(length) || length < 1 || length >= twoTo32) {
      throw new RangeError(`an element has 1 to 2^32 - 1 bytes, not ${length}`);
    }
    if (this.readableLength + this.writableLength + length > twoTo32) {
      throw new RangeError("a buffer has at most 2^32 bytes");
    }
    const at = this.count * 4;
    if (at === this.words.length) {
      const longer = new Int32Array(Math.max(at * 2, 16));
      longer.set(this.words);
      this.words = longer;
    }
    this.words[at] = address;
    this.words[at + 1] = address / twoTo32;
    this.words[at + 2] = length;
    this.words[at + 3] = flags;
    this.count += 1;
  }
}
