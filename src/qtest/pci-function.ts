import type { MappedBar, PciAccess, RegisterAccess, RegisterWidth } from "virtgen/runtime";
import type { QtestChannel } from "./qtest-channel.ts";

// What firmware does for a function of a PCI bus, as far as a driver needs it. No firmware runs here.

const ports = { address: 0xcf8, data: 0xcfc } as const;
const enable = 0x8000_0000;
const header = { vendor: 0, command: 4, bars: 0x10 } as const;
const COMMAND = { IO: 1, MEMORY: 2, BUS_MASTER: 4 } as const;
const BAR = { IO: 1, WIDTH: 0x6, WIDTH_64: 0x4, IO_FLAGS: 0x3, MEMORY_FLAGS: 0xf } as const;
const barCount = 6;
const noVendor = 0xffff;
const half = 0x1_0000_0000;

/** Addresses that are free for BARs, of one machine. */
export class BarPlaces {
  /** The first free address of each kind. `high` is above 4 GiB: shared memory may be large. */
  private readonly free = { port: 0xc000, memory: 0xe000_0000, high: 0x10_0000_0000 };

  /** @param length a power of 2 */
  take(length: number, kind: "io" | "memory" | "memory64"): number {
    if (kind === "io") return this.next("port", length);
    // Windows of many MiB do not fit between the devices of the board.
    return this.next(kind === "memory64" && length > 0x100_0000 ? "high" : "memory", length);
  }

  private next(kind: "port" | "memory" | "high", length: number): number {
    const at = Math.ceil(this.free[kind] / length) * length;
    this.free[kind] = at + length;
    return at;
  }
}

/** A function on the first PCI bus, with its BARs mapped. */
export class PciFunction implements PciAccess {
  readonly config: RegisterAccess;
  private readonly bars = new Map<number, MappedBar>();

  /**
   * @param slot the device's number on the bus; the function is its first
   * @param written called after each write to what is behind the BARs
   */
  constructor(channel: QtestChannel, slot: number, places: BarPlaces, written: () => void) {
    const select = (offset: number): void => {
      channel.writePort(ports.address, 4, (enable | (slot << 11) | (offset & 0xfc)) >>> 0);
    };
    this.config = {
      read: (offset, width) => {
        select(offset);
        return channel.readPort(ports.data + (offset & 3), width);
      },
      write: (offset, width, value) => {
        select(offset);
        channel.writePort(ports.data + (offset & 3), width, value);
      },
    };
    if (!this.there) return;
    for (let index = 0; index < barCount;) index += this.map(index, channel, places, written);
    this.config.write(header.command, 2, COMMAND.IO | COMMAND.MEMORY | COMMAND.BUS_MASTER);
  }

  /** Whether anything is at this place. */
  get there(): boolean {
    return this.config.read(header.vendor, 2) !== noVendor;
  }

  bar(index: number): MappedBar | undefined {
    return this.bars.get(index);
  }

  /** @returns how many of the registers the BAR takes */
  private map(index: number, channel: QtestChannel, places: BarPlaces, written: () => void): number {
    const at = header.bars + index * 4;
    const { config } = this;
    const sized = (offset: number): number => {
      config.write(offset, 4, 0xffff_ffff);
      return config.read(offset, 4);
    };
    const low = sized(at);
    if (low === 0) return 1;
    const io = (low & BAR.IO) !== 0;
    if (io) {
      // The upper half may be fixed at 0.
      const length = (~(low & ~BAR.IO_FLAGS) & 0xffff) + 1;
      const address = places.take(length, "io");
      config.write(at, 4, address);
      this.bars.set(index, { registers: accessTo(channel, address, true, written), length, address });
      return 1;
    }
    const wide = (low & BAR.WIDTH) === BAR.WIDTH_64;
    const mask = (low & ~BAR.MEMORY_FLAGS) >>> 0;
    // The bits that can be set are those of addresses of this length: a power of 2.
    const upper = wide ? sized(at + 4) : 0xffff_ffff;
    const length = mask === 0 ? half * lowestBit(upper) : lowestBit(mask);
    const address = places.take(length, wide ? "memory64" : "memory");
    config.write(at, 4, address % half);
    if (wide) config.write(at + 4, 4, Math.floor(address / half));
    this.bars.set(index, { registers: accessTo(channel, address, false, written), length, address });
    return wide ? 2 : 1;
  }
}

function lowestBit(word: number): number {
  return (word & -word) >>> 0;
}

function accessTo(channel: QtestChannel, address: number, io: boolean, written: () => void): RegisterAccess {
  return {
    read: (offset: number, width: RegisterWidth) =>
      io ? channel.readPort(address + offset, width) : channel.read(address + offset, width),
    write: (offset: number, width: RegisterWidth, value: number) => {
      if (io) channel.writePort(address + offset, width, value);
      else channel.write(address + offset, width, value);
      written();
    },
  };
}
