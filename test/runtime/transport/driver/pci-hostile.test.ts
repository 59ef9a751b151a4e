import { describe, expect, it } from "vitest";
import {
  CAP,
  Cap64,
  CapRegister,
  CommonRegister,
  LegacyHeaderRegister,
} from "../../../../src/runtime/described/pci.ts";
import type { PciAccess } from "../../../../src/runtime/transport/driver/pci-access.ts";
import { PciTransport, type PciProbeOptions } from "../../../../src/runtime/transport/driver/pci-transport.ts";
import { DmaMemory } from "../../../../src/runtime/driver/dma-memory.ts";
import { GuestMemory } from "../../../../src/runtime/memory/guest-memory.ts";
import { rejectionOf } from "../../driver/rejection.ts";
import { ShelfDriver } from "../../driver/shelf.ts";
import { enableMsix } from "../../../../src/runtime/transport/driver/msix-setup.ts";
import type { DriverTransport } from "../../../../src/runtime/transport/driver/driver-transport.ts";
import type { RegisterAccess } from "../../../../src/runtime/transport/driver/register-access.ts";

const barBytes = 0x1000;
const space = { vendor: 0, device: 2, status: 6, subsystem: 0x2e, capabilities: 0x34 } as const;

function registersOver(view: DataView, log?: string[]): RegisterAccess {
  return {
    read: (offset, width) =>
      width === 1 ? view.getUint8(offset) : width === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true),
    write: (offset, width, value) => {
      log?.push(`${offset}:${width}=${value}`);
      if (width === 1) view.setUint8(offset, value);
      else if (width === 2) view.setUint16(offset, value, true);
      else view.setUint32(offset, value, true);
    },
  };
}

interface Made {
  type: number;
  bar?: number;
  offset?: number;
  length?: number;
  capLength?: number;
  id?: number;
  high?: number;
  multiplier?: number;
}

/** A PCI function of plain memory: a configuration space, and BAR 0. Reads outside of either throw. */
class FakeFunction {
  readonly config: DataView = new DataView(new ArrayBuffer(256));
  readonly memory: DataView = new DataView(new ArrayBuffer(barBytes));
  readonly written: string[] = [];
  /** Reads of the configuration space. */
  reads = 0;
  private next = 0x40;
  private link: number = space.capabilities;

  constructor(pciId = 0x1040 + 42) {
    this.config.setUint16(space.vendor, 0x1af4, true);
    this.config.setUint16(space.device, pciId, true);
    this.config.setUint16(space.status, 0x10, true);
  }

  /** @returns where it is */
  add({ type, bar = 0, offset = 0, length = 64, capLength, id = 0, high = 0, multiplier = 4 }: Made): number {
    const at = this.next;
    const { config } = this;
    config.setUint8(this.link, at);
    this.link = at + 1;
    config.setUint8(at, 0x09);
    config.setUint8(at + CapRegister.cap_len, capLength ?? 24);
    config.setUint8(at + CapRegister.cfg_type, type);
    config.setUint8(at + CapRegister.bar, bar);
    config.setUint8(at + CapRegister.id, id);
    config.setUint32(at + CapRegister.offset, offset, true);
    config.setUint32(at + CapRegister.length, length, true);
    if (type === CAP.NOTIFY_CFG) config.setUint32(at + CapRegister.notify_off_multiplier, multiplier, true);
    else config.setUint32(at + Cap64.offset_hi.byteOffset, high, true);
    this.next += 24;
    return at;
  }

  /** All that a device has to have. */
  addAll(): this {
    this.add({ type: CAP.COMMON_CFG });
    this.add({ type: CAP.NOTIFY_CFG, offset: 0x100, length: 0x10 });
    this.add({ type: CAP.ISR_CFG, offset: 0x200, length: 1 });
    this.add({ type: CAP.DEVICE_CFG, offset: 0x300, length: 14 });
    return this;
  }

  get access(): PciAccess {
    const config = registersOver(this.config);
    return {
      config: {
        read: (offset, width) => {
          this.reads += 1;
          return config.read(offset, width);
        },
        write: (offset, width, value) => config.write(offset, width, value),
      },
      bar: (index) =>
        index === 0
          ? { registers: registersOver(this.memory, this.written), length: barBytes, address: 0x8000_0000 }
          : undefined,
    };
  }

  probe(options?: PciProbeOptions): DriverTransport {
    return PciTransport.probe(this.access, options);
  }
}

function code(expected: string): unknown {
  return expect.objectContaining({ name: "DriverError", code: expected });
}

