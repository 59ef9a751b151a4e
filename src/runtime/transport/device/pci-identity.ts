import { ID, TRANS_ID } from "../../described/ids.ts";
import { PCI_ID, REVISION_ID, SUBSYSTEM_ID_MODERN } from "../../described/pci.ts";
import { DeviceError } from "../../device/device-error.ts";
import type { VirtioDevice } from "../../device/virtio-device.ts";
import { Header, type PciConfigSpace } from "./pci-config-space.ts";

/** The interfaces that a function has: that of the standard, also the legacy one, or only that. */
export type PciInterfaces = "modern" | "transitional" | "legacy";

/** What a driver knows a function by; what is left out follows from the device's type and interfaces. */
export interface PciIdentity {
  /** Class, subclass and programming interface, as a number of 24 bits. */
  readonly classCode?: number;
  readonly subsystemVendorId?: number;
  readonly subsystemId?: number;
  /** 1 to 4: INTA to INTD; 1 if absent. */
  readonly interruptPin?: number;
  /** What the interrupt line register holds at first; firmware sets it otherwise. 0 if absent. */
  readonly interruptLine?: number;
}

/** PCI's class codes of what device types are. */
const CLASS = {
  storage: 0x01_00_00,
  otherStorage: 0x01_80_00,
  network: 0x02_00_00,
  display: 0x03_80_00,
  audio: 0x04_01_00,
  memory: 0x05_00_00,
  communication: 0x07_80_00,
  iommu: 0x08_06_00,
  input: 0x09_80_00,
  wireless: 0x0d_80_00,
  encryption: 0x10_00_00,
  none: 0x00_ff_00,
} as const;

const classes: Readonly<Partial<Record<keyof typeof ID, number>>> = {
  NET: CLASS.network,
  BLK: CLASS.storage,
  CONSOLE: CLASS.communication,
  SCSI: CLASS.storage,
  P9: CLASS.otherStorage,
  GPU: CLASS.display,
  INPUT: CLASS.input,
  VSOCK: CLASS.communication,
  CRYPTO: CLASS.encryption,
  IOMMU: CLASS.iommu,
  SOUND: CLASS.audio,
  FS: CLASS.otherStorage,
  PMEM: CLASS.memory,
  BT: CLASS.wireless,
};

/** Fills in the standard header. @throws DeviceError where there is no transitional device of this type */
export function writeIdentity(
  space: PciConfigSpace,
  device: VirtioDevice,
  interfaces: PciInterfaces,
  identity: PciIdentity,
): void {
  const { view } = space;
  const { id } = device.description;
  const modern = interfaces === "modern";
  const classCode = identity.classCode ?? classOf(id);
  const header = (at: number, value: number): void => view.setUint16(at, value, true);
  header(Header.vendorId, PCI_ID.VENDOR_ID);
  header(Header.deviceId, modern ? PCI_ID.DEVICE_ID_MODERN_BASE + id : transitionalId(device));
  view.setUint8(Header.revision, modern ? REVISION_ID.MODERN : REVISION_ID.TRANSITIONAL);
  for (let index = 0; index < 3; index++) view.setUint8(Header.classCode + index, (classCode >> (index * 8)) & 0xff);
  header(Header.subsystemVendorId, identity.subsystemVendorId ?? PCI_ID.VENDOR_ID);
  header(Header.subsystemId, identity.subsystemId ?? (modern ? SUBSYSTEM_ID_MODERN + id : id));
  view.setUint8(Header.interruptPin, identity.interruptPin ?? 1);
  view.setUint8(Header.interruptLine, identity.interruptLine ?? 0);
}

function nameOf(id: number): keyof typeof ID | undefined {
  return (Object.keys(ID) as (keyof typeof ID)[]).find((name) => ID[name] === id);
}

function classOf(id: number): number {
  const name = nameOf(id);
  return (name === undefined ? undefined : classes[name]) ?? CLASS.none;
}

function transitionalId(device: VirtioDevice): number {
  const { name, id } = device.description;
  const known = nameOf(id);
  if (known !== undefined && Object.hasOwn(TRANS_ID, known)) return TRANS_ID[known as keyof typeof TRANS_ID];
  throw new DeviceError(name, `there is no transitional PCI device of the device id ${id}`);
}
