import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { Register } from "../../../../src/runtime/described/mmio.ts";
import { FeatureSet } from "../../../../src/runtime/features.ts";
import type { MmioDevice } from "../../../../src/runtime/transport/device/mmio-device.ts";
import { config, Core, F, type Feature } from "./adder-device.ts";
import { machine, type MmioMachine } from "./mmio-machine.ts";
import * as linux from "./linux-mmio.ts";
import { readl, writel } from "./linux-mmio.ts";

const ones = 0xffff_ffff;

describe("negotiation", () => {
  const features: Feature[] = [F.LIMIT, F.EXTRA, Core.RING_RESET];
  const options = { features, config: { ...config, limit: 1, extra: 2 } };

  test.each([
    { why: "VERSION_1 is missing", accepted: [F.LIMIT] },
    { why: "a bit was not offered", accepted: [Core.VERSION_1, F.TICKS] },
    { why: "an upper bit was not offered", accepted: [Core.VERSION_1, 127] },
    { why: "a legacy bit was accepted", accepted: [Core.VERSION_1, F.OLD] },
    { why: "a dependency is missing", accepted: [Core.VERSION_1, F.EXTRA] },
  ])("refused: $why", ({ accepted }) => {
    const { mmio, guest } = machine(options);
    linux.negotiate(mmio, []);
    expect(readl(mmio, Register.Status)).toBe(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    const set = new FeatureSet(accepted);
    for (const index of [0, 1, 2, 3]) {
      writel(mmio, Register.DriverFeaturesSel, index);
      writel(mmio, Register.DriverFeatures, set.word(index));
    }
    expect(linux.addStatus(mmio, STATUS.FEATURES_OK)).toBe(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    // The driver may try again with less.
    linux.reset(mmio);
    expect(linux.probe(mmio, guest)).toBe(15);
  });

  test("a device of one's own may refuse", () => {
    const { mmio, device } = machine(options);
    device.stubborn = true;
    expect(linux.negotiate(mmio, [Core.VERSION_1])).toBe(3);
    expect(device.seen).toContain("acceptFeatures");
  });

  test("nothing is accepted after FEATURES_OK", () => {
    const { mmio, device } = machine(options);
    expect(linux.negotiate(mmio, [Core.VERSION_1])).toBe(11);
    linux.accept(mmio, new FeatureSet(features));
    expect(device.acceptedWord(0)).toBe(0);
    expect(device.features.has(F.LIMIT)).toBe(false);
  });
});

function negotiated(accepted: Feature[] = []): MmioMachine {
  const m = machine({ features: accepted, queueSize: 200 });
  linux.negotiate(m.mmio, [...accepted, Core.VERSION_1]);
  return m;
}

describe("queues", () => {
  test("one that does not exist has no registers", () => {
    const { mmio, guest, device } = negotiated();
    for (const index of [1, 3, 0x1_0000, ones]) {
      writel(mmio, Register.QueueSel, index);
      expect(readl(mmio, Register.QueueSizeMax)).toBe(0);
      writel(mmio, Register.QueueSize, 16);
      linux.writeAddresses(
        mmio,
        guest.queue(1, 16, {}, () => {}),
      );
      writel(mmio, Register.QueueReady, 1);
      expect(readl(mmio, Register.QueueReady)).toBe(0);
      writel(mmio, Register.QueueNotify, index);
    }
    expect(device.needsReset).toBeUndefined();
  });

  test("a split queue is at most a power of two, a packed one what the device has", () => {
    expect(readl(negotiated().mmio, Register.QueueSizeMax)).toBe(128);
    expect(readl(negotiated([Core.RING_PACKED]).mmio, Register.QueueSizeMax)).toBe(200);
  });

  const bad: { what: string; change: (mmio: MmioDevice) => void; fault: string }[] = [
    { what: "no power of two", change: (mmio) => writel(mmio, Register.QueueSize, 12), fault: "queue-size" },
    { what: "no entries", change: (mmio) => writel(mmio, Register.QueueSize, 0), fault: "queue-size" },
    { what: "more than the device has", change: (mmio) => writel(mmio, Register.QueueSize, 256), fault: "queue-size" },
    { what: "2^32 - 1 entries", change: (mmio) => writel(mmio, Register.QueueSize, ones), fault: "queue-size" },
    { what: "misaligned", change: (mmio) => writel(mmio, Register.QueueDescLow, 0x10008), fault: "ring-misaligned" },
    {
      what: "beyond memory",
      change: (mmio) => writel(mmio, Register.QueueDeviceLow, 0xf000_0000),
      fault: "ring-outside-memory",
    },
    {
      what: "beyond 2^53",
      change: (mmio) => writel(mmio, Register.QueueDriverHigh, 0xffff_ffff),
      fault: "ring-outside-memory",
    },
    {
      what: "beyond 2^32, where the lower half alone would do",
      change: (mmio) => writel(mmio, Register.QueueDescHigh, 1),
      fault: "ring-outside-memory",
    },
  ];
  test.each(bad)("$what: the device needs a reset, and works after it", ({ change, fault }) => {
    const { mmio, guest, device } = negotiated();
    writel(mmio, Register.QueueSel, 0);
    writel(mmio, Register.QueueSize, 16);
    linux.writeAddresses(
      mmio,
      guest.queue(0, 16, {}, () => {}),
    );
    change(mmio);
    writel(mmio, Register.QueueReady, 1);
    expect(readl(mmio, Register.QueueReady)).toBe(0);
    expect(readl(mmio, Register.Status)).toBe(11 | STATUS.DEVICE_NEEDS_RESET);
    expect(device.causes).toEqual([{ kind: "queue", queue: 0, fault }]);
    expect(linux.setUpQueue(mmio, guest, 2, [])).toBe(16);
    expect(device.queueEnabled(2)).toBe(false);
    expect(linux.probe(mmio, guest)).toBe(15);
    expect(guest.add(0, 1, 2)).toBe(3);
  });

  test("the last size counts, and without one the queue has all entries", () => {
    const { mmio, guest } = negotiated();
    writel(mmio, Register.QueueSel, 0);
    writel(mmio, Register.QueueSize, 12);
    expect(linux.setUpQueue(mmio, guest, 0, [])).toBe(16);
    writel(mmio, Register.QueueSel, 2);
    linux.writeAddresses(
      mmio,
      guest.queue(2, 128, {}, (value) => writel(mmio, Register.QueueNotify, value)),
    );
    writel(mmio, Register.QueueReady, 1);
    linux.addStatus(mmio, STATUS.DRIVER_OK);
    expect(guest.add(0, 1, 2)).toBe(3);
    for (let round = 0; round < 200; round++) expect(guest.add(2, round, 2)).toBe(round + 2);
  });

  test("before FEATURES_OK none can be set up", () => {
    const { mmio, guest, device } = machine();
    linux.addStatus(mmio, STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    linux.setUpQueue(mmio, guest, 0, []);
    expect(readl(mmio, Register.QueueReady)).toBe(0);
    expect(readl(mmio, Register.Status)).toBe(3 | STATUS.DEVICE_NEEDS_RESET);
    expect(device.causes).toEqual([{ kind: "status", reason: "queue 0 is set up before FEATURES_OK" }]);
  });

  test("0 in QueueReady stops a queue, and it can be started again", () => {
    const { mmio, guest, device } = negotiated();
    for (const index of [0, 2]) linux.setUpQueue(mmio, guest, index, []);
    linux.addStatus(mmio, STATUS.DRIVER_OK);
    writel(mmio, Register.QueueSel, 0);
    writel(mmio, Register.QueueSize, 8);
    writel(mmio, Register.QueueDescLow, 0x666);
    writel(mmio, Register.QueueReady, 7);
    expect(guest.add(0, 1, 2), "what is in use is not changed").toBe(3);
    writel(mmio, Register.QueueReady, 0);
    expect(readl(mmio, Register.QueueReady)).toBe(0);
    expect(device.seen.at(-1)).toBe("wasReset addq 0");
    expect(guest.add(0, 1, 2)).toBeUndefined();
    expect(guest.add(2, 1, 2)).toBe(3);
    linux.setUpQueue(mmio, guest, 0, []);
    expect(guest.add(0, 5, 2)).toBe(7);
  });

  test("queue reset: only where it was negotiated, and the queue begins anew", () => {
    const without = negotiated();
    linux.setUpQueue(without.mmio, without.guest, 0, []);
    writel(without.mmio, Register.QueueReset, 1);
    expect(readl(without.mmio, Register.QueueReady)).toBe(1);

    const { mmio, guest, device } = negotiated([Core.RING_RESET, Core.RING_PACKED]);
    const wanted = [Core.VERSION_1, Core.RING_RESET, Core.RING_PACKED];
    for (const index of [0, 2]) linux.setUpQueue(mmio, guest, index, wanted);
    linux.addStatus(mmio, STATUS.DRIVER_OK);
    device.slow = true;
    guest.ask(0, 1, 2);
    guest.ask(2, 1, 2);
    writel(mmio, Register.QueueSel, 0);
    writel(mmio, Register.QueueReset, 0);
    expect(readl(mmio, Register.QueueReady)).toBe(1);
    writel(mmio, Register.QueueReset, 1);
    expect(readl(mmio, Register.QueueReset)).toBe(0);
    expect(readl(mmio, Register.QueueReady)).toBe(0);
    expect(device.seen.at(-1)).toBe("wasReset addq 0");
    device.slow = false;
    expect(linux.setUpQueue(mmio, guest, 0, wanted, 200)).toBe(200);
    expect(guest.add(0, 3, 4)).toBe(7);
  });

  test("what was asked before a queue reset is not answered after it", async () => {
    const { mmio, guest, device } = negotiated([Core.RING_RESET]);
    for (const index of [0, 2]) linux.setUpQueue(mmio, guest, index, []);
    linux.addStatus(mmio, STATUS.DRIVER_OK);
    device.slow = true;
    guest.ask(0, 1, 2);
    guest.ask(2, 1, 2);
    writel(mmio, Register.QueueSel, 0);
    writel(mmio, Register.QueueReset, 1);
    await device.answerAll();
    expect(guest.answers(0)).toBe(0);
    expect(guest.sum(0)).toBe(0xdead_beef);
    expect(guest.answers(2)).toBe(1);
  });
});
