import { describe, expect, it } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { legacyLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { INDIRECT, NEXT, RawRing, WRITE } from "./raw-ring.ts";

describe("the legacy interface's layout", () => {
  // From 0.9.5's formula, by hand: 256 entries on PCI take 2 + 1 pages.
  it.each([
    [256, 4096, { desc: 0x10000, driver: 0x11000, device: 0x12000, end: 0x13000 }],
    [8, 4096, { desc: 0x10000, driver: 0x10080, device: 0x11000, end: 0x12000 }],
    [128, 64, { desc: 0x10000, driver: 0x10800, device: 0x10940, end: 0x10d80 }],
  ])("%i entries, aligned to %i", (size, align, expected) => {
    expect(legacyLayout(size, 0x10000, align)).toEqual({ size, ...expected });
  });
});

describe.each([false, true])("a legacy queue, big endian: %s", (bigEndian) => {
  const size = 16;
  const layout = legacyLayout(size, 0x1000, 4096);
  const features = { legacy: true, bigEndian, eventIdx: true, indirectDesc: true };

  function rig() {
    const bytes = new Uint8Array(0x20000);
    const memory = GuestMemory.over(bytes.buffer);
    let interrupts = 0;
    let notified = 0;
    const driver = createDriverQueue<number>({ memory, features, notify: () => (notified += 1) });
    const device = createDeviceQueue({ memory, features, interrupt: () => (interrupts += 1) });
    driver.enable(layout, { address: 0x8000, entries: 4 });
    device.enable(layout);
    const counts = () => ({ notified, interrupts });
    return { bytes, driver, device, counts, ring: new RawRing(bytes, layout, false, !bigEndian) };
  }

  it("has all its fields in the guest's byte order", () => {
    const { driver, device, ring, counts } = rig();
    driver.add(new ScatterList().readable(0x9000, 0x1234), 1);
    driver.add(new ScatterList().readable(0x9000, 16).writable(0xa000, 0x5678), 2);
    driver.kick();
    const { view } = ring;
    const little = !bigEndian;
    expect(view.getBigUint64(layout.desc, little)).toBe(0x9000n);
    expect(view.getUint32(layout.desc + 8, little)).toBe(0x1234);
    expect(view.getUint16(layout.desc + 12, little)).toBe(0);
    expect(view.getBigUint64(layout.desc + 16, little)).toBe(0x8000n + 64n);
    expect(view.getUint32(layout.desc + 24, little)).toBe(32);
    expect(view.getUint16(layout.desc + 28, little)).toBe(INDIRECT);
    expect(view.getBigUint64(0x8040, little)).toBe(0x9000n);
    expect(view.getUint16(0x804c, little)).toBe(NEXT);
    expect(view.getUint16(0x804e, little)).toBe(1);
    expect(view.getUint16(0x805c, little)).toBe(WRITE);
    expect(view.getUint16(layout.driver + 2, little)).toBe(2);
    expect(view.getUint16(layout.driver + 6, little)).toBe(1);
    expect(device.process((chain) => chain.writableLength)).toBe(2);
    expect(ring.usedIdx()).toBe(2);
    expect(ring.usedEntry(1)).toEqual({ id: 1, len: 0x5678 });
    const got: number[][] = [];
    expect(driver.reap((token, written) => got.push([token, written]))).toBe(2);
    expect(got).toEqual([
      [1, 0],
      [2, 0x5678],
    ]);
    expect(driver.enableNotifications()).toBe(false);
    expect(view.getUint16(layout.driver + 4 + 2 * size, little)).toBe(2);
    expect(device.enableNotifications()).toBe(false);
    expect(view.getUint16(layout.device + 4 + 8 * size, little)).toBe(2);
    expect(counts()).toEqual({ notified: 1, interrupts: 1 });
  });

  it("is served as a guest's driver writes it", () => {
    const { bytes, device, ring } = rig();
    ring.desc(0, { addr: 0x9000, len: 4, flags: NEXT, next: 5 });
    ring.desc(5, { addr: 0xa000, len: 300, flags: WRITE });
    ring.avail([0]);
    bytes.set([1, 2, 3, 4], 0x9000);
    const seen = new Uint8Array(4);
    expect(
      device.process((chain) => {
        expect([chain.readableLength, chain.writableLength]).toEqual([4, 300]);
        chain.read(0, seen);
        return chain.write(0, Uint8Array.of(9, 8));
      }),
    ).toBe(1);
    expect([...seen]).toEqual([1, 2, 3, 4]);
    expect([...bytes.subarray(0xa000, 0xa003)]).toEqual([9, 8, 0]);
    expect(ring.usedEntry(0)).toEqual({ id: 0, len: 2 });
  });

  it("goes on beyond the indices' end", () => {
    const { driver, device } = rig();
    const list = new ScatterList().readable(0x9000, 4).writable(0xa000, 4);
    for (let round = 0; round < 70_000; round += 10) {
      for (let count = 0; count < 10; count++) driver.add(list, round + count);
      driver.kick();
      device.process(() => 4);
      let next = round;
      expect(driver.reap((token) => (next += token === next ? 1 : 100))).toBe(10);
      expect(next).toBe(round + 10);
    }
  });
});
