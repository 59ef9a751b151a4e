// The configuration space of one PCI function, as the PCI Local Bus Specification has it: nothing here is virtio's.

/** Places in the standard header, in bytes. */
export const Header = {
  vendorId: 0x00,
  deviceId: 0x02,
  command: 0x04,
  status: 0x06,
  revision: 0x08,
  /** Three bytes: programming interface, subclass, class. */
  classCode: 0x09,
  /** Six of 32 bits. */
  bar0: 0x10,
  subsystemVendorId: 0x2c,
  subsystemId: 0x2e,
  capabilities: 0x34,
  interruptLine: 0x3c,
  interruptPin: 0x3d,
  /** Where the header ends, and capabilities may begin. */
  end: 0x40,
} as const;

/** What the driver switches on in the header. */
export const COMMAND = { IO: 1, MEMORY: 2, BUS_MASTER: 4, INTX_DISABLE: 0x400 } as const;

const status = { INTERRUPT: 0x08, CAPABILITIES: 0x10 } as const;

/** Of a base address register, and of the whole space, in bytes. */
const barBytes = 4;
const spaceBytes = 256;
export const barCount = 6;

/** Where a BAR is mapped: ports, or memory below 4 GiB or anywhere. */
export type BarSpace = "io" | "memory" | "memory64";

/** The bytes of a configuration space, which of their bits the driver may write, and its list of capabilities. */
export class PciConfigSpace {
  readonly view: DataView = new DataView(new ArrayBuffer(spaceBytes));
  private readonly writable = new Uint8Array(spaceBytes);
  /** Where the link to the next capability is, and where that will be. */
  private link: number = Header.capabilities;
  private free: number = Header.end;

  constructor() {
    this.allow(Header.command, COMMAND.IO | COMMAND.MEMORY | COMMAND.BUS_MASTER, 1);
    this.allow(Header.command + 1, COMMAND.INTX_DISABLE >> 8, 1);
    this.allow(Header.interruptLine, 0xff, 1);
  }

  /** Lets the driver write these bits of so many bytes. */
  allow(offset: number, mask: number, bytes: number): void {
    for (let index = 0; index < bytes; index++) this.writable[offset + index] = Math.floor(mask / 256 ** index) & 0xff;
  }

  /**
   * Appends a capability; its link is in its second byte.
   * @returns where it is
   * @throws RangeError where there is no room for it
   */
  addCapability(bytes: Uint8Array): number {
    const at = this.free;
    if (at + bytes.length > spaceBytes)
      throw new RangeError(`a capability of ${bytes.length} bytes more: all have ${spaceBytes - Header.end} together`);
    for (const [index, byte] of bytes.entries()) this.view.setUint8(at + index, byte);
    this.view.setUint8(at + 1, 0);
    this.view.setUint8(this.link, at);
    this.view.setUint8(Header.status, this.view.getUint8(Header.status) | status.CAPABILITIES);
    this.link = at + 1;
    this.free = (at + bytes.length + 3) & ~3;
    return at;
  }

  /** @param size in bytes, a power of two */
  setBar(index: number, space: BarSpace, size: number): void {
    const at = Header.bar0 + index * barBytes;
    this.view.setUint8(at, space === "io" ? 1 : space === "memory" ? 0 : 4);
    this.allow(at, space === "io" ? -size & ~3 : size > 0xffff_ffff ? 0 : -size & ~15, barBytes);
    if (space !== "memory64") return;
    const upper = size > 0xffff_ffff ? -(size / 0x1_0000_0000) : -1;
    this.allow(at + barBytes, upper >>> 0, barBytes);
  }

  /** Where the driver has put a BAR; 0 as long as it has not. */
  barAddress(index: number): number {
    const at = Header.bar0 + index * barBytes;
    const low = this.view.getUint32(at, true);
    if ((low & 1) !== 0) return (low & ~3) >>> 0;
    const high = (low & 4) === 0 ? 0 : this.view.getUint32(at + barBytes, true);
    return high * 0x1_0000_0000 + ((low & ~15) >>> 0);
  }

  get command(): number {
    return this.view.getUint16(Header.command, true);
  }

  /** What the status says of the function's interrupt line. */
  set interruptStatus(on: boolean) {
    const others = this.view.getUint8(Header.status) & ~status.INTERRUPT;
    this.view.setUint8(Header.status, on ? others | status.INTERRUPT : others);
  }

  /** Bytes that there are not read as zeroes. */
  read(offset: number, width: number): number {
    let value = 0;
    for (let at = offset + width - 1; at >= offset; at--) {
      value = value * 256 + (at >= 0 && at < spaceBytes ? this.view.getUint8(at) : 0);
    }
    return value;
  }

  /** Bits that the driver may not write stay as they are. */
  write(offset: number, width: number, value: number): void {
    for (let index = 0; index < width; index++) {
      const at = offset + index;
      const mask = this.writable[at] ?? 0;
      if (mask === 0) continue;
      this.view.setUint8(at, (this.view.getUint8(at) & ~mask) | ((value >>> (index * 8)) & mask));
    }
  }
}
