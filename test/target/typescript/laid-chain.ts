import { GuestMemory } from "../../../src/runtime/index.ts";
import { Chain, Segment } from "../../../src/runtime/virtqueue/chain.ts";

/** A chain whose bytes lie in several pieces, with others between them. */
export class LaidChain {
  readonly chain: Chain = new Chain({});
  private readonly bytes = new Uint8Array(new ArrayBuffer(1 << 16)).fill(0xa5);
  private readonly writable: { readonly at: number; readonly length: number }[] = [];

  constructor(readable: Uint8Array, writable: number, pieces: number) {
    const memory = GuestMemory.over(this.bytes.buffer);
    let at = 16;
    const place = (length: number): number => {
      const from = at;
      const index = this.chain.segmentCount++;
      const segment = this.chain.segments[index] ?? new Segment();
      this.chain.segments[index] = segment;
      const region = memory.regionAt(from, 0);
      if (region === undefined) throw new Error("the chain is too long for the test");
      Object.assign(segment, { region, offset: from - region.start, length });
      at += length + 5;
      return from;
    };
    for (const piece of cutUp(readable.length, pieces)) {
      this.bytes.set(readable.subarray(piece.at, piece.at + piece.length), place(piece.length));
      this.chain.readableCount++;
    }
    for (const { length } of cutUp(writable, pieces)) this.writable.push({ at: place(length), length });
    this.chain.readableLength = readable.length;
    this.chain.writableLength = writable;
    this.chain.stage = 1;
  }

  /** What is in the writable pieces. */
  get written(): Uint8Array {
    return Buffer.concat(this.writable.map(({ at, length }) => this.bytes.subarray(at, at + length)));
  }

  /** What is between and around the pieces: nobody may write there. */
  get untouched(): boolean {
    const rest = this.bytes.slice();
    for (let index = 0; index < this.chain.segmentCount; index++) {
      const { offset, length } = this.chain.segment(index);
      rest.fill(0xa5, offset, offset + length);
    }
    return rest.every((byte) => byte === 0xa5);
  }
}

function cutUp(length: number, pieces: number): { readonly at: number; readonly length: number }[] {
  const size = Math.max(1, Math.ceil(length / pieces));
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    at: index * size,
    length: Math.min(size, length - index * size),
  }));
}
