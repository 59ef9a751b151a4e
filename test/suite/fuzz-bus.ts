import { Register, VERSION } from "../../generated/typescript/mmio.ts";
import {
  enableMsix,
  MmioDevice,
  MmioTransport,
  PciDevice,
  PciTransport,
  type DriverTransport,
  type GuestMemory,
  type GuestOrder,
  type PciAccess,
  type PciInterfaces,
  type RegisterAccess,
  type RegisterWidth,
  type VirtioDevice,
} from "../../src/runtime/index.ts";
import { CommonRegister, LegacyHeaderRegister } from "../../src/runtime/described/pci.ts";

/** How a device is plugged in, and by which interface its driver speaks. */
export interface Plug {
  readonly bus: "mmio" | "pci";
  /** The interface from before the standard, for a guest of this byte order. */
  readonly legacy?: GuestOrder;
  readonly interfaces?: PciInterfaces;
  readonly msix?: boolean;
}

export const plugs: readonly Plug[] = [
  { bus: "mmio" },
  { bus: "mmio", legacy: "little" },
  { bus: "mmio", legacy: "big" },
  { bus: "pci", interfaces: "modern" },
  { bus: "pci", interfaces: "modern", msix: true },
  { bus: "pci", interfaces: "transitional" },
  { bus: "pci", interfaces: "transitional", msix: true },
  { bus: "pci", interfaces: "transitional", legacy: "little" },
  { bus: "pci", interfaces: "transitional", legacy: "big" },
  { bus: "pci", interfaces: "legacy", legacy: "little" },
];

/** Registers that anybody may access. */
export interface Target {
  readonly name: string;
  /** Offsets at which something is. */
  readonly offsets: readonly number[];
  /** In bytes, somewhat more than there is. */
  readonly reach: number;
  read(offset: number, width: number): number;
  write(offset: number, width: number, value: number): void;
}

/** Stands before registers: may change what is read, and may time it. */
export type Warp = (name: string, value: number) => number;

/** A device on its transport, as a guest sees it. */
export interface Socket {
  readonly targets: readonly Target[];
  /** Looks for the device as a driver does that has just been loaded. */
  probe(): DriverTransport;
}

/** Offset of the command register in the configuration space. */
const pciCommand = 4;

type Interrupt = (vector?: number) => void;

export function plugIn(
  device: VirtioDevice,
  memory: GuestMemory,
  plug: Plug,
  interrupt: Interrupt,
  warp: Warp,
): Socket {
  return plug.bus === "mmio"
    ? onMmio(device, memory, plug, interrupt, warp)
    : onPci(device, memory, plug, interrupt, warp);
}

function accessOf(target: Target, warp: Warp): RegisterAccess {
  return {
    read: (offset: number, width: RegisterWidth) => warp(target.name, target.read(offset, width)),
    write: (offset, width, value) => target.write(offset, width, value),
  };
}

function onMmio(device: VirtioDevice, memory: GuestMemory, { legacy }: Plug, interrupt: Interrupt, warp: Warp): Socket {
  const mmio = new MmioDevice(device, {
    memory,
    interrupt: (raised) => {
      if (raised) interrupt();
    },
    version: legacy === undefined ? VERSION.MODERN : VERSION.LEGACY,
    bigEndian: legacy === "big",
  });
  const target: Target = {
    name: "mmio",
    offsets: [...Object.values(Register), ...Array.from({ length: 16 }, (_, index) => Register.Config + index * 4)],
    reach: 0x180,
    read: (offset, width) => mmio.read(offset, width),
    write: (offset, width, value) => mmio.write(offset, width, value),
  };
  return {
    targets: [target],
    probe: () => MmioTransport.probe(accessOf(target, warp), legacy === undefined ? {} : { guestOrder: legacy }),
  };
}

function onPci(
  device: VirtioDevice,
  memory: GuestMemory,
  { legacy, interfaces = "modern", msix = false }: Plug,
  interrupt: Interrupt,
  warp: Warp,
): Socket {
  const host = {
    memory,
    intx: (raised: boolean): void => {
      if (raised) interrupt();
    },
    ...(msix ? { msi: (_low: number, _high: number, data: number): void => interrupt(data & 1) } : {}),
  };
  const pci = new PciDevice(device, host, { interfaces, bigEndian: legacy === "big" });
  const space: Target = {
    name: "config",
    offsets: Array.from({ length: 64 }, (_, index) => index * 4),
    reach: 264,
    read: (offset, width) => pci.configRead(offset, width),
    write: (offset, width, value) => pci.configWrite(offset, width, value),
  };
  const registers = [...Object.values(CommonRegister), ...Object.values(LegacyHeaderRegister)];
  const bars = new Map(
    pci.bars.map(({ index, size }) => [
      index,
      {
        name: `bar ${index}`,
        offsets: [...registers, ...Array.from({ length: 64 }, (_, at) => Math.min(at * 4, size))],
        reach: Math.min(size + 8, 0x5000),
        read: (offset: number, width: number) => pci.barRead(index, offset, width),
        write: (offset: number, width: number, value: number) => pci.barWrite(index, offset, width, value),
      } satisfies Target,
    ]),
  );
  const access: PciAccess = {
    config: accessOf(space, warp),
    bar: (index) => {
      const place = pci.bars.find((bar) => bar.index === index);
      const target = bars.get(index);
      if (place === undefined || target === undefined) return undefined;
      return { registers: accessOf(target, warp), length: place.size, address: place.address };
    },
  };
  return {
    targets: [space, ...bars.values(), ...bars.values()],
    probe: () => {
      // The machine's part: spaces and bus mastering on, the interrupt line not disabled.
      pci.configWrite(pciCommand, 2, 7);
      if (legacy !== undefined) return PciTransport.probe(access, { legacy: true, guestOrder: legacy });
      if (!msix) return PciTransport.probe(access);
      enableMsix(access, [
        { address: 0xfee0_0000, data: 0 },
        { address: 0xfee0_0000, data: 1 },
      ]);
      return PciTransport.probe(access, { vectors: { config: 0, queue: () => 1 } });
    },
  };
}
