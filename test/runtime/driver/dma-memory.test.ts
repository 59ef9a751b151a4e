import { describe, expect, it } from "vitest";
import { DmaMemory, type DmaBlock } from "../../../src/runtime/driver/dma-memory.ts";
import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { randomNumbers } from "../virtqueue/rig.ts";

const kib = 1024;

function memory(): GuestMemory {
  const low = new ArrayBuffer(64 * kib);
  const high = new SharedArrayBuffer(64 * kib);
  return new GuestMemory([
    { address: 0, byteLength: 64 * kib, buffer: () => low },
    { address: 0x1_0000_0000, byteLength: 64 * kib, buffer: () => high },
    { address: 0x2_0000_0000, byteLength: 4 * kib, buffer: () => low, readOnly: true },
  ]);
}

describe("memory of a driver", () => {
  it("is handed out in pieces that are aligned and belong to one region", () => {
    const dma = new DmaMemory(memory(), [
      { address: 0x100, length: 0x300 },
      { address: 0x1_0000_0000, length: 64 * kib },
    ]);
    const odd = dma.alloc(5, 1);
    const page = dma.alloc(4096, 4096);
    expect(odd).toMatchObject({ address: 0x100, length: 5, offset: 0x100 });
    expect(dma.alloc(16)).toMatchObject({ address: 0x110 });
    expect(page).toMatchObject({ address: 0x1_0000_0000, length: 4096, offset: 0 });
    page.region.bytes[page.offset] = 7;
    expect(dma.memory.read(page.address, new Uint8Array(1))).toBe(true);
  });

  it("says how much there is when it is full", () => {
    const dma = new DmaMemory(memory(), [
      { address: 0, length: 100 },
      { address: 0x8000, length: 60 },
    ]);
    expect(() => dma.alloc(101)).toThrow(
      expect.objectContaining({
        code: "out-of-memory",
        message: "101 bytes at a multiple of 16 are wanted; 160 are free, 100 of them in one piece",
      }),
    );
    expect(dma.alloc(100, 1).address).toBe(0);
    expect(() => dma.alloc(64)).toThrow(/60 are free, 60 of them/);
  });

  it.each([
    [[{ address: 64 * kib, length: 4 }], /no memory that can be written is at 65536/],
    [[{ address: 0x2_0000_0000, length: 4 }], /no memory that can be written/],
    [[{ address: 60 * kib, length: 8 * kib }], /is at 65536/],
    [[{ address: 0, length: 0 }], /0 bytes at 0 are no memory/],
    [[{ address: -1, length: 4 }], /are no memory/],
    [
      [
        { address: 0, length: 8 },
        { address: 4, length: 8 },
      ],
      /given twice/,
    ],
  ])("cannot be %j", (ranges, message) => {
    expect(() => new DmaMemory(memory(), ranges)).toThrow(message);
  });

  it("takes no block back twice, and none of others", () => {
    const one = new DmaMemory(memory(), [{ address: 0, length: 64 }]);
    const other = new DmaMemory(memory(), [{ address: 0, length: 64 }]);
    const block = one.alloc(4);
    expect(() => other.release(block)).toThrow(RangeError);
    one.release(block);
    expect(() => one.release(block)).toThrow(/no block was taken at 0/);
    expect(() => one.alloc(0)).toThrow(RangeError);
    expect(() => one.alloc(1, 0)).toThrow(RangeError);
  });

  it("never gives a byte to two at a time, and is whole again in the end", () => {
    const dma = new DmaMemory(memory(), [
      { address: 0x40, length: 0x4000 },
      { address: 0x1_0000_0000, length: 0x2000 },
    ]);
    const all = dma.free;
    const random = randomNumbers(7);
    const blocks: DmaBlock[] = [];
    for (let step = 0; step < 3000; step++) {
      if (blocks.length > 0 && random(2) === 0) {
        const [block] = blocks.splice(random(blocks.length), 1);
        if (block !== undefined) dma.release(block);
        continue;
      }
      const align = 2 ** random(8);
      try {
        const block = dma.alloc(1 + random(700), align);
        expect(block.address % align).toBe(0);
        const hit = blocks.find(
          (b) => b.address < block.address + block.length && block.address < b.address + b.length,
        );
        expect(hit).toBeUndefined();
        blocks.push(block);
      } catch (error) {
        expect(error).toMatchObject({ code: "out-of-memory" });
      }
    }
    expect(dma.free).toBe(all - blocks.reduce((sum, block) => sum + block.length, 0));
    for (const block of blocks) dma.release(block);
    expect(dma.free).toBe(all);
    expect(dma.alloc(0x4000).address).toBe(0x40);
  });
});
