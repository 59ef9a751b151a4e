import { describe, expect, test } from "vitest";

import { ID } from "../../../../src/runtime/described/ids.ts";
import { CAP, Cap, Cap64, CfgCap, NotifyCap } from "../../../../src/runtime/described/pci.ts";
import { DeviceError } from "../../../../src/runtime/device/device-error.ts";
import { type BarPlace, PciBars } from "../../../../src/runtime/transport/device/pci-bars.ts";
import type { BarSpace } from "../../../../src/runtime/transport/device/pci-config-space.ts";
import { PciDevice, type PciOptions } from "../../../../src/runtime/transport/device/pci-device.ts";
import { AdderDevice, config, Core } from "./adder-device.ts";
import { Guest } from "./guest.ts";
import { pciMachine, withEverything } from "./machines.ts";
import { capabilities, probeBar } from "./pci-bus.ts";

function header(pci: PciDevice): Record<string, number> {
  return {
    vendor: pci.configRead(0x00, 2),
    device: pci.configRead(0x02, 2),
    revision: pci.configRead(0x08, 1),
    class: pci.configRead(0x08, 4) >>> 8,
    type: pci.configRead(0x0e, 1),
    subsystemVendor: pci.configRead(0x2c, 2),
    subsystem: pci.configRead(0x2e, 2),
    line: pci.configRead(0x3c, 1),
    pin: pci.configRead(0x3d, 1),
  };
}

function functionOf(id: number, options: PciOptions = {}): PciDevice {
  const device = new AdderDevice({}, { id, name: "adder" });
  return new PciDevice(device, { memory: new Guest().memory, intx: () => {}, msi: () => {} }, options);
}

describe("the header", () => {
  test.each([
    { name: "NET", device: 0x1041, transitional: 0x1000, class: 0x02_00_00 },
    { name: "BLK", device: 0x1042, transitional: 0x1001, class: 0x01_00_00 },
    { name: "CONSOLE", device: 0x1043, transitional: 0x1003, class: 0x07_80_00 },
    { name: "ENTROPY", device: 0x1044, transitional: 0x1005, class: 0x00_ff_00 },
    { name: "BALLOON", device: 0x1045, transitional: 0x1002, class: 0x00_ff_00 },
    { name: "SCSI", device: 0x1048, transitional: 0x1004, class: 0x01_00_00 },
    { name: "P9", device: 0x1049, transitional: 0x1009, class: 0x01_80_00 },
    { name: "GPU", device: 0x1050, class: 0x03_80_00 },
    { name: "INPUT", device: 0x1052, class: 0x09_80_00 },
  ] as const)("$name", ({ name, device, class: code, ...more }) => {
    const id = ID[name];
    expect(header(functionOf(id))).toEqual({
      vendor: 0x1af4,
      device,
      revision: 1,
      class: code,
      type: 0,
      subsystemVendor: 0x1af4,
      subsystem: 0x40 + id,
      line: 0,
      pin: 1,
    });
    for (const interfaces of ["transitional", "legacy"] as const) {
      if ("transitional" in more) {
        expect(header(functionOf(id, { interfaces }))).toMatchObject({
          device: more.transitional,
          revision: 0,
          subsystem: id,
        });
      } else {
        expect(() => functionOf(id, { interfaces })).toThrow(
          new DeviceError("adder", `there is no transitional PCI device of the device id ${id}`),
        );
      }
    }
  });

  test("what is chosen", () => {
    const pci = functionOf(ID.NET, {
      classCode: 0x12_34_56,
      subsystemVendorId: 0x1111,
      subsystemId: 0x2222,
      interruptPin: 3,
      interruptLine: 11,
    });
    expect(header(pci)).toMatchObject({
      class: 0x12_34_56,
      subsystemVendor: 0x1111,
      subsystem: 0x2222,
      line: 11,
      pin: 3,
    });
  });

  test("only what the driver may write is written, in any width", () => {
    const { pci } = pciMachine(withEverything, {}, true);
    const dump = (): number[] => Array.from({ length: 64 }, (_, word) => pci.configRead(word * 4, 4));
    const before = dump();
    for (const width of [1, 2, 4]) for (let at = 0; at < 256; at += width) pci.configWrite(at, width, 0xffff_ffff);
    const changed = dump().flatMap((word, index) => {
      const difference = (word ^ (before[index] ?? 0)) >>> 0;
      return difference === 0 ? [] : [[index * 4, difference]];
    });
    const window = capabilities(pci).find(({ type }) => type === CAP.PCI_CFG)?.at ?? 0;
    const msix = capabilities(pci).find(({ id }) => id === 0x11)?.at ?? 0;
    expect(changed).toEqual(
      [
        [0x04, 0x0407],
        [0x14, 0xffff_e000],
        [0x20, 0xffff_c000],
        [0x24, 0xffff_ffff],
        [0x3c, 0xff],
        [msix, 0xc000_0000],
        [window + 4, 0xff],
        [window + 8, 0xffff_ffff],
        [window + 12, 0xffff_ffff],
        [window + 16, 0xffff_ffff],
      ].toSorted(([a], [b]) => (a ?? 0) - (b ?? 0)),
    );
  });

  test("reads of every width agree; beyond the space there is nothing", () => {
    const { pci } = pciMachine();
    for (let at = 0; at < 252; at++) {
      const bytes = [0, 1, 2, 3].map((index) => pci.configRead(at + index, 1));
      expect(pci.configRead(at, 4)).toBe(bytes.reduceRight((sum, byte) => sum * 256 + byte, 0));
    }
    for (const at of [-1, 256, 4096]) expect(pci.configRead(at, 1)).toBe(0);
    for (const width of [0, 3, 8]) expect(pci.configRead(0, width)).toBe(0);
    pci.configWrite(254, 4, 0xffff_ffff);
    pci.configWrite(0x3c, 3, 0xff);
    expect(pci.configRead(0x3c, 1)).toBe(0);
  });
});

