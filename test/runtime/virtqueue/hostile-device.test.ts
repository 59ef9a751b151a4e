import { describe, expect, it } from "vitest";

import type { QueueFault } from "../../../src/runtime/virtqueue/queue-fault.ts";
import type { QueueFeatures } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { packedUsed, RawRing, WRITE } from "./raw-ring.ts";
import { createRig, type Rig } from "./rig.ts";

const size = 8;

function target(features: QueueFeatures): { rig: Rig<number>; ring: RawRing } {
  const rig = createRig({ size, features });
  return { rig, ring: new RawRing(rig.bytes, rig.layout, features.packed === true) };
}

type Case = readonly [name: string, fault: QueueFault, hostile: (ring: RawRing) => void, before?: [number, number][]];

/** What is handed out before the fault is found: nothing, unless said. */
function rows(
  cases: readonly Case[],
): { name: string; fault: QueueFault; hostile: Case[2]; before: [number, number][] }[] {
  return cases.map(([name, fault, hostile, before = []]) => ({ name, fault, hostile, before }));
}

/** Three buffers of two descriptors each: 16 bytes to read, 32 to write. */
function addThree(rig: Rig<number>): void {
  for (let token = 10; token < 13; token++) {
    const list = new ScatterList().readable(rig.dataAt, 16).writable(rig.dataAt + 64, 32);
    expect(rig.driver.add(list, token)).toBe(true);
  }
  rig.driver.kick();
}

/** What was handed out, by `reap` or by `get`. */
function collect(rig: Rig<number>, byGet: boolean): [number, number][] {
  const got: [number, number][] = [];
  if (byGet)
    for (let used = rig.driver.get(); used !== undefined; used = rig.driver.get()) got.push([used.token, used.written]);
  else rig.driver.reap((token, written) => got.push([token, written]));
  return got;
}

function expectBroken(rig: Rig<number>, byGet: boolean, fault: QueueFault, before: [number, number][] = []): void {
  expect(collect(rig, byGet)).toEqual(before);
  expect(rig.driver.broken).toBe(fault);
  expect(rig.seen.driver).toEqual([fault]);
  expect(collect(rig, byGet)).toEqual([]);
  expect(rig.driver.add(new ScatterList().readable(rig.dataAt, 1), 1)).toBe(false);
  expect(rig.driver.kick()).toBe(false);
  expect(rig.driver.enableNotifications()).toBe(false);

  const unused: number[] = [];
  rig.driver.reset((token) => unused.push(token));
  expect(unused.toSorted((a, b) => a - b)).toEqual(
    [10, 11, 12].filter((token) => !before.some(([one]) => one === token)),
  );
  rig.driver.enable(rig.layout, rig.tables);
  rig.device.enable(rig.layout);
  addThree(rig);
  expect(rig.device.process((chain) => chain.writableLength)).toBe(3);
  expect(collect(rig, byGet)).toEqual([
    [10, 32],
    [11, 32],
    [12, 32],
  ]);
  expect(rig.driver.broken).toBeUndefined();
}

