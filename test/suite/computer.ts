import { VERSION } from "../../generated/typescript/mmio.ts";
import type { F } from "../../generated/typescript/config.ts";
import {
  DmaMemory,
  GuestMemory,
  MmioDevice,
  MmioTransport,
  PciDevice,
  PciTransport,
  type DriverOptions,
  type DriverTransport,
  type GuestOrder,
  type PciAccess,
  type VirtioDevice,
  type VirtioDriver,
} from "../../src/runtime/index.ts";

export type Bus = "mmio" | "pci";

const memoryLength = 8 << 20;
/** Where guest memory begins. */
export const ramAt = 0x4000_0000;

/** A driver and a device on one thread, each on its side of a transport; the driver is called at each interrupt. */
export interface Computer<Driver> {
  readonly memory: GuestMemory;
  readonly driver: Driver;
}

type DriverClass<Driver> = new (transport: DriverTransport, options: DriverOptions<never>) => Driver;

/** What is negotiated of the rings, and how messages are cut. */
export interface Setting extends Pick<DriverOptions, "framing" | "queueSize" | "requestTimeout" | "observer"> {
  readonly bus: Bus;
  /** The interface from before the standard, for a guest of this byte order. */
  readonly legacy?: GuestOrder;
  /** Features of the core that have to be negotiated. */
  readonly ringFeatures: readonly F[];
}

/** Plugs a device in, and makes its driver, which is not started yet. */
export function plug<Driver extends VirtioDriver>(
  device: VirtioDevice,
  Driver: DriverClass<Driver>,
  { bus, legacy, ringFeatures, ...options }: Setting,
): Computer<Driver> {
  const memory = GuestMemory.over(new ArrayBuffer(memoryLength), ramAt);
  const guest: { driver?: Driver } = {};
  const line = (raised: boolean): void => {
    if (raised) guest.driver?.interrupt();
  };
  const transport = (bus === "mmio" ? onMmio : onPci)(device, memory, line, legacy);
  const dma = new DmaMemory(memory, [{ address: ramAt, length: memoryLength }]);
  const driver = new Driver(transport, { ...options, memory: dma, required: ringFeatures as readonly never[] });
  guest.driver = driver;
  return { memory, driver };
}

type Line = (raised: boolean) => void;

function onMmio(device: VirtioDevice, memory: GuestMemory, interrupt: Line, legacy?: GuestOrder): DriverTransport {
  if (legacy === undefined) return MmioTransport.probe(new MmioDevice(device, { memory, interrupt }));
  const mmio = new MmioDevice(device, { memory, interrupt, version: VERSION.LEGACY, bigEndian: legacy === "big" });
  return MmioTransport.probe(mmio, { guestOrder: legacy });
}

function onPci(device: VirtioDevice, memory: GuestMemory, intx: Line, legacy?: GuestOrder): DriverTransport {
  const interfaces = legacy === undefined ? "modern" : "transitional";
  const pci = new PciDevice(device, { memory, intx }, { interfaces, bigEndian: legacy === "big" });
  const access: PciAccess = {
    config: {
      read: (offset, width) => pci.configRead(offset, width),
      write: (offset, width, value) => pci.configWrite(offset, width, value),
    },
    bar: (index) => {
      const place = pci.bars.find((bar) => bar.index === index);
      if (place === undefined) return undefined;
      return {
        registers: {
          read: (offset, width) => pci.barRead(index, offset, width),
          write: (offset, width, value) => pci.barWrite(index, offset, width, value),
        },
        length: place.size,
        address: place.address,
      };
    },
  };
  return PciTransport.probe(access, legacy === undefined ? {} : { legacy: true, guestOrder: legacy });
}

/** Bytes that are another pattern for each seed. */
export function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