/** As a bus finds them; the upper half of an address of 64 bits is no BAR. */
const sizes = (pci: PciDevice): number[][] => {
  const found: number[][] = [];
  for (let index = 0; index < 6; index++) {
    const { size, flags } = probeBar(pci, index);
    if (size === 0) continue;
    found.push([index, size, flags]);
    if (flags === 4) index += 1;
  }
  return found;
};

describe("BARs", () => {
  test.each<{ what: string; options: PciOptions; msi: boolean; sizes: number[][] }>([
    {
      what: "modern",
      options: {},
      msi: false,
      sizes: [[4, 0x4000, 4]],
    },
    {
      what: "modern with MSI-X",
      options: {},
      msi: true,
      sizes: [
        [1, 0x2000, 0],
        [4, 0x4000, 4],
      ],
    },
    { what: "in I/O", options: { structures: { bar: 0, space: "io" } }, msi: false, sizes: [[0, 128, 1]] },
    {
      what: "all in one memory BAR",
      options: { structures: { bar: 2, space: "memory" }, msix: { bar: 2 } },
      msi: true,
      sizes: [[2, 0x8000, 0]],
    },
    {
      what: "transitional",
      options: { interfaces: "transitional" },
      msi: true,
      sizes: [
        [0, 64, 1],
        [1, 0x2000, 0],
        [4, 0x4000, 4],
      ],
    },
    { what: "legacy", options: { interfaces: "legacy" }, msi: false, sizes: [[0, 64, 1]] },
  ])("$what", ({ options, msi, sizes: wanted }) => {
    const pci = functionOf(ID.BLK, msi ? options : { ...options, msix: { vectors: 0 } });
    expect(sizes(pci)).toEqual(wanted);
    for (const bar of pci.bars) expect(probeBar(pci, bar.index).size).toBe(bar.size);
  });

  test("the machine is told when one moves or is switched", () => {
    const moves: BarPlace[] = [];
    const { pci } = pciMachine({}, { interfaces: "transitional" }, false, { barMoved: (bar) => moves.push(bar) });
    pci.configWrite(0x10, 4, 0xc001);
    pci.configWrite(0x20, 4, 0xfeb0_0000);
    pci.configWrite(0x24, 4, 0x12);
    pci.configWrite(0x3c, 1, 5);
    pci.configWrite(0x04, 2, 1);
    pci.configWrite(0x04, 2, 3);
    const io = { index: 0, space: "io", size: 64 };
    const memory = { index: 4, space: "memory64", size: 0x4000 };
    expect(moves).toEqual([
      { ...io, address: 0xc000, enabled: false },
      { ...memory, address: 0xfeb0_0000, enabled: false },
      { ...memory, address: 0x12_feb0_0000, enabled: false },
      { ...io, address: 0xc000, enabled: true },
      { ...memory, address: 0x12_feb0_0000, enabled: true },
    ]);
    expect(pci.bars).toEqual([
      { ...io, address: 0xc000, enabled: true },
      { ...memory, address: 0x12_feb0_0000, enabled: true },
    ]);
  });

  test.each<{ what: string; options: PciOptions; message: string }>([
    {
      what: "a 64-bit BAR without a number behind it",
      options: { structures: { bar: 5, space: "memory64" } },
      message: "BAR 5 of the space memory64",
    },
    { what: "no such BAR", options: { structures: { bar: 6, space: "io" } }, message: "BAR 6 of the space io" },
    {
      what: "two spaces",
      options: { interfaces: "transitional", structures: { bar: 0, space: "memory" } },
      message: "BAR 0 in two spaces, io and memory",
    },
    {
      what: "a number that a 64-bit BAR has taken",
      options: { structures: { bar: 0, space: "memory64" } },
      message: "BAR 0 of the space memory64",
    },
    {
      what: "MSI-X in I/O",
      options: { structures: { bar: 1, space: "io" } },
      message: "an MSI-X table in I/O space",
    },
    { what: "too many vectors", options: { msix: { vectors: 2049 } }, message: "a table of 2049 MSI-X vectors" },
  ])("impossible: $what", ({ options, message }) => {
    expect(() => functionOf(ID.BLK, options)).toThrow(
      new DeviceError("adder", `a PCI function cannot have ${message}`),
    );
  });

  test("a number is taken once", () => {
    const bars = new PciBars();
    const spaces: BarSpace[] = ["memory64", "memory"];
    const [wide, narrow] = spaces.map((space, index) => () => bars.barIn(index * 3, space));
    expect(wide?.()).toBe(wide?.());
    expect(narrow?.().index).toBe(3);
    expect(() => bars.barIn(1, "io")).toThrow(new RangeError("BAR 1 of the space io"));
    expect(() => bars.barIn(2, "memory64")).toThrow(new RangeError("BAR 2 of the space memory64"));
  });
});

