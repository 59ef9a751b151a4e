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

  constructor(elements = 8) {
    this.words = new Int32Array(Math.max(elements, 1) * 4);
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
    const low = address | 0;
    const small = low === address && low >= 0 && (length | 0) === length && length > 0;
    const total = this.readableLength + this.writableLength + length;
    if (!small || total >= twoTo32) checkElement(address, length, total);
    const at = this.count << 2;
    if (at === this.words.length) this.lengthen();
    const words = this.words;
    words[at] = low;
    words[at + 1] = small ? 0 : address / twoTo32;
    words[at + 2] = length;
    words[at + 3] = flags;
    this.count += 1;
  }

  private lengthen(): void {
    const longer = new Int32Array(Math.max(this.words.length * 2, 32));
    longer.set(this.words);
    this.words = longer;
  }
}

function checkElement(address: number, length: number, total: number): void {
  if (!Number.isSafeInteger(address) || address < 0) throw new RangeError(`${address} is no address below 2^53`);
  if (!Number.isInteger(length) || length < 1 || length >= twoTo32) {
    throw new RangeError(`an element has 1 to 2^32 - 1 bytes, not ${length}`);
  }
  if (total >= twoTo32) throw new RangeError("a buffer has less than 2^32 bytes");
}
