import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { INT, Register, type VERSION } from "../../../../src/runtime/described/mmio.ts";
import type { MmioDevice, MmioHost } from "../../../../src/runtime/transport/device/mmio-device.ts";
import { config, Core, F, type Feature } from "./adder-device.ts";
import { everything, fullConfig, machine, type MmioMachine, withEverything } from "./mmio-machine.ts";
import * as linux from "./linux-mmio.ts";
import { readl, writel } from "./linux-mmio.ts";

const ones = 0xffff_ffff;

const variants: { name: string; version?: VERSION; bigEndian?: boolean; features: Feature[] }[] = [
  { name: "plain", features: [] },
  { name: "split with everything", features: everything.filter((bit) => bit !== Core.RING_PACKED && bit !== F.OLD) },
  { name: "packed with everything", features: everything.filter((bit) => bit !== F.OLD) },
  { name: "legacy", version: 1, features: [F.TICKS, F.OLD, Core.INDIRECT_DESC, Core.EVENT_IDX] },
  { name: "legacy, big-endian", version: 1, bigEndian: true, features: [F.TICKS, F.OLD] },
];

describe.each(variants)("Linux' driver: $name", ({ version, bigEndian, features }) => {
  const wanted = version === 1 ? features : [...features.filter((f) => f !== Core.NOTIF_CONFIG_DATA), Core.VERSION_1];
  const begin = (host: Partial<MmioHost> = {}) =>
    machine(
      { features, config: features.includes(F.LIMIT) ? fullConfig : config },
      { ...(version === undefined ? {} : { version }), ...(bigEndian === undefined ? {} : { bigEndian }), ...host },
    );
  const running = STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.DRIVER_OK | (version === 1 ? 0 : STATUS.FEATURES_OK);

  test("a request is served on each queue, with one interrupt", () => {
    const { mmio, guest, device, line } = begin();
    expect(linux.probe(mmio, guest, wanted)).toBe(running);
    expect(device.seen).toEqual(expect.arrayContaining(["started"]));
    for (const index of [0, 2]) {
      expect(guest.add(index, 0x1234_5678, 0x8000_0000)).toBe(0x9234_5678);
      expect(linux.interrupt(mmio)).toBe(INT.USED_BUFFER);
    }
    expect(line).toEqual([true, false, true, false]);
    expect(device.causes).toEqual([]);
  });

  test.runIf(features.includes(F.TICKS))("an event is sent into a buffer that was offered", () => {
    const { mmio, guest, device, line } = begin();
    linux.probe(mmio, guest, wanted);
    expect(device.tick(5)).toBe(false);
    guest.offer(1);
    expect(device.seen).toContain("buffersAdded tickq");
    expect(device.tick(0x0102_0304)).toBe(true);
    expect(guest.answers(1)).toBe(1);
    expect(guest.sum(1)).toBe(0x0102_0304);
    expect(line).toEqual([true]);
  });

  test("the line goes by the whole status", () => {
    const { mmio, guest, device, line } = begin();
    linux.probe(mmio, guest, wanted);
    guest.add(0, 1, 2);
    device.change({ capacity: 5n });
    expect(readl(mmio, Register.InterruptStatus)).toBe(INT.USED_BUFFER | INT.CONFIG);
    writel(mmio, Register.InterruptACK, INT.USED_BUFFER);
    expect(line).toEqual([true]);
    writel(mmio, Register.InterruptACK, ones);
    expect(line).toEqual([true, false]);
    expect(readl(mmio, Register.InterruptStatus)).toBe(0);
  });

  test("reset at every point leaves nothing, and the device works again", () => {
    const { mmio, guest, device, line } = begin();
    const steps: (() => void)[] = [
      () => {},
      () => linux.addStatus(mmio, STATUS.ACKNOWLEDGE),
      () => linux.addStatus(mmio, STATUS.DRIVER),
      () => linux.negotiate(mmio, wanted),
      () => linux.setUpQueue(mmio, guest, 0, wanted),
      () => linux.setUpQueue(mmio, guest, 2, wanted),
      () => linux.addStatus(mmio, STATUS.DRIVER_OK),
      () => guest.add(0, 1, 2),
      () => device.change({ capacity: 9n }),
      () => device.breakDown(),
      () => linux.addStatus(mmio, STATUS.FAILED),
    ];
    for (let stop = 0; stop <= steps.length; stop++) {
      for (const step of steps.slice(0, stop)) step();
      expect(linux.reset(mmio), `after ${stop} steps`).toBe(0);
      expect(readl(mmio, Register.InterruptStatus)).toBe(0);
      expect(line.at(-1) ?? false).toBe(false);
      for (const index of [0, 2]) {
        writel(mmio, Register.QueueSel, index);
        expect(readl(mmio, version === 1 ? Register.QueuePFN : Register.QueueReady)).toBe(0);
      }
      expect(device.acceptedWord(0) + device.acceptedWord(1)).toBe(0);
      expect(linux.probe(mmio, guest, wanted), `after ${stop} steps`).toBe(running);
      expect(guest.add(2, stop, 7)).toBe(stop + 7);
      linux.reset(mmio);
    }
  });

  test("a driver that resets in its interrupt handler", () => {
    const { mmio, guest, device } = begin({
      interrupt: (raised) => {
        if (raised) linux.reset(mmio);
      },
    });
    for (let round = 0; round < 3; round++) {
      linux.probe(mmio, guest, wanted);
      guest.ask(0, 3, 4);
      expect(readl(mmio, Register.Status)).toBe(0);
      expect(device.needsReset).toBeUndefined();
    }
  });
});

