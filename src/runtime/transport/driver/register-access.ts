import type { ConfigAccess } from "../../config-access.ts";

/** Width of an access in bytes. */
export type RegisterWidth = 1 | 2 | 4;

/**
 * How a driver reaches registers, be they in memory, behind I/O ports or in another process. Numbers are unsigned, those
 * of the bytes in little-endian order; an access has taken effect when the call returns. Where there is no way to the
 * device any more it throws a DriverError, `no-access`.
 */
export interface RegisterAccess {
  read(offset: number, width: RegisterWidth): number;
  write(offset: number, width: RegisterWidth, value: number): void;
  /**
   * A write that may take effect later, but not after one that follows: a notification of available buffers. Where it
   * is absent such writes are made as all others.
   */
  post?(offset: number, width: RegisterWidth, value: number): void;
}

/** Writes without waiting for the effect, where there is a way. */
export function postWrite(registers: RegisterAccess, offset: number, width: RegisterWidth, value: number): void {
  if (registers.post === undefined) registers.write(offset, width, value);
  else registers.post(offset, width, value);
}

/** A configuration space among the registers: `length` bytes from `start` on. What lies behind it reads as 0. */
export class RegisterConfig implements ConfigAccess {
  private readonly registers: RegisterAccess;
  private readonly start: number;
  private readonly length: number;
  private readonly changes: () => number;

  constructor(registers: RegisterAccess, start: number, length: number, changes: () => number) {
    this.registers = registers;
    this.start = start;
    this.length = length;
    this.changes = changes;
  }

  read8(offset: number): number {
    return this.read(offset, 1) & 0xff;
  }

  read16(offset: number): number {
    return this.read(offset, 2) & 0xffff;
  }

  read32(offset: number): number {
    return this.read(offset, 4) >>> 0;
  }

  write8(offset: number, value: number): void {
    this.write(offset, 1, value);
  }

  write16(offset: number, value: number): void {
    this.write(offset, 2, value);
  }

  write32(offset: number, value: number): void {
    this.write(offset, 4, value);
  }

  generation(): number {
    return this.changes();
  }

  private read(offset: number, width: RegisterWidth): number {
    return offset + width > this.length ? 0 : this.registers.read(this.start + offset, width);
  }

  private write(offset: number, width: RegisterWidth, value: number): void {
    if (offset + width <= this.length) this.registers.write(this.start + offset, width, value);
  }
}
