import { MmioDevice, type MmioHost } from "../../../../src/runtime/transport/device/mmio-device.ts";
import type { DeviceOptions } from "../../../../src/runtime/device/virtio-device.ts";
import { AdderDevice, type Config, config, Core, F, type Feature } from "./adder-device.ts";
import { Guest } from "./guest.ts";

/** Everything that queues and transports have to do with. */
export const everything: Feature[] = [
  F.LIMIT,
  F.EXTRA,
  F.TICKS,
  F.OLD,
  Core.INDIRECT_DESC,
  Core.EVENT_IDX,
  Core.RING_PACKED,
  Core.IN_ORDER,
  Core.NOTIFICATION_DATA,
  Core.NOTIF_CONFIG_DATA,
  Core.RING_RESET,
  Core.SUSPEND,
];
export const fullConfig: Config = { ...config, limit: 1, extra: 2 };

export const withEverything: DeviceOptions<Feature, Config> = {
  features: everything,
  config: fullConfig,
};

/** A guest with an adder, and what happens to its interrupt line. */
export interface MmioMachine {
  readonly guest: Guest;
  readonly device: AdderDevice;
  readonly mmio: MmioDevice;
  readonly line: boolean[];
}

export function machine(options: DeviceOptions<Feature, Config> = {}, host: Partial<MmioHost> = {}): MmioMachine {
  const guest = new Guest(host.bigEndian);
  const device = new AdderDevice(options);
  const line: boolean[] = [];
  const mmio = new MmioDevice(device, { memory: guest.memory, interrupt: (raised) => line.push(raised), ...host });
  return { guest, device, mmio, line };
}
