import {
  CAP,
  Cap,
  Cap64,
  CapRegister,
  capRegisters,
  CommonRegister,
  NotifyCap,
  NotifyRegister,
} from "../../described/pci.ts";
import type { SharedMemory } from "../../device/device-port.ts";
import { DriverError } from "../../driver/driver-error.ts";
import { exactNumber } from "./driver-transport.ts";
import { capabilitiesOf, RegisterWindow, type PciAccess } from "./pci-access.ts";

/** What a virtio device's capabilities lead to. */
export interface PciStructures {
  readonly common: RegisterWindow;
  readonly notify: RegisterWindow;
  /** Bytes between the places of queues in `notify`; 0 where all have one. */
  readonly notifyMultiplier: number;
  readonly isr: RegisterWindow;
  /** Undefined where the device type has no configuration space. */
  readonly device: RegisterWindow | undefined;
  readonly sharedMemory: readonly SharedMemory[];
}

/** A capability that can be used: where it is, and where what it leads to is. */
interface Found {
  readonly at: number;
  readonly type: number;
  readonly id: number;
  readonly window: RegisterWindow;
  /** Guest-physical. */
  readonly address: number;
  readonly length: number;
}

/** The number of a vendor's own capability. */
const vendorSpecific = capRegisters.cap_vndr.value ?? 0;
const lastBar = 5;
const commonLength = CommonRegister.queue_device + 8;
const capLength = Cap.byteLength ?? 0;
const cap64Length = Cap64.byteLength ?? 0;
const notifyCapLength = NotifyCap.byteLength ?? 0;
const configBytes = 256;

/**
 * The structures of a device, each by the first of its capabilities that can be used; undefined where it has none at
 * all.
 * @throws DriverError `wrong-structure` where one that must be there is not
 */
export function structuresOf(access: PciAccess): PciStructures | undefined {
  const places = capabilitiesOf(access.config, vendorSpecific);
  const found = places.flatMap((at) => structureAt(access, at) ?? []);
  if (found.length === 0) return undefined;
  const best = (type: number, least: number, what: string): Found => {
    const one = found.find((each) => each.type === type && each.length >= least);
    if (one === undefined) {
      throw new DriverError("wrong-structure", `no capability leads to ${least} bytes or more of the ${what}`);
    }
    return one;
  };
  const common = best(CAP.COMMON_CFG, commonLength, "common configuration");
  const notify = best(CAP.NOTIFY_CFG, 2, "notification structure");
  const isr = best(CAP.ISR_CFG, 1, "ISR status");
  return {
    common: common.window,
    notify: notify.window,
    notifyMultiplier: access.config.read(notify.at + CapRegister.notify_off_multiplier, 4) >>> 0,
    isr: isr.window,
    device: found.find(({ type }) => type === CAP.DEVICE_CFG)?.window,
    sharedMemory: found
      .filter(({ type }) => type === CAP.SHARED_MEMORY_CFG)
      .map(({ id, address, length }) => ({ id, address, length })),
  };
}

/** Where a queue's notifications go in the notification structure. @throws DriverError `wrong-structure` */
export function notifyPlace({ notify, notifyMultiplier }: PciStructures, offset: number, width: number): number {
  const at = offset * notifyMultiplier + NotifyRegister.queue_index;
  if (at + width > notify.length) {
    throw new DriverError(
      "wrong-structure",
      `notifications at ${at} are not among the ${notify.length} bytes for them`,
    );
  }
  return at;
}

/** Undefined where the capability is of no known type, or leads where nothing is. */
function structureAt(access: PciAccess, at: number): Found | undefined {
  const { config } = access;
  const type = config.read(at + CapRegister.cfg_type, 1);
  const bytes = config.read(at + CapRegister.cap_len, 1);
  if (bytes < leastLength(type) || at + bytes > configBytes) return undefined;
  const index = config.read(at + CapRegister.bar, 1);
  const bar = index > lastBar ? undefined : access.bar(index);
  if (bar === undefined) return undefined;
  const read = (offset: number, upper: number): number | undefined =>
    exactNumber(config.read(at + offset, 4), type === CAP.SHARED_MEMORY_CFG ? config.read(at + upper, 4) : 0);
  const offset = read(CapRegister.offset, Cap64.offset_hi.byteOffset);
  const length = read(CapRegister.length, Cap64.length_hi.byteOffset);
  if (offset === undefined || length === undefined || length === 0 || offset + length > bar.length) return undefined;
  return {
    at,
    type,
    id: config.read(at + CapRegister.id, 1),
    window: new RegisterWindow(bar.registers, offset, length),
    address: bar.address + offset,
    length,
  };
}

/** Bytes of a capability of this type; more than there can be where it leads nowhere. */
function leastLength(type: number): number {
  switch (type) {
    case CAP.COMMON_CFG:
    case CAP.ISR_CFG:
    case CAP.DEVICE_CFG:
      return capLength;
    case CAP.NOTIFY_CFG:
      return notifyCapLength;
    case CAP.SHARED_MEMORY_CFG:
      return cap64Length;
    default:
      return configBytes + 1;
  }
}