test("DEVICE_NEEDS_RESET comes with a configuration interrupt once the driver is up, and ends with a reset", () => {
  const { mmio, guest, device, line } = machine();
  linux.negotiate(mmio, [Core.VERSION_1]);
  device.breakDown();
  expect(readl(mmio, Register.InterruptStatus)).toBe(0);
  expect(linux.probe(mmio, guest)).toBe(15);
  device.breakDown();
  expect(readl(mmio, Register.Status)).toBe(15 | STATUS.DEVICE_NEEDS_RESET);
  expect(linux.interrupt(mmio)).toBe(INT.CONFIG);
  expect(guest.add(0, 1, 2)).toBeUndefined();
  writel(mmio, Register.Status, 15);
  expect(readl(mmio, Register.Status), "the driver cannot clear a bit").toBe(15 | STATUS.DEVICE_NEEDS_RESET);
  expect(line).toEqual([true, false]);
  expect(linux.probe(mmio, guest)).toBe(15);
  expect(guest.add(0, 1, 2)).toBe(3);
});

function bytesOf(mmio: MmioDevice, count = 32): number[] {
  return Array.from({ length: count }, (_, at) => mmio.read(Register.Config + at, 1));
}

describe("configuration space", () => {
  test("every width at every alignment shows the same bytes; behind the end there are zeroes", () => {
    const { mmio } = machine(withEverything);
    const bytes = bytesOf(mmio);
    expect(bytes.slice(0, 10)).toEqual([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 3, 0]);
    expect(bytes.slice(20)).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    for (const width of [1, 2, 4]) {
      for (let at = 0; at < 30; at++) {
        const wanted = bytes.slice(at, at + width).reduceRight((sum, byte) => sum * 256 + byte, 0);
        expect(mmio.read(Register.Config + at, width), `${width} at ${at}`).toBe(wanted);
      }
    }
    for (const width of [0, 3, 5, 8]) expect(mmio.read(Register.Config, width)).toBe(0);
  });

  test("fields are there with their features: those that are offered, later those that were accepted", () => {
    const { mmio, guest } = machine(withEverything);
    expect(bytesOf(mmio).slice(20, 26)).toEqual([1, 0, 0, 0, 2, 0]);
    linux.probe(mmio, guest, [Core.VERSION_1, F.LIMIT]);
    expect(bytesOf(mmio).slice(20, 26)).toEqual([1, 0, 0, 0, 0, 0]);
    linux.probe(mmio, guest, [Core.VERSION_1]);
    expect(bytesOf(mmio).slice(20, 26)).toEqual([0, 0, 0, 0, 0, 0]);
    linux.reset(mmio);
    expect(bytesOf(mmio).slice(20, 26)).toEqual([1, 0, 0, 0, 2, 0]);
  });

  test("the generation changes with what the driver sees, and only then", () => {
    const { mmio, guest, device } = machine(withEverything);
    linux.probe(mmio, guest, [Core.VERSION_1]);
    const before = readl(mmio, Register.ConfigGeneration);
    device.change({ extra: 77 });
    expect(readl(mmio, Register.ConfigGeneration)).toBe(before);
    expect(readl(mmio, Register.InterruptStatus)).toBe(0);
    device.change({ capacity: 1n });
    expect(readl(mmio, Register.ConfigGeneration)).not.toBe(before);
    expect(readl(mmio, Register.InterruptStatus)).toBe(INT.CONFIG);
  });

  test("a legacy guest has its own byte order, whatever the width", () => {
    const { mmio } = machine({}, { version: 1, bigEndian: true });
    expect(bytesOf(mmio, 10)).toEqual([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0, 3]);
    expect(mmio.read(Register.Config, 4)).toBe(0x4433_2211);
    mmio.write(Register.Config + 8, 1, 1);
    mmio.write(Register.Config + 9, 1, 2);
    expect(bytesOf(mmio, 10).slice(8)).toEqual([1, 2]);
  });
});

