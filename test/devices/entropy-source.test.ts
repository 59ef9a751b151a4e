import { expect, test } from "vitest";
import { EntropySource } from "../../src/devices/entropy-source.ts";
import { Guest } from "./guest.ts";
import { patterned } from "./patterned.ts";

test("fills every buffer with other bytes", async () => {
  const guest = new Guest(new EntropySource());
  const one = await guest.post(0, [], [100, 156]);
  const other = await guest.post(0, [], [256]);
  expect([one.written, other.written]).toEqual([256, 256]);
  expect(one.data).not.toEqual(other.data);
  // Of 256 random bytes some 162 are different; fewer than 100 come once in 10^25 times.
  expect(new Set(one.data).size).toBeGreaterThan(100);
});

test("gives exactly what the source gives", async () => {
  const guest = new Guest(new EntropySource({ fill: (bytes) => bytes.set(patterned(bytes.length, 4)) }));
  expect((await guest.post(0, [], [3, 1000])).data).toEqual(patterned(1003, 4));
});

test("a buffer longer than one call's worth is used with its beginning", async () => {
  const guest = new Guest(new EntropySource());
  const { written, data } = await guest.post(0, [], [65_536, 1000]);
  expect(written).toBe(65_536);
  expect(data.subarray(65_536).every((byte) => byte === 0xee)).toBe(true);
});

test("a source that fails, and a buffer that is for reading, end in a reset", () => {
  const device = new EntropySource({
    fill: () => {
      throw new Error("no randomness");
    },
  });
  const guest = new Guest(device);
  void guest.post(0, [], [16]);
  expect(device.needsReset).toMatchObject({ kind: "handler", operation: "random" });
  guest.reset();
  guest.start();
  void guest.post(0, [new Uint8Array(4)], []);
  expect(device.needsReset?.kind).toBe("request");
});
