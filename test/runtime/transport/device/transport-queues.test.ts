import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { Core, type Feature } from "./adder-device.ts";
import type { LinuxDriver } from "./linux-driver.ts";
import { type Kind, kinds, type Machine } from "./machines.ts";

function negotiated(kind: Kind, accepted: Feature[] = []): Machine {
  const machine = kind.create({ features: accepted, queueSize: 200 });
  machine.driver.negotiate([...accepted, Core.VERSION_1]);
  return machine;
}

/** What a driver can do wrong, and what that is called. */
const bad: { what: string; change: (driver: LinuxDriver) => void; fault: string }[] = [
  { what: "no power of two", change: (driver) => driver.writeQueueSize(12), fault: "queue-size" },
  { what: "no entries", change: (driver) => driver.writeQueueSize(0), fault: "queue-size" },
  { what: "more than the device has", change: (driver) => driver.writeQueueSize(256), fault: "queue-size" },
  { what: "65535 entries", change: (driver) => driver.writeQueueSize(0xffff), fault: "queue-size" },
  { what: "misaligned", change: (driver) => driver.writeHalf("desc", false, 0x10008), fault: "ring-misaligned" },
  {
    what: "beyond memory",
    change: (driver) => driver.writeHalf("device", false, 0xf000_0000),
    fault: "ring-outside-memory",
  },
  {
    what: "beyond 2^53",
    change: (driver) => driver.writeHalf("driver", true, 0xffff_ffff),
    fault: "ring-outside-memory",
  },
  {
    what: "beyond 2^32, where the lower half alone would do",
    change: (driver) => driver.writeHalf("desc", true, 1),
    fault: "ring-outside-memory",
  },
];

describe.each(kinds.filter(({ legacy }) => !legacy))("$name: queues", (kind) => {
  test("one that does not exist has no registers", () => {
    const { driver, device } = negotiated(kind);
    for (const index of [1, 3, 0xffff]) {
      driver.selectQueue(index);
      expect(driver.queueSizeMax()).toBe(0);
      driver.writeQueueSize(16);
      expect(driver.queueSizeMax()).toBe(0);
      const layout = driver.makeQueue(1, 16, []);
      driver.writeAddresses(layout);
      try {
        driver.enableQueue(layout);
      } catch (error) {
        expect(error).toEqual(new Error("the vector is not mapped"));
      }
      expect(driver.queueInUse()).toBe(false);
      driver.notify(index, index);
    }
    expect(device.needsReset).toBeUndefined();
  });

  test("a split queue is at most a power of two, a packed one what the device has", () => {
    for (const [features, size] of [[[], 128] as const, [[Core.RING_PACKED], 200] as const]) {
      const { driver } = negotiated(kind, [...features]);
      driver.selectQueue(0);
      expect(driver.queueSizeMax()).toBe(size);
    }
  });

  test.each(bad)("$what: the device needs a reset, and works after it", ({ change, fault }) => {
    const { driver, guest, device } = negotiated(kind);
    driver.selectQueue(0);
    driver.writeQueueSize(16);
    const layout = driver.makeQueue(0, 16, []);
    driver.writeAddresses(layout);
    change(driver);
    driver.enableQueue(layout);
    expect(driver.queueInUse()).toBe(false);
    expect(driver.readStatus()).toBe(11 | STATUS.DEVICE_NEEDS_RESET);
    expect(device.causes).toEqual([{ kind: "queue", queue: 0, fault }]);
    expect(driver.setUpQueue(2, [])).toBe(16);
    expect(device.queueEnabled(2)).toBe(false);
    expect(driver.probe()).toBe(15);
    expect(guest.add(0, 1, 2)).toBe(3);
  });

  test("the last size counts, and without one the queue has all entries", () => {
    const { driver, guest } = negotiated(kind);
    driver.selectQueue(0);
    driver.writeQueueSize(12);
    expect(driver.setUpQueue(0, [])).toBe(16);
    driver.selectQueue(2);
    const layout = driver.makeQueue(2, 128, []);
    driver.writeAddresses(layout);
    driver.enableQueue(layout);
    driver.addStatus(STATUS.DRIVER_OK);
    expect(guest.add(0, 1, 2)).toBe(3);
    for (let round = 0; round < 200; round++) expect(guest.add(2, round, 2)).toBe(round + 2);
  });

  test("before FEATURES_OK none can be set up", () => {
    const { driver, device } = kind.create();
    driver.find();
    driver.addStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    driver.setUpQueue(0, []);
    expect(driver.queueInUse()).toBe(false);
    expect(driver.readStatus()).toBe(3 | STATUS.DEVICE_NEEDS_RESET);
    expect(device.causes).toEqual([{ kind: "status", reason: "queue 0 is set up before FEATURES_OK" }]);
  });

  test("what is in use is not changed", () => {
    const { driver, guest, device } = negotiated(kind);
    driver.setUpQueue(0, []);
    driver.addStatus(STATUS.DRIVER_OK);
    driver.selectQueue(0);
    driver.writeQueueSize(8);
    driver.writeHalf("desc", false, 0x666);
    driver.enableQueue(driver.makeQueue(2, 8, []));
    for (let round = 0; round < 40; round++) expect(guest.add(0, round, 2)).toBe(round + 2);
    expect(device.causes).toEqual([]);
  });

  test("queue reset: only where it was negotiated, and the queue begins anew", () => {
    const without = negotiated(kind);
    without.driver.setUpQueue(0, []);
    without.driver.resetQueue();
    expect(without.driver.queueInUse()).toBe(true);

    const wanted = [Core.VERSION_1, Core.RING_RESET, Core.RING_PACKED];
    const { driver, guest, device } = negotiated(kind, [Core.RING_RESET, Core.RING_PACKED]);
    for (const index of [0, 2]) driver.setUpQueue(index, wanted);
    driver.addStatus(STATUS.DRIVER_OK);
    device.slow = true;
    guest.ask(0, 1, 2);
    guest.ask(2, 1, 2);
    driver.selectQueue(0);
    driver.resetQueue();
    expect(driver.queueInUse()).toBe(false);
    expect(driver.queueSizeMax()).toBe(200);
    expect(device.seen.at(-1)).toBe("wasReset addq 0");
    device.slow = false;
    expect(driver.setUpQueue(0, wanted, 200)).toBe(200);
    for (let round = 0; round < 300; round++) expect(guest.add(0, round, 4)).toBe(round + 4);
  });

  test("what was asked before a queue reset is not answered after it", async () => {
    const { driver, guest, device } = negotiated(kind, [Core.RING_RESET]);
    for (const index of [0, 2]) driver.setUpQueue(index, []);
    driver.addStatus(STATUS.DRIVER_OK);
    device.slow = true;
    guest.ask(0, 1, 2);
    guest.ask(2, 1, 2);
    driver.selectQueue(0);
    driver.resetQueue();
    await device.answerAll();
    expect(guest.answers(0)).toBe(0);
    expect(guest.sum(0)).toBe(0xdead_beef);
    expect(guest.answers(2)).toBe(1);
  });
});
