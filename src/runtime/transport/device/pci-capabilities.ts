import { CAP, Cap, Cap64, capRegisters, CfgCap, NotifyCap } from "../../described/pci.ts";
import type { PciConfigSpace } from "./pci-config-space.ts";

const twoTo32 = 0x1_0000_0000;

/** Where a structure is: in bytes, from the beginning of the BAR. */
export interface StructurePlace {
  readonly bar: number;
  readonly offset: number;
  readonly length: number;
}

function capOf(type: CAP, size: number | undefined, { bar, offset, length }: StructurePlace, id = 0): Cap {
  return {
    cap_vndr: capRegisters.cap_vndr.value ?? 0,
    cap_next: 0,
    cap_len: size ?? 0,
    cfg_type: type,
    bar,
    id,
    offset: offset % twoTo32,
    length: length % twoTo32,
  };
}

/** The capability of a structure that has no more to tell. */
export function addStructure(space: PciConfigSpace, type: CAP, place: StructurePlace): void {
  space.addCapability(Cap.toBytes(capOf(type, Cap.byteLength, place)));
}

/** @param multiplier bytes from one queue's place to the next */
export function addNotifications(space: PciConfigSpace, place: StructurePlace, multiplier: number): void {
  const cap = capOf(CAP.NOTIFY_CFG, NotifyCap.byteLength, place);
  space.addCapability(NotifyCap.toBytes({ cap, notify_off_multiplier: multiplier }));
}

export function addSharedMemory(space: PciConfigSpace, place: StructurePlace, id: number): void {
  const cap = capOf(CAP.SHARED_MEMORY_CFG, Cap64.byteLength, place, id);
  const high = { offset_hi: Math.floor(place.offset / twoTo32), length_hi: Math.floor(place.length / twoTo32) };
  space.addCapability(Cap64.toBytes({ cap, ...high }));
}

/** The window into BARs. @returns where the capability is */
export function addWindow(space: PciConfigSpace): number {
  const cap = capOf(CAP.PCI_CFG, CfgCap.byteLength, { bar: 0, offset: 0, length: 0 });
  return space.addCapability(CfgCap.toBytes({ cap, pci_cfg_data: new Uint8Array(4) }));
}
