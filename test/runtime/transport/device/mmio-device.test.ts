import { expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { INT, Register } from "../../../../src/runtime/described/mmio.ts";
import { DeviceError } from "../../../../src/runtime/device/device-error.ts";
import { MmioDevice } from "../../../../src/runtime/transport/device/mmio-device.ts";
import { Core } from "./adder-device.ts";
import { mmioMachine } from "./machines.ts";

test("0 in QueueReady stops a queue, and it can be started again; other values are neither", () => {
  const { driver, guest, device } = mmioMachine();
  driver.probe();
  driver.selectQueue(0);
  driver.writel(Register.QueueReady, 7);
  expect(driver.queueInUse()).toBe(true);
  driver.writel(Register.QueueReady, 0);
  expect(driver.queueInUse()).toBe(false);
  expect(device.seen.at(-1)).toBe("wasReset addq 0");
  expect(guest.add(0, 1, 2)).toBeUndefined();
  expect(guest.add(2, 1, 2)).toBe(3);
  driver.writel(Register.QueueReady, 7);
  expect(driver.queueInUse()).toBe(false);
  driver.setUpQueue(0, []);
  expect(guest.add(0, 5, 2)).toBe(7);
});

test("events are acknowledged one by one, and the line is down when none is left", () => {
  const { driver, guest, device, line } = mmioMachine();
  driver.probe();
  guest.add(0, 1, 2);
  device.change({ capacity: 5n });
  expect(driver.readl(Register.InterruptStatus)).toBe(INT.USED_BUFFER | INT.CONFIG);
  driver.writel(Register.InterruptACK, INT.USED_BUFFER);
  expect(driver.readl(Register.InterruptStatus)).toBe(INT.CONFIG);
  expect(line).toEqual([true]);
  driver.writel(Register.InterruptACK, 0xffff_ffff);
  expect(line).toEqual([true, false]);
  expect(driver.readl(Register.InterruptStatus)).toBe(0);
});

test("a status whose lowest byte alone is 0 is no reset", () => {
  const { driver } = mmioMachine();
  driver.probe();
  driver.writeStatus(0x100);
  expect(driver.readStatus()).toBe(15);
});

test("a device is on one transport", () => {
  const { device, guest } = mmioMachine();
  const again = (): MmioDevice => new MmioDevice(device, { memory: guest.memory, interrupt: () => {} });
  expect(again).toThrow(new DeviceError("adder", "it is on a transport already"));
});

test.each([false, true])("legacy: page 0 stops a queue, big-endian %s", (bigEndian) => {
  const { driver, guest, device } = mmioMachine({}, { version: 1, bigEndian });
  driver.probe([]);
  driver.selectQueue(0);
  expect(driver.readl(Register.QueuePFN)).toBe(0x10);
  expect(guest.add(0, 1, 2)).toBe(3);
  driver.writel(Register.QueuePFN, 0);
  expect(driver.readl(Register.QueuePFN)).toBe(0);
  expect(device.queueEnabled(0)).toBe(false);
  expect(guest.add(0, 1, 2)).toBeUndefined();
  driver.setUpQueue(0, []);
  expect(guest.add(0, 1, 2)).toBe(3);
});

test.each([
  { what: "no page size", pageSize: 0, pfn: 16, align: 4096 },
  { what: "no alignment", pageSize: 4096, pfn: 16, align: 0 },
  { what: "an alignment that is none", pageSize: 4096, pfn: 16, align: 3 },
  { what: "pages beyond everything", pageSize: 0xffff_ffff, pfn: 0xffff_ffff, align: 4096 },
  { what: "pages beyond memory", pageSize: 4096, pfn: 0xff_ffff, align: 4096 },
])("legacy, $what: the queue is not in use, and a reset mends it", ({ pageSize, pfn, align }) => {
  const { driver, guest, device } = mmioMachine({}, { version: 1 });
  driver.negotiate([]);
  driver.selectQueue(0);
  driver.writel(Register.GuestPageSize, pageSize);
  driver.writel(Register.QueueSize, 16);
  driver.writel(Register.QueueAlign, align);
  driver.writel(Register.QueuePFN, pfn);
  expect(driver.readl(Register.QueuePFN)).toBe(0);
  expect(device.causes[0]?.kind).toBe("queue");
  driver.probe([]);
  expect(guest.add(0, 1, 2)).toBe(3);
});

test("legacy: only the first 32 features are there", () => {
  const { driver, device } = mmioMachine({ features: [Core.RING_PACKED] }, { version: 1 });
  expect(driver.readFeatures(1)).toBe(0);
  driver.writeFeatures(1, 0xffff_ffff);
  expect(device.acceptedWord(1)).toBe(0);
});

test("legacy: the page size is said once, before the reset", () => {
  const { driver, guest } = mmioMachine({}, { version: 1 });
  driver.writel(Register.GuestPageSize, 4096);
  driver.reset();
  driver.addStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
  driver.setUpQueue(0, []);
  driver.addStatus(STATUS.DRIVER_OK);
  expect(guest.add(0, 1, 2)).toBe(3);
});