describe("a PCI function", () => {
  it.each([
    ["of another vendor", space.vendor, 0x8086],
    ["of another type", space.device, 0x1080],
    ["of the time before virtio", space.device, 0x0fff],
  ])("%s is no device", (_what, at, value) => {
    const made = new FakeFunction().addAll();
    made.config.setUint16(at, value, true);
    expect(() => made.probe()).toThrow(code("no-device"));
  });

  it("says its device type by its id, and a transitional one by its subsystem's", () => {
    expect(new FakeFunction().addAll().probe().deviceId).toBe(42);
    const made = new FakeFunction(0x1001).addAll();
    made.config.setUint16(space.subsystem, 2, true);
    expect(made.probe().deviceId).toBe(2);
    expect(made.probe().legacy).toBeUndefined();
  });

  it("without capabilities is a legacy one, where there are such", () => {
    expect(() => new FakeFunction().probe()).toThrow(code("wrong-structure"));
    expect(() => new FakeFunction().addAll().probe({ legacy: true })).toThrow(code("wrong-version"));
    expect(new FakeFunction(0x1001).probe().legacy).toEqual({ align: 4096, fixedSize: true });
  });

  it("whose status has no capabilities has none", () => {
    const made = new FakeFunction().addAll();
    made.config.setUint16(space.status, 0, true);
    expect(() => made.probe()).toThrow(code("wrong-structure"));
  });
});

describe("a list of capabilities", () => {
  it.each<[string, (made: FakeFunction, last: number) => void]>([
    ["points at itself", (made, last) => made.config.setUint8(last + 1, last)],
    ["points back", (made, last) => made.config.setUint8(last + 1, 0x40)],
    ["points into the header", (made, last) => made.config.setUint8(last + 1, 0x10)],
    ["points at the end", (made, last) => made.config.setUint8(last + 1, 0xff)],
  ])("that %s ends there", (_what, break_) => {
    const made = new FakeFunction().addAll();
    break_(made, made.add({ type: CAP.SHARED_MEMORY_CFG, id: 1, length: 16 }));
    const transport = made.probe();
    expect(transport.sharedMemory(1)).toEqual({ id: 1, address: 0x8000_0000, length: 16 });
    expect(made.reads).toBeLessThan(300);
  });

  it("that begins nowhere is none", () => {
    const made = new FakeFunction().addAll();
    made.config.setUint8(space.capabilities, 4);
    expect(() => made.probe()).toThrow(code("wrong-structure"));
  });

  it.each<[string, Partial<Made>]>([
    ["leads behind its BAR", { offset: barBytes - 32 }],
    ["is longer than all BARs", { length: 0xffff_ffff }],
    ["is in a reserved BAR", { bar: 6 }],
    ["is in a BAR that is not there", { bar: 1 }],
    ["is too short itself", { capLength: 15 }],
    ["leads to too little", { length: 55 }],
    ["leads to nothing", { length: 0 }],
  ])("has a common configuration that %s: the next one counts", (_what, wrong) => {
    const alone = new FakeFunction();
    alone.add({ type: CAP.COMMON_CFG, ...wrong });
    alone.add({ type: CAP.NOTIFY_CFG });
    alone.add({ type: CAP.ISR_CFG });
    expect(() => alone.probe()).toThrow(code("wrong-structure"));
    const made = new FakeFunction();
    made.add({ type: CAP.COMMON_CFG, ...wrong });
    made.add({ type: CAP.COMMON_CFG, offset: 0x400 });
    made.add({ type: CAP.COMMON_CFG, offset: 0x500 });
    made.add({ type: CAP.NOTIFY_CFG });
    made.add({ type: CAP.ISR_CFG });
    made.memory.setUint8(0x400 + CommonRegister.device_status, 5);
    expect(made.probe().readStatus()).toBe(5);
  });

  it("may have types that nobody knows, and vendors' own", () => {
    const made = new FakeFunction();
    made.add({ type: 77 });
    made.add({ type: CAP.VENDOR_CFG });
    made.add({ type: CAP.PCI_CFG });
    made.addAll();
    expect(made.probe().deviceId).toBe(42);
  });

  it("has shared memory within its BAR only", () => {
    const made = new FakeFunction().addAll();
    made.add({ type: CAP.SHARED_MEMORY_CFG, id: 1, high: 1 });
    made.add({ type: CAP.SHARED_MEMORY_CFG, id: 2, offset: barBytes - 64 });
    expect(made.probe().sharedMemory(1)).toBeUndefined();
    expect(made.probe().sharedMemory(2)?.address).toBe(0x8000_0000 + barBytes - 64);
  });
});

