import { describe, expect, it } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { longestPiece, type MemorySource } from "../../../src/runtime/memory/region.ts";
import { createWasmMemory } from "./wasm-memory.ts";

function ram(
  address: number,
  byteLength: number,
  more: Partial<MemorySource> = {},
): MemorySource & { bytes: Uint8Array } {
  const bytes = new Uint8Array(byteLength);
  return { address, byteLength, buffer: () => bytes.buffer, bytes, ...more };
}

describe("guest memory", () => {
  it("is several regions with holes, and a range may lie in several that touch", () => {
    const low = ram(0, 0x1000);
    const next = ram(0x1000, 0x1000);
    const far = ram(0x10_0000_0000, 0x1000);
    const memory = new GuestMemory([far, next, low]);
    expect(memory.write(0xffe, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect([...low.bytes.subarray(0xffe)]).toEqual([1, 2]);
    expect([...next.bytes.subarray(0, 2)]).toEqual([3, 4]);
    const back = new Uint8Array(4);
    expect(memory.read(0xffe, back)).toBe(true);
    expect([...back]).toEqual([1, 2, 3, 4]);
    expect(memory.write(0x10_0000_0ffc, Uint8Array.of(5, 6, 7, 8))).toBe(true);
    expect([...far.bytes.subarray(0xffc)]).toEqual([5, 6, 7, 8]);
    expect(memory.contains(0, 0x2000)).toBe(true);
    expect(memory.contains(0, 0x2001)).toBe(false);
    expect(memory.contains(0x10_0000_0000, 0x1001)).toBe(false);
    expect(memory.contains(0x2000, 1)).toBe(false);
    expect(memory.contains(2 ** 53, 1)).toBe(false);
    expect(memory.contains(-1, 1)).toBe(false);
    expect(memory.contains(0x2000, 0)).toBe(true);
  });

  it("writes all of a range or nothing", () => {
    const low = ram(0, 0x1000);
    const rom = ram(0x1000, 0x1000, { readOnly: true });
    const memory = new GuestMemory([low, rom]);
    expect(memory.write(0xffe, Uint8Array.of(1, 2, 3, 4))).toBe(false);
    expect(low.bytes.some((byte) => byte !== 0)).toBe(false);
    expect(memory.read(0xffe, new Uint8Array(4))).toBe(true);
  });

  it("tells a source of what was written to it", () => {
    const written: number[][] = [];
    const memory = new GuestMemory([
      ram(0x1000, 0x1000, { written: (from, to) => written.push([from, to]) }),
      ram(0x2000, 0x1000),
    ]);
    expect(memory.watched).toBe(true);
    memory.write(0x1ffe, new Uint8Array(4));
    expect(written).toEqual([[0x1ffe, 0x2000]]);
  });

  it("has regions that come and go", () => {
    const first = ram(0, 0x1000);
    const second = ram(0x1000, 0x1000);
    const memory = new GuestMemory([first]);
    const before = memory.generation;
    memory.add(second);
    expect(memory.generation).not.toBe(before);
    const region = memory.regionAt(0x1000, 0);
    expect(region?.length).toBe(0x1000);
    memory.remove(second);
    memory.remove(second);
    expect(region?.length).toBe(0);
    expect(region?.bytes.length).toBe(0);
    expect(region?.view.byteLength).toBe(0);
    expect(memory.regionAt(0x1000, 0)).toBeUndefined();
    memory.add(second);
    expect(memory.regionAt(0x1000, 0)).toBeDefined();
  });

  it("refuses what is no memory", () => {
    const memory = new GuestMemory([ram(0x1000, 0x1000)]);
    expect(() => memory.add(ram(0x1ffc, 0x1000))).toThrow("overlap");
    expect(() => memory.add(ram(2, 0x1000))).toThrow("address is 2");
    expect(() => memory.add(ram(0x4000, 6))).toThrow("byteLength is 6");
    expect(() => memory.add(ram(0x4000, 8, { byteOffset: 1 }))).toThrow("byteOffset is 1");
    expect(() => memory.add(ram(Number.MAX_SAFE_INTEGER - 7, 0x1000))).toThrow("beyond 2^53");
    expect(() => memory.add(ram(-4, 8))).toThrow("address is -4");
  });

  it("is a part of a WebAssembly memory that grows and takes its views along", () => {
    const wasm = createWasmMemory({ initial: 1 });
    const memory = new GuestMemory([
      {
        address: 0,
        byteOffset: 0x1000,
        get byteLength() {
          return wasm.buffer.byteLength - 0x1000;
        },
        buffer: () => wasm.buffer,
      },
    ]);
    const region = memory.regionAt(0, 0);
    memory.write(0x10, Uint8Array.of(7));
    expect(memory.contains(0xf000, 1)).toBe(false);
    wasm.grow(1);
    expect(region?.bytes[0x10]).toBe(7);
    expect(region?.view.getUint8(0x10)).toBe(7);
    expect(memory.contains(0xf000, 0x1_0000)).toBe(true);
    expect(memory.contains(0xf000, 0x1_0001)).toBe(false);
    expect(new Uint8Array(wasm.buffer)[0x1010]).toBe(7);
  });

  it("may be larger than an offset, and is then several pieces", () => {
    // Nobody looks into it, so it need not be there.
    const memory = new GuestMemory([
      { address: 0xc000_0000, byteLength: 0x8000_0000, buffer: () => new ArrayBuffer(0) },
    ]);
    const lengths = [];
    for (let address = 0xc000_0000; address < 0x1_4000_0000;) {
      const region = memory.regionAt(address | 0, Math.floor(address / 2 ** 32));
      if (region === undefined) throw new Error(`no memory at ${address}`);
      expect(region.length).toBeLessThanOrEqual(longestPiece);
      expect(Math.floor(region.start / 2 ** 32)).toBe(Math.floor((region.start + region.length - 1) / 2 ** 32));
      lengths.push(region.length);
      address += region.length;
    }
    expect(lengths).toEqual([longestPiece, 4, longestPiece, 4]);
  });

  it("is gone where its buffer is too short", () => {
    const memory = new GuestMemory([{ address: 0, byteLength: 64, buffer: () => new ArrayBuffer(32) }]);
    expect(memory.regionAt(0, 0)?.bytes.length).toBe(0);
    expect(memory.read(0, new Uint8Array(4))).toBe(false);
    expect(memory.write(0, new Uint8Array(4))).toBe(false);
  });
});
