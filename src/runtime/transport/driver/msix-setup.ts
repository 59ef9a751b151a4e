import { DriverError } from "../../driver/driver-error.ts";
import { capabilitiesOf, RegisterWindow, type PciAccess } from "./pci-access.ts";

// MSI-X, as the PCI Local Bus Specification has it.

/** An interrupt message: a 32-bit write of `data` to a guest-physical address. */
export interface InterruptMessage {
  readonly address: number;
  readonly data: number;
}

const capability = { id: 0x11, control: 2, table: 4 } as const;
const CONTROL = { COUNT: 0x7ff, FUNCTION_MASK: 0x4000, ENABLE: 0x8000 } as const;
const Entry = { addressLow: 0, addressHigh: 4, data: 8, control: 12 } as const;
const entryBytes = 16;
const barBits = 7;
const half = 0x1_0000_0000;

/** How many vectors the function has; 0 where it has no MSI-X. */
export function msixVectorCount({ config }: PciAccess): number {
  const [at] = capabilitiesOf(config, capability.id);
  return at === undefined ? 0 : (config.read(at + capability.control, 2) & CONTROL.COUNT) + 1;
}

/** Switches MSI-X off, where the function has it: from then on it interrupts by its line. */
export function disableMsix({ config }: PciAccess): void {
  const [at] = capabilitiesOf(config, capability.id);
  if (at === undefined) return;
  const control = config.read(at + capability.control, 2);
  config.write(at + capability.control, 2, control & ~(CONTROL.ENABLE | CONTROL.FUNCTION_MASK));
}

/**
 * Gives the function's first vectors these messages, and switches MSI-X on. The other vectors stay masked.
 * @throws DriverError `wrong-structure` where it has no MSI-X, or fewer vectors
 */
export function enableMsix(access: PciAccess, messages: readonly InterruptMessage[]): void {
  const { config } = access;
  const [at] = capabilitiesOf(config, capability.id);
  if (at === undefined) throw new DriverError("wrong-structure", "the device has no MSI-X");
  const control = config.read(at + capability.control, 2);
  const count = (control & CONTROL.COUNT) + 1;
  if (messages.length > count) {
    throw new DriverError("wrong-structure", `${messages.length} vectors are wanted, the device has ${count}`);
  }
  const place = config.read(at + capability.table, 4) >>> 0;
  const bar = access.bar(place & barBits);
  const offset = place - (place & barBits);
  if (bar === undefined || offset + count * entryBytes > bar.length) {
    throw new DriverError("wrong-structure", "the table of interrupt messages is not in its BAR");
  }
  const table = new RegisterWindow(bar.registers, offset, count * entryBytes);
  config.write(at + capability.control, 2, control | CONTROL.ENABLE | CONTROL.FUNCTION_MASK);
  for (const [vector, { address, data }] of messages.entries()) {
    const entry = vector * entryBytes;
    table.write(entry + Entry.addressLow, 4, address % half);
    table.write(entry + Entry.addressHigh, 4, Math.floor(address / half));
    table.write(entry + Entry.data, 4, data);
    table.write(entry + Entry.control, 4, 0);
  }
  config.write(at + capability.control, 2, (control | CONTROL.ENABLE) & ~CONTROL.FUNCTION_MASK);
}
