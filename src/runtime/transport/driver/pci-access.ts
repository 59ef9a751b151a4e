import { Header } from "../device/pci-config-space.ts";
import { postWrite, type RegisterAccess, type RegisterWidth } from "./register-access.ts";

// Of the PCI Local Bus Specification, as far as a virtio driver needs it.

/** A base address register, as a driver reaches what is behind it. */
export interface MappedBar {
  /** Offsets count from where it is mapped. */
  readonly registers: RegisterAccess;
  /** In bytes. */
  readonly length: number;
  /** Guest-physical, or the first port: where it is mapped. */
  readonly address: number;
}

/** A PCI function, as a driver reaches it. */
export interface PciAccess {
  /** The configuration space. */
  readonly config: RegisterAccess;
  /** The BAR of this number; undefined where there is none, or it is not mapped. */
  bar(index: number): MappedBar | undefined;
}

const statusCapabilities = 0x10;
const spaceBytes = 256;
/** A capability has at least its number and the link, and begins at a multiple of this. */
const capabilityAlign = 4;
/** As many as there can be. */
const mostCapabilities = (spaceBytes - Header.end) / capabilityAlign;

/** Where each capability of this number begins, in the order of the list. A list that loops or leaves the space ends there. */
export function capabilitiesOf(config: RegisterAccess, number: number): number[] {
  if ((config.read(Header.status, 2) & statusCapabilities) === 0) return [];
  const found: number[] = [];
  let at = config.read(Header.capabilities, 1) & ~(capabilityAlign - 1);
  for (let count = 0; count < mostCapabilities && at >= Header.end && at < spaceBytes; count++) {
    if (config.read(at, 1) === number && !found.includes(at)) found.push(at);
    at = config.read(at + 1, 1) & ~(capabilityAlign - 1);
  }
  return found;
}

/** Registers within others, `length` bytes from `start` on. What lies outside reads as 0 and is not written. */
export class RegisterWindow implements RegisterAccess {
  readonly length: number;
  private readonly registers: RegisterAccess;
  private readonly start: number;

  constructor(registers: RegisterAccess, start: number, length: number) {
    this.registers = registers;
    this.start = start;
    this.length = length;
  }

  read(offset: number, width: RegisterWidth): number {
    return offset + width > this.length ? 0 : this.registers.read(this.start + offset, width) >>> 0;
  }

  write(offset: number, width: RegisterWidth, value: number): void {
    if (offset + width <= this.length) this.registers.write(this.start + offset, width, value >>> 0);
  }

  post(offset: number, width: RegisterWidth, value: number): void {
    if (offset + width <= this.length) postWrite(this.registers, this.start + offset, width, value >>> 0);
  }
}
