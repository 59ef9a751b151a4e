import { expect, test } from "vitest";
import { BufferStore } from "../../../src/devices/store/buffer-store.ts";
import { ArrayBytes, BytesGone } from "../../../src/devices/store/sector-store.ts";
import { patterned } from "../patterned.ts";

test("what is written is read again, in the memory that was given", () => {
  const memory = new ArrayBuffer(8 * 512);
  const store = new BufferStore(memory);
  expect(store.size).toBe(4096);
  const data = patterned(1024, 3);
  store.write(512, new ArrayBytes(data));
  expect(new Uint8Array(memory, 512, 1024)).toEqual(data);
  const target = new Uint8Array(1536);
  store.read(512, new ArrayBytes(target));
  expect(target.subarray(0, 1024)).toEqual(data);
  expect(target.subarray(1024)).toEqual(new Uint8Array(512));
});

test.each(["discard", "zero", "erase"] as const)("%s leaves zeroes in the range and nothing else changes", (method) => {
  const store = new BufferStore(patterned(4 * 512, 1));
  store[method](512, 1024);
  expect(store.bytes.subarray(0, 512)).toEqual(patterned(512, 1));
  expect(store.bytes.subarray(512, 1536)).toEqual(new Uint8Array(1024));
  expect(store.bytes.subarray(1536)).toEqual(patterned(4 * 512, 1).subarray(1536));
});

test("a size that is no number of sectors is an error", () => {
  expect(() => new BufferStore(1000)).toThrow("whole sectors of 512 bytes, not 1000 bytes");
});

test("a request whose bytes have gone is an error", () => {
  const store = new BufferStore(1024);
  expect(() => store.read(0, { length: 512, write: () => 100 })).toThrow(BytesGone);
  expect(() => store.write(0, { length: 512, read: () => 0 })).toThrow("only 0 of 512 bytes");
});