function legacyMachine(bigEndian: boolean): MmioMachine {
  return machine({ features: [F.TICKS, F.OLD] }, { version: 1, bigEndian });
}

describe("legacy", () => {
  test.each([false, true])("page 0 stops a queue, big-endian %s", (bigEndian) => {
    const { mmio, guest, device } = legacyMachine(bigEndian);
    linux.probe(mmio, guest, []);
    writel(mmio, Register.QueueSel, 0);
    expect(readl(mmio, Register.QueuePFN)).toBe(0x10);
    expect(guest.add(0, 1, 2)).toBe(3);
    writel(mmio, Register.QueuePFN, 0);
    expect(readl(mmio, Register.QueuePFN)).toBe(0);
    expect(device.queueEnabled(0)).toBe(false);
    expect(guest.add(0, 1, 2)).toBeUndefined();
    linux.setUpQueue(mmio, guest, 0, []);
    expect(guest.add(0, 1, 2)).toBe(3);
  });

  test("a driver may use a queue before DRIVER_OK; that ends its negotiation", () => {
    const { mmio, guest, device } = legacyMachine(false);
    linux.negotiate(mmio, [F.OLD]);
    linux.setUpQueue(mmio, guest, 0, []);
    expect(guest.add(0, 1, 2)).toBe(3);
    expect(device.features.bits()).toEqual([F.OLD]);
    linux.addStatus(mmio, STATUS.DRIVER_OK);
    expect(device.seen.filter((what) => what === "started")).toHaveLength(1);
    expect(guest.add(0, 1, 5)).toBe(6);
  });

  test("FEATURES_OK and DEVICE_NEEDS_RESET do not exist", () => {
    const { mmio, guest, device, line } = legacyMachine(false);
    linux.probe(mmio, guest, []);
    expect(linux.addStatus(mmio, STATUS.FEATURES_OK)).toBe(7);
    device.breakDown();
    expect(readl(mmio, Register.Status)).toBe(7);
    expect(guest.add(0, 1, 2)).toBeUndefined();
    expect(line).toEqual([]);
  });

  test.each([
    { what: "no page size", pageSize: 0, pfn: 16, align: 4096 },
    { what: "no alignment", pageSize: 4096, pfn: 16, align: 0 },
    { what: "an alignment that is none", pageSize: 4096, pfn: 16, align: 3 },
    { what: "pages beyond everything", pageSize: ones, pfn: ones, align: 4096 },
    { what: "pages beyond memory", pageSize: 4096, pfn: 0xff_ffff, align: 4096 },
  ])("$what: the queue is not in use, and a reset mends it", ({ pageSize, pfn, align }) => {
    const { mmio, guest, device } = legacyMachine(false);
    linux.negotiate(mmio, []);
    writel(mmio, Register.QueueSel, 0);
    writel(mmio, Register.GuestPageSize, pageSize);
    writel(mmio, Register.QueueSize, 16);
    writel(mmio, Register.QueueAlign, align);
    writel(mmio, Register.QueuePFN, pfn);
    expect(readl(mmio, Register.QueuePFN)).toBe(0);
    expect(device.causes[0]?.kind).toBe("queue");
    linux.probe(mmio, guest, []);
    expect(guest.add(0, 1, 2)).toBe(3);
  });

  test("only the first 32 features are there", () => {
    const { mmio, device } = legacyMachine(false);
    writel(mmio, Register.DeviceFeaturesSel, 1);
    expect(readl(mmio, Register.DeviceFeatures)).toBe(0);
    writel(mmio, Register.DriverFeaturesSel, 1);
    writel(mmio, Register.DriverFeatures, 1);
    expect(device.acceptedWord(1)).toBe(0);
  });

  test("the page size is said once, before the reset", () => {
    const { mmio, guest } = legacyMachine(false);
    writel(mmio, Register.GuestPageSize, 4096);
    linux.reset(mmio);
    linux.addStatus(mmio, STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    linux.setUpQueue(mmio, guest, 0, []);
    linux.addStatus(mmio, STATUS.DRIVER_OK);
    expect(guest.add(0, 1, 2)).toBe(3);
  });
});
