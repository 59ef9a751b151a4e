import type { PageRange } from "./page-ranges.ts";

/** Pages of one block of the set: 128 MiB of memory, told by 4 KiB of bits. */
const blockPages = 32_768;

/** A set of pages: one bit each, in blocks that exist only where there are pages. */
export class PageSet {
  /** How many pages are in it. */
  size = 0;
  private readonly blocks: Map<number, Uint32Array> = new Map();

  has(page: number): boolean {
    const word = this.blocks.get(Math.floor(page / blockPages))?.[(page % blockPages) >>> 5] ?? 0;
    return ((word >>> (page & 31)) & 1) === 1;
  }

  /** @returns whether it was not in it */
  add(page: number): boolean {
    return this.set(page, true);
  }

  /** @returns whether it was in it */
  delete(page: number): boolean {
    return this.set(page, false);
  }

  clear(): void {
    this.blocks.clear();
    this.size = 0;
  }

  /** The pages in as few ranges as there are, in the order of their numbers. */
  *ranges(): Generator<PageRange> {
    let first = 0;
    let count = 0;
    for (const number of [...this.blocks.keys()].toSorted((a, b) => a - b)) {
      for (let page = number * blockPages; page < (number + 1) * blockPages; page++) {
        if (!this.has(page)) continue;
        if (count > 0 && page === first + count) {
          count += 1;
          continue;
        }
        if (count > 0) yield { first, count };
        first = page;
        count = 1;
      }
    }
    if (count > 0) yield { first, count };
  }

  private set(page: number, present: boolean): boolean {
    if (this.has(page) === present) return false;
    const number = Math.floor(page / blockPages);
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = new Uint32Array(blockPages / 32);
      this.blocks.set(number, block);
    }
    const at = (page % blockPages) >>> 5;
    block[at] = (block[at] ?? 0) ^ (1 << (page & 31));
    this.size += present ? 1 : -1;
    return true;
  }
}
