import { expect, test } from "vitest";

import { PciDevice } from "../../../../src/runtime/transport/device/pci-device.ts";
import { AdderDevice, Core } from "./adder-device.ts";
import { Guest } from "./guest.ts";
import { LinuxPciModern } from "./linux-pci.ts";

// What it takes to put a device into an emulator that has a PCI bus of its own: it keeps each function's configuration
// space as bytes, and its guest reaches devices by handlers of single ports. (As v86 does.)

interface Ports {
  read(port: number, read: (width: number) => number): void;
  write(port: number, write: (width: number, value: number) => void): void;
}

/** The adapter: all of an I/O BAR as ports, the configuration space as the bytes that it has at first. */
function plug(device: AdderDevice, guest: Guest, ports: Ports, base: number, irq: (raised: boolean) => void): number[] {
  const pci = new PciDevice(
    device,
    { memory: guest.memory, intx: irq },
    { structures: { bar: 0, space: "io" }, interruptLine: 10 },
  );
  pci.configWrite(0x10, 4, base);
  for (let offset = 0; offset < (pci.bars[0]?.size ?? 0); offset++) {
    ports.read(base + offset, (width) => pci.barRead(0, offset, width));
    ports.write(base + offset, (width, value) => pci.barWrite(0, offset, width, value));
  }
  return Array.from({ length: 256 }, (_, at) => pci.configRead(at, 1));
}

test("an adapter in a few lines", () => {
  const readers = new Map<number, (width: number) => number>();
  const writers = new Map<number, (width: number, value: number) => void>();
  const ports: Ports = {
    read: (port, read) => readers.set(port, read),
    write: (port, write) => writers.set(port, write),
  };
  const guest = new Guest();
  const levels: boolean[] = [];
  const base = 0xc000;
  const space = plug(new AdderDevice(), guest, ports, base, (raised) => levels.push(raised));
  expect(space.slice(0x10, 0x14)).toEqual([0x01, 0xc0, 0, 0]);
  expect(space[0x3c]).toBe(10);
  const driver = new LinuxPciModern(guest, {
    configRead: (offset, width) => space.slice(offset, offset + width).reduceRight((sum, byte) => sum * 256 + byte, 0),
    configWrite: (offset, width, value) => {
      for (let index = 0; index < width; index++) space[offset + index] = (value >>> (8 * index)) & 0xff;
    },
    barRead: (_bar, offset, width) => readers.get(base + offset)?.(width) ?? 0,
    barWrite: (_bar, offset, width, value) => writers.get(base + offset)?.(width, value),
  });
  expect(driver.probe([Core.VERSION_1])).toBe(15);
  expect(guest.add(0, 20, 22)).toBe(42);
  expect(levels).toEqual([true]);
  expect(driver.takeInterrupt()).toBe(1);
  expect(levels).toEqual([true, false]);
});