const viewOf = (pci: PciDevice): DataView => {
  const view = new DataView(new ArrayBuffer(256));
  for (let at = 0; at < 256; at += 4) view.setUint32(at, pci.configRead(at, 4), true);
  return view;
};

function withRegions(ids: number[]): PciDevice {
  return pciMachine({ config, sharedMemory: ids.map((id) => ({ id, address: 0, length: 0x1000 })) }).pci;
}

describe("capabilities", () => {
  const regions = [
    { id: 7, address: 0x8_0000, length: 0x1000 },
    { id: 1, address: 0x9_0000, length: 0x2_0000_0000 },
  ];

  test("each type, as the standard's structures have it", () => {
    const { pci } = pciMachine({ ...withEverything, sharedMemory: regions }, {}, true);
    const view = viewOf(pci);
    const virtio = capabilities(pci).filter(({ id }) => id === 0x09);
    expect((pci.configRead(0x06, 2) & 0x10) !== 0).toBe(true);
    expect(virtio.map(({ type }) => type)).toEqual([
      CAP.COMMON_CFG,
      CAP.ISR_CFG,
      CAP.DEVICE_CFG,
      CAP.NOTIFY_CFG,
      CAP.PCI_CFG,
      CAP.SHARED_MEMORY_CFG,
      CAP.SHARED_MEMORY_CFG,
    ]);
    for (const { at } of virtio) expect(at % 4).toBe(0);
    const [common, isr, device, notify, window, ...shared] = virtio.map(({ at }) => at);
    expect(Cap.readFrom(view, common)).toMatchObject({ cap_len: 16, bar: 4, offset: 0, length: 64 });
    expect(Cap.readFrom(view, isr)).toMatchObject({ cap_len: 16, bar: 4, length: 1 });
    expect(Cap.readFrom(view, device)).toMatchObject({ cap_len: 16, bar: 4, length: 28 });
    expect(NotifyCap.readFrom(view, notify)).toMatchObject({
      cap: { cap_len: 20, bar: 4, length: 12 },
      notify_off_multiplier: 4,
    });
    expect(CfgCap.readFrom(view, window)).toMatchObject({ cap: { cap_len: 20, bar: 0, offset: 0, length: 0 } });
    expect(shared.map((at) => Cap64.readFrom(view, at))).toMatchObject([
      { cap: { cap_len: 24, bar: 2, id: 7, offset: 0, length: 0x1000 }, offset_hi: 0, length_hi: 0 },
      { cap: { cap_len: 24, bar: 2, id: 1, offset: 0x1000, length: 0 }, offset_hi: 0, length_hi: 2 },
    ]);
    expect(pci.bars.find(({ index }) => index === 2)?.size).toBe(0x4_0000_0000);
    pci.configWrite(0x18, 4, 0xffff_ffff);
    pci.configWrite(0x1c, 4, 0xffff_ffff);
    expect([pci.configRead(0x18, 4), pci.configRead(0x1c, 4)]).toEqual([4, 0xffff_fffc]);
  });

  test("a legacy device has none of virtio's", () => {
    const pci = functionOf(ID.BLK, { interfaces: "legacy" });
    expect(capabilities(pci).map(({ id }) => id)).toEqual([0x11]);
    expect(capabilities(functionOf(ID.BLK, { interfaces: "legacy", msix: { vectors: 0 } }))).toEqual([]);
  });

  test("a device without a configuration space has no capability for one", () => {
    const device = new AdderDevice({}, { config: undefined });
    const pci = new PciDevice(device, { memory: new Guest().memory, intx: () => {} });
    expect(capabilities(pci).some(({ type }) => type === CAP.DEVICE_CFG)).toBe(false);
  });

  test("regions of shared memory are windows onto guest memory", () => {
    const { pci, guest } = pciMachine({ sharedMemory: [{ id: 7, address: 0x8_0000, length: 0x1000 }] });
    pci.barWrite(2, 0x10, 4, 0x1234_5678);
    expect(guest.view.getUint32(0x8_0010, true)).toBe(0x1234_5678);
    guest.view.setUint16(0x8_0ffe, 0xabcd, true);
    expect(pci.barRead(2, 0xffe, 2)).toBe(0xabcd);
    expect(pci.barRead(2, 0xffe, 4)).toBe(0);
    pci.barWrite(2, 0x1000, 4, 1);
    expect(guest.view.getUint32(0x8_1000, true)).toBe(0);
  });

  test("one where the guest has no memory reads as 0", () => {
    const { pci } = pciMachine({ sharedMemory: [{ id: 7, address: 2 ** 40, length: 0x1000 }] });
    pci.barWrite(2, 0x10, 4, 0x1234_5678);
    expect(pci.barRead(2, 0x10, 4)).toBe(0);
  });

  test("two of one id, and more than there is room for", () => {
    expect(() => withRegions([3, 3])).toThrow(/two regions of shared memory with one id/);
    expect(() => withRegions([1, 2, 3, 4, 5])).toThrow(/a capability of 24 bytes more: all have 192 together/);
  });

  test("what needs more than a transport has is not offered", () => {
    const { device } = pciMachine({
      features: [Core.ADMIN_VQ, Core.SR_IOV, Core.NOTIF_CONFIG_DATA],
      admin: { groups: {} },
    });
    expect(device.offered.bits()).toEqual([Core.VERSION_1, Core.NOTIF_CONFIG_DATA, Core.ADMIN_VQ]);
  });
});
