import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { INT, Register, registers, VERSION } from "../../../../src/runtime/described/mmio.ts";
import { Core, F } from "./adder-device.ts";
import { type MmioMachine, mmioMachine as machine, withEverything } from "./machines.ts";

const ones = 0xffff_ffff;

type Name = keyof typeof Register;

const modernOnly = new Set<Name>([
  "QueueReady",
  "QueueDescLow",
  "QueueDescHigh",
  "QueueDriverLow",
  "QueueDriverHigh",
  "QueueDeviceLow",
  "QueueDeviceHigh",
  "SHMSel",
  "SHMLenLow",
  "SHMLenHigh",
  "SHMBaseLow",
  "SHMBaseHigh",
  "QueueReset",
  "ConfigGeneration",
]);

/** With an interrupt to acknowledge, and a region of shared memory. */
function busyMachine(): MmioMachine {
  const m = machine({ ...withEverything, sharedMemory: [{ id: 7, address: 0x5000, length: 0x1000 }] });
  m.mmio.configChanged();
  return m;
}

describe("each register", () => {
  /** What a read gives before the driver has done anything; write-only registers read as 0. */
  const resetValues: Partial<Record<Name, number>> = {
    MagicValue: 0x7472_6976,
    DeviceID: 42,
    VendorID: 0x1234,
    DeviceFeatures: 0b111 | (1 << 28) | (1 << 29),
    QueueSizeMax: 256,
    SHMLenLow: ones,
    SHMLenHigh: ones,
    SHMBaseLow: ones,
    SHMBaseHigh: ones,
    Config: 0x88,
  };

  for (const version of [VERSION.MODERN, VERSION.LEGACY]) {
    const names = Object.keys(Register) as Name[];
    test.each(names)(`version ${version}, %s: reset value, width and direction`, (name) => {
      const { mmio } = machine(withEverything, { version, vendorId: 0x1234 });
      const { access, size, legacy } = registers[name];
      const there = version === VERSION.MODERN ? legacy !== true : !modernOnly.has(name);
      const wanted =
        name === "Version" ? version : name === "DeviceFeatures" && version === 1 ? 0x3000_0027 : resetValues[name];
      expect(mmio.read(Register[name], size)).toBe(there && access !== "write" ? (wanted ?? 0) : 0);
      if (name === "Config") return;
      for (const width of [0, 1, 2, 3, 8]) expect(mmio.read(Register[name], width), `width ${width}`).toBe(0);
      for (const off of [1, 2, 3]) expect(mmio.read(Register[name] + off, 4), `offset ${off}`).toBe(0);
    });
  }

  test("registers of the other version are not there", () => {
    for (const version of [VERSION.MODERN, VERSION.LEGACY]) {
      const { driver, device } = machine({ features: [Core.RING_RESET] }, { version });
      driver.negotiate([Core.VERSION_1, Core.RING_RESET]);
      const layout = driver.makeQueue(0, 16, []);
      driver.writel(Register.QueueSize, 16);
      if (version === VERSION.MODERN) {
        driver.writel(Register.GuestPageSize, 4096);
        driver.writel(Register.QueuePFN, layout.desc / 4096);
      } else {
        driver.writeAddresses(layout);
        driver.writel(Register.QueueReady, 1);
      }
      expect(device.queueEnabled(0)).toBe(false);
      expect(driver.readl(Register.QueueReady)).toBe(0);
      expect(driver.readl(Register.QueuePFN)).toBe(0);
    }
  });

  /** For what a driver may only write: an access, and what one sees of it. */
  const effects: Partial<Record<Name, { write: number; seen: (m: MmioMachine) => unknown }>> = {
    DeviceFeaturesSel: { write: 1, seen: ({ driver }) => driver.readl(Register.DeviceFeatures) },
    DriverFeaturesSel: {
      write: 1,
      seen: ({ driver, device }) => {
        driver.writel(Register.DriverFeatures, 0x55);
        return [device.acceptedWord(0), device.acceptedWord(1)];
      },
    },
    DriverFeatures: { write: 0x55, seen: ({ device }) => device.acceptedWord(0) },
    QueueSel: { write: 9, seen: ({ driver }) => driver.readl(Register.QueueSizeMax) },
    InterruptACK: { write: INT.CONFIG, seen: ({ driver }) => driver.readl(Register.InterruptStatus) },
    Status: { write: STATUS.FAILED, seen: ({ driver }) => driver.readl(Register.Status) },
    SHMSel: { write: 7, seen: ({ driver }) => driver.readl(Register.SHMLenLow) },
  };

  test.each(Object.entries(effects))("%s is written in its width only", (name, { write, seen }) => {
    const before = seen(busyMachine());
    for (const width of [1, 2, 8]) {
      const other = busyMachine();
      other.mmio.write(Register[name as Name], width, write);
      expect(seen(other), `width ${width}`).toEqual(before);
    }
    const right = busyMachine();
    right.driver.writel(Register[name as Name], write);
    expect(seen(right)).not.toEqual(before);
  });

  test("what is only read is not written, and unknown offsets are nothing", () => {
    const { driver } = machine(withEverything);
    const readable = (Object.keys(registers) as Name[]).filter((name) => registers[name].access === "read");
    const before = readable.map((name) => driver.readl(Register[name]));
    for (const name of readable) driver.writel(Register[name], ones);
    for (let offset = 0; offset < Register.Config; offset += 4) {
      if (!(Object.values(Register) as number[]).includes(offset)) {
        driver.writel(offset, ones);
        expect(driver.readl(offset)).toBe(0);
      }
    }
    expect(readable.map((name) => driver.readl(Register[name]))).toEqual(before);
    for (const offset of [-4, 0x4000, 2 ** 40, Number.NaN]) expect(driver.readl(offset)).toBe(0);
  });

  test("feature words beyond the feature space are 0, and those between are as offered", () => {
    const { driver } = machine({
      features: [F.BOTH, F.OLD, Core.NOTIF_CONFIG_DATA, Core.ADMIN_VQ, Core.SR_IOV],
      admin: { groups: {} },
    });
    const words = [0, 1, 2, 3, 4, 5, ones].map((index) => {
      driver.writel(Register.DeviceFeaturesSel, index);
      return driver.readl(Register.DeviceFeatures);
    });
    // Bit 5 is of the legacy interface; memory-mapped devices have no means for those of NOTIF_CONFIG_DATA and others.
    expect(words).toEqual([0, 1, 1 << (F.BOTH - 64), 0, 0, 0, 0]);
  });

  test("shared memory: the halves of length and address", () => {
    const region = { id: 3, address: 0x12_3456_7000, length: 0x2_0000_1000 };
    const { driver } = machine({ sharedMemory: [{ id: 0, address: 0x1000, length: 0x1000 }, region] });
    const all = (): number[] =>
      [Register.SHMLenLow, Register.SHMLenHigh, Register.SHMBaseLow, Register.SHMBaseHigh].map((at) =>
        driver.readl(at),
      );
    expect(all()).toEqual([0x1000, 0, 0x1000, 0]);
    driver.writel(Register.SHMSel, 3);
    expect(all()).toEqual([0x1000, 2, 0x3456_7000, 0x12]);
    driver.writel(Register.SHMSel, 4);
    expect(all()).toEqual([ones, ones, ones, ones]);
  });
});
