import { DmaMemory } from "../../../src/runtime/driver/dma-memory.ts";
import type { DriverOptions } from "../../../src/runtime/driver/driver-options.ts";
import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { MmioDevice, type MmioHost } from "../../../src/runtime/transport/device/mmio-device.ts";
import { MmioTransport } from "../../../src/runtime/transport/driver/mmio-transport.ts";
import type { RegisterAccess } from "../../../src/runtime/transport/driver/register-access.ts";
import { F, ShelfDevice, ShelfDriver, type Feature } from "./shelf.ts";

export const ramAt = 0x4000_0000;

export interface MmioRig {
  readonly memory: GuestMemory;
  readonly dma: DmaMemory;
  readonly device: ShelfDevice;
  readonly driver: ShelfDriver;
  readonly registers: RegisterAccess;
  /** Accesses of the driver to registers since the rig was made: `write 0x50 4 1`. */
  readonly log: string[];
}

export interface MmioRigOptions {
  readonly offered?: readonly Feature[];
  readonly driver?: Partial<DriverOptions<Feature>>;
  readonly queueSize?: number;
  readonly memory?: ArrayBufferLike;
  readonly host?: Pick<MmioHost, "version" | "bigEndian">;
  /** What stands between driver and device. */
  readonly between?: (registers: RegisterAccess) => RegisterAccess;
}

/** A driver and a device on one thread, with the registers of virtio-mmio in between. */
export function mmioRig(options: MmioRigOptions = {}): MmioRig {
  const buffer = options.memory ?? new ArrayBuffer(1 << 20);
  const memory = GuestMemory.over(buffer, ramAt);
  const dma = new DmaMemory(memory, [{ address: ramAt, length: memory.contains(ramAt, 1 << 20) ? 1 << 20 : 0 }]);
  const device = new ShelfDevice({
    features: options.offered ?? [F.TRIM],
    ...(options.queueSize === undefined ? {} : { queueSize: options.queueSize }),
  });
  const guest: { driver?: ShelfDriver } = {};
  const mmio = new MmioDevice(device, {
    memory,
    interrupt: (raised) => {
      if (raised) guest.driver?.interrupt();
    },
    ...options.host,
  });
  const log: string[] = [];
  const plain: RegisterAccess = {
    read: (offset, width) => mmio.read(offset, width),
    write: (offset, width, value) => {
      log.push(`write 0x${offset.toString(16)} ${width} ${value}`);
      mmio.write(offset, width, value);
    },
  };
  const registers = options.between?.(plain) ?? plain;
  const guestOrder = options.host?.bigEndian === true ? "big" : "little";
  const driver = new ShelfDriver(MmioTransport.probe(registers, { guestOrder }), { memory: dma, ...options.driver });
  guest.driver = driver;
  return { memory, dma, device, driver, registers, log };
}