describe.each([false, true])("by get: %s", (byGet) => {
  describe("a driver of a split queue finds", () => {
    const cases: readonly Case[] = [
      ["a used index further than what is in flight", "used-index-jump", (ring) => ring.used([], 4)],
      ["a used index that goes back", "used-index-jump", (ring) => ring.used([], 0xffff)],
      ["an id that is no descriptor", "used-id-not-outstanding", (ring) => ring.used([[size, 0]])],
      [
        "an id of 32 bits whose lower ones are good",
        "used-id-not-outstanding",
        (ring) => ring.used([[0x8000_0000, 0]]),
      ],
      ["the largest id", "used-id-not-outstanding", (ring) => ring.used([[0xffff_ffff, 0]])],
      ["an id in the middle of a chain", "used-id-not-outstanding", (ring) => ring.used([[1, 0]])],
      ["an id that is free", "used-id-not-outstanding", (ring) => ring.used([[6, 0]])],
      [
        "an id twice",
        "used-id-not-outstanding",
        (ring) =>
          ring.used([
            [2, 5],
            [2, 5],
          ]),
        [[11, 5]],
      ],
    ];
    it.each(rows(cases))("$name: $fault", ({ fault, hostile, before }) => {
      const { rig, ring } = target({});
      addThree(rig);
      hostile(ring);
      expectBroken(rig, byGet, fault, before);
    });

    it("with IN_ORDER a run that ends before the id is reached", () => {
      const { rig, ring } = target({ inOrder: true });
      addThree(rig);
      ring.used([[4, 0]], 2);
      expectBroken(rig, byGet, "used-id-not-outstanding", [[10, 32]]);
    });

    it("with IN_ORDER one entry for all three", () => {
      const { rig, ring } = target({ inOrder: true });
      addThree(rig);
      ring.used([[4, 7]], 3);
      expect(collect(rig, byGet)).toEqual([
        [10, 32],
        [11, 32],
        [12, 7],
      ]);
      expect(rig.driver.free).toBe(size);
    });

    it.each([{}, { legacy: true }, { inOrder: true }])("more bytes written than there is room: %o", (features) => {
      const { rig, ring } = target(features);
      addThree(rig);
      ring.used([
        [0, 0xffff_ffff],
        [2, 33],
      ]);
      expect(collect(rig, byGet)).toEqual([
        [10, 32],
        [11, 32],
      ]);
      expect(rig.driver.broken).toBeUndefined();
    });
  });

  describe("a driver of a packed queue finds", () => {
    const features = { packed: true };
    const used = packedUsed(1);
    const cases: readonly Case[] = [
      ["an id that is no descriptor", "used-id-not-outstanding", (ring) => ring.desc(0, { id: size, flags: used })],
      ["the largest id", "used-id-not-outstanding", (ring) => ring.desc(0, { id: 0xffff, flags: used })],
      ["an id that is free", "used-id-not-outstanding", (ring) => ring.desc(0, { id: 7, flags: used })],
      [
        "an id twice",
        "used-id-not-outstanding",
        (ring) => {
          ring.desc(0, { id: 1, flags: used | WRITE, len: 5 });
          ring.desc(2, { id: 1, flags: used | WRITE, len: 5 });
        },
        [[11, 5]],
      ],
    ];
    it.each(rows(cases))("$name: $fault", ({ fault, hostile, before }) => {
      const { rig, ring } = target(features);
      addThree(rig);
      hostile(ring);
      expectBroken(rig, byGet, fault, before);
    });

    it("something used where nothing was made available", () => {
      const { rig, ring } = target(features);
      ring.desc(0, { id: 0, flags: used });
      expect(collect(rig, byGet)).toEqual([]);
      expect(rig.driver.broken).toBe("used-id-not-outstanding");
    });

    it.each([features, { ...features, inOrder: true }])("more bytes written than there is room: %o", (given) => {
      const { rig, ring } = target(given);
      addThree(rig);
      ring.desc(0, { id: 0, flags: used | WRITE, len: 33 });
      expect(collect(rig, byGet)).toEqual([[10, 32]]);
      expect(rig.driver.broken).toBeUndefined();
    });

    it("a length where WRITE is not set", () => {
      const { rig, ring } = target(features);
      addThree(rig);
      ring.desc(0, { id: 0, flags: used, len: 0xffff_ffff });
      ring.desc(2, { id: 1, flags: used, len: 5 });
      expect(collect(rig, byGet)).toEqual([
        [10, 32],
        [11, 5],
      ]);
    });

    it("with IN_ORDER one descriptor for all three", () => {
      const { rig, ring } = target({ ...features, inOrder: true });
      addThree(rig);
      ring.desc(0, { id: 2, flags: used | WRITE, len: 7 });
      expect(collect(rig, byGet)).toEqual([
        [10, 32],
        [11, 32],
        [12, 7],
      ]);
      expect(rig.driver.free).toBe(size);
    });
  });
});