describe("the structures of a PCI device", () => {
  const layout = { size: 4, desc: 0x1_0000_1000, driver: 0x2000, device: 0x3000 };

  it("take a queue's addresses by halves, and start it last", () => {
    const made = new FakeFunction().addAll();
    made.probe().enableQueue(1, layout);
    expect(made.written).toEqual([
      "22:2=1",
      "24:2=4",
      "32:4=4096",
      "36:4=1",
      "40:4=8192",
      "44:4=0",
      "48:4=12288",
      "52:4=0",
      "28:2=1",
    ]);
  });

  it("have a place for notifications, or the queue cannot be used", () => {
    const made = new FakeFunction().addAll();
    made.memory.setUint16(CommonRegister.queue_notify_off, 3, true);
    const transport = made.probe();
    transport.enableQueue(0, layout);
    made.written.length = 0;
    transport.notify(0, 0);
    expect(made.written).toEqual([`${0x100 + 12}:2=0`]);
    made.memory.setUint16(CommonRegister.queue_notify_off, 4, true);
    expect(() => transport.enableQueue(0, layout)).toThrow(code("wrong-structure"));
    made.memory.setUint16(CommonRegister.queue_notify_off, 0xffff, true);
    expect(() => transport.enableQueue(0, layout)).toThrow(code("wrong-structure"));
  });

  it("that are too short for a register lack it", () => {
    const made = new FakeFunction();
    made.add({ type: CAP.COMMON_CFG, length: 56 });
    made.add({ type: CAP.NOTIFY_CFG });
    made.add({ type: CAP.ISR_CFG });
    const transport = made.probe();
    made.memory.setUint16(CommonRegister.queue_reset, 1, true);
    transport.resetQueue(0);
    expect(transport.isQueueReset(0)).toBe(true);
    expect(transport.config.read8(0)).toBe(0);
  });

  it("end where the configuration space does", () => {
    const made = new FakeFunction().addAll();
    for (let at = 0; at < 32; at++) made.memory.setUint8(0x300 + at, 0xaa);
    const { config } = made.probe();
    expect([config.read16(12), config.read16(13), config.read32(10), config.read32(11), config.read8(14)]).toEqual([
      0xaaaa, 0, 0xaaaa_aaaa, 0, 0,
    ]);
    config.write32(12, 0);
    expect(made.written).toEqual([]);
  });

  it("may have no room for a vector", () => {
    const made = new FakeFunction().addAll();
    const read = made.memory.getUint16.bind(made.memory);
    made.memory.getUint16 = (at, little) => (at === CommonRegister.queue_msix_vector ? 0xffff : read(at, little));
    const transport = made.probe({ vectors: { config: 0, queue: () => 1 } });
    expect(() => transport.enableQueue(0, layout)).toThrow(
      expect.objectContaining({
        code: "queue-unusable",
        message: "vector 1 for queue 0: the device has no room for it",
      }),
    );
  });
});

describe("MSI-X", () => {
  function withMsix(count: number, place: number): FakeFunction {
    const made = new FakeFunction().addAll();
    const at = made.add({ type: 0 });
    made.config.setUint8(at, 0x11);
    made.config.setUint16(at + 2, count - 1, true);
    made.config.setUint32(at + 4, place, true);
    return made;
  }

  it.each<[string, FakeFunction]>([
    ["is not there", new FakeFunction().addAll()],
    ["has too few vectors", withMsix(1, 0)],
    ["has its table behind its BAR", withMsix(2, barBytes - 16)],
    ["has its table in no BAR", withMsix(2, 7)],
  ])("that %s is not switched on", (_what, made) => {
    const messages = [0, 1].map((data) => ({ address: 0xfee0_0000, data }));
    expect(() => enableMsix(made.access, messages)).toThrow(code("wrong-structure"));
    expect(made.written).toEqual([]);
  });
});

describe("a legacy header", () => {
  it("has to be there", () => {
    const made = new FakeFunction(0x1001);
    const { config } = made.access;
    expect(() => PciTransport.probe({ config, bar: () => undefined })).toThrow(code("wrong-structure"));
    const short = { registers: registersOver(made.memory), length: LegacyHeaderRegister.config - 1, address: 0 };
    expect(() => PciTransport.probe({ config, bar: () => short })).toThrow(code("wrong-structure"));
  });

  it("has queues as long as it says, or none that can be used", async () => {
    const made = new FakeFunction(0x1001);
    made.config.setUint16(space.subsystem, 42, true);
    made.memory.setUint16(LegacyHeaderRegister.queue_size, 6, true);
    const memory = GuestMemory.over(new ArrayBuffer(0x10000));
    const dma = new DmaMemory(memory, [{ address: 0x1000, length: 0xf000 }]);
    const driver = new ShelfDriver(made.probe(), { memory: dma });
    expect(await rejectionOf(driver.start())).toMatchObject({
      code: "queue-unusable",
      message: "queue requestq[0] has 6 entries: no power of 2 up to 32768",
    });
    made.memory.setUint16(LegacyHeaderRegister.queue_size, 512, true);
    await driver.start();
    expect(dma.free).toBe(0xf000 - 0x5000);
  });

  it("takes only a queue that begins a page below 2^44", () => {
    const transport = new FakeFunction(0x1001).probe();
    const at =
      (desc: number): (() => void) =>
      () =>
        transport.enableQueue(0, { size: 4, desc, driver: 0, device: 0 });
    expect(at(0x1800)).toThrow(code("queue-unusable"));
    expect(at(2 ** 44)).toThrow(code("queue-unusable"));
    expect(at(2 ** 44 - 4096)).not.toThrow();
    expect(() => transport.queueMaxSize(0)).toThrow(/in use after a reset/);
  });
});
