import type { DeviceOptions } from "../../../../src/runtime/device/device-options.ts";
import { MmioDevice, type MmioHost } from "../../../../src/runtime/transport/device/mmio-device.ts";
import { PciDevice, type PciHost, type PciOptions } from "../../../../src/runtime/transport/device/pci-device.ts";
import { AdderDevice, type Config, config, Core, F, type Feature, transitionalAdder } from "./adder-device.ts";
import { Guest } from "./guest.ts";
import type { LinuxDriver } from "./linux-driver.ts";
import { LinuxMmio } from "./linux-mmio.ts";
import { LinuxPciLegacy, LinuxPciModern } from "./linux-pci.ts";
import { throughWindow } from "./pci-bus.ts";

export type Options = DeviceOptions<Feature, Config>;

export const fullConfig: Config = { ...config, limit: 1, extra: 2 };

/** Everything that queues and transports have to do with. */
export const everything: readonly Feature[] = [
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

export const withEverything: Options = { features: everything, config: fullConfig };

/** A guest with an adder on some transport, the driver for it, and what happened to the interrupt line. */
export interface Machine<Driver extends LinuxDriver = LinuxDriver> {
  readonly guest: Guest;
  readonly device: AdderDevice;
  readonly driver: Driver;
  readonly line: boolean[];
}

export interface MmioMachine extends Machine<LinuxMmio> {
  readonly mmio: MmioDevice;
}

export interface PciMachine<Driver extends LinuxDriver = LinuxDriver> extends Machine<Driver> {
  readonly pci: PciDevice;
  /** The data of the messages that were sent, and not taken by the driver. */
  readonly messages: number[];
}

export function mmioMachine(options: Options = {}, host: Partial<MmioHost> = {}): MmioMachine {
  const guest = new Guest(host.bigEndian);
  const device = new AdderDevice(options);
  const line: boolean[] = [];
  const mmio = new MmioDevice(device, { memory: guest.memory, interrupt: (raised) => line.push(raised), ...host });
  return { guest, device, mmio, line, driver: new LinuxMmio(guest, mmio) };
}

function pciParts(
  guest: Guest,
  options: Options,
  pciOptions: PciOptions,
  withMsi: boolean,
  host: Partial<PciHost>,
): Omit<PciMachine, "driver"> {
  const device = pciOptions.interfaces === undefined ? new AdderDevice(options) : transitionalAdder(options);
  const line: boolean[] = [];
  const messages: number[] = [];
  const pci = new PciDevice(
    device,
    {
      memory: guest.memory,
      intx: (raised) => line.push(raised),
      ...(withMsi ? { msi: (_low: number, _high: number, data: number) => messages.push(data) } : {}),
      ...host,
    },
    pciOptions,
  );
  return { guest, device, line, messages, pci };
}

/** @param withMsi the driver uses MSI-X, which is there then only */
export function pciMachine(
  options: Options = {},
  pciOptions: PciOptions = {},
  withMsi = false,
  host: Partial<PciHost> = {},
): PciMachine<LinuxPciModern> {
  const parts = pciParts(new Guest(), options, pciOptions, withMsi, host);
  return { ...parts, driver: new LinuxPciModern(parts.guest, parts.pci, withMsi ? parts.messages : undefined) };
}

/** The same with a driver of the legacy interface. */
export function pciLegacyMachine(
  options: Options = {},
  pciOptions: PciOptions = {},
  withMsi = false,
  host: Partial<PciHost> = {},
): PciMachine<LinuxPciLegacy> {
  const parts = pciParts(
    new Guest(pciOptions.bigEndian),
    options,
    { interfaces: "transitional", ...pciOptions },
    withMsi,
    host,
  );
  return { ...parts, driver: new LinuxPciLegacy(parts.guest, parts.pci, withMsi ? parts.messages : undefined) };
}

/** One of each kind, for what is the same on all. */
export interface Kind {
  readonly name: string;
  readonly legacy: boolean;
  /** Whether it interrupts by a line. */
  readonly line: boolean;
  create(options?: Options, onInterrupt?: () => void): Machine;
}

const onLine =
  (call: (() => void) | undefined): ((raised: boolean) => void) =>
  (raised) => {
    if (raised) call?.();
  };

const pciHost = (call: (() => void) | undefined, withMsi = false): Partial<PciHost> => {
  if (call === undefined) return {};
  return withMsi ? { msi: call } : { intx: onLine(call) };
};

export const kinds: readonly Kind[] = [
  {
    name: "mmio",
    legacy: false,
    line: true,
    create: (options, call) => mmioMachine(options, call === undefined ? {} : { interrupt: onLine(call) }),
  },
  ...[false, true].map((bigEndian): Kind => ({
    name: `legacy mmio, ${bigEndian ? "big" : "little"}-endian`,
    legacy: true,
    line: true,
    create: (options, call) =>
      mmioMachine(options, { version: 1, bigEndian, ...(call === undefined ? {} : { interrupt: onLine(call) }) }),
  })),
  { name: "pci", legacy: false, line: true, create: (options, call) => pciMachine(options, {}, false, pciHost(call)) },
  {
    name: "pci, MSI-X",
    legacy: false,
    line: false,
    create: (options, call) => pciMachine(options, {}, true, pciHost(call, true)),
  },
  {
    name: "pci, all in one I/O BAR",
    legacy: false,
    line: true,
    create: (options, call) => pciMachine(options, { structures: { bar: 0, space: "io" } }, false, pciHost(call)),
  },
  {
    name: "transitional pci, modern driver",
    legacy: false,
    line: true,
    create: (options, call) =>
      pciMachine(
        options,
        { interfaces: "transitional", bigEndian: true, structures: { bar: 0, space: "io" } },
        false,
        pciHost(call),
      ),
  },
  {
    name: "pci, through the configuration space",
    legacy: false,
    line: true,
    create: (options, call) => {
      const machine = pciMachine(options, {}, false, pciHost(call));
      return { ...machine, driver: new LinuxPciModern(machine.guest, throughWindow(machine.pci)) };
    },
  },
  ...[false, true].map((bigEndian): Kind => ({
    name: `transitional pci, legacy driver, ${bigEndian ? "big" : "little"}-endian`,
    legacy: true,
    line: true,
    create: (options, call) => pciLegacyMachine(options, { bigEndian }, false, pciHost(call)),
  })),
  {
    name: "legacy pci, MSI-X",
    legacy: true,
    line: false,
    create: (options, call) => pciLegacyMachine(options, { interfaces: "legacy" }, true, pciHost(call, true)),
  },
];
