import { CAP, CfgAccessRegister } from "../../../../src/runtime/described/pci.ts";
import type { PciDevice } from "../../../../src/runtime/transport/device/pci-device.ts";

/** What a driver can do with a PCI function. */
export type PciAccess = Pick<PciDevice, "configRead" | "configWrite" | "barRead" | "barWrite">;

/** A capability as it lies in the configuration space. */
export interface Capability {
  readonly id: number;
  readonly at: number;
  /** For one of virtio's: its type, and what it tells. */
  readonly type: number;
  readonly bar: number;
  readonly offset: number;
  readonly length: number;
}

/** Walks the list of capabilities as a driver does. */
export function capabilities(pci: PciAccess): Capability[] {
  const list: Capability[] = [];
  for (let at = pci.configRead(0x34, 1); at !== 0 && list.length < 48; at = pci.configRead(at + 1, 1)) {
    list.push({
      id: pci.configRead(at, 1),
      at,
      type: pci.configRead(at + 3, 1),
      bar: pci.configRead(at + 4, 1),
      offset: pci.configRead(at + 8, 4),
      length: pci.configRead(at + 12, 4),
    });
  }
  return list;
}

/** The first capability of this virtio type. */
export function structure(pci: PciAccess, type: number): Capability {
  const found = capabilities(pci).find((one) => one.id === 0x09 && one.type === type);
  if (found === undefined) throw new Error(`no capability of the type ${type}`);
  return found;
}

/** What a BAR says of itself when all ones are written to it: its size, and its lowest bits. */
export function probeBar(pci: PciAccess, index: number): { size: number; flags: number } {
  const at = 0x10 + index * 4;
  const before = pci.configRead(at, 4);
  pci.configWrite(at, 4, 0xffff_ffff);
  const low = pci.configRead(at, 4);
  pci.configWrite(at, 4, before);
  const flags = low & ((low & 1) === 1 ? 3 : 15);
  const mask = low - flags;
  return { size: mask === 0 ? 0 : 2 ** 32 - mask, flags };
}

/** Switches MSI-X on, with a message of its own for each vector: `data` is the vector's number, unmasked. */
export function enableMsix(pci: PciAccess): void {
  const msix = capabilities(pci).find(({ id }) => id === 0x11);
  if (msix === undefined) throw new Error("no MSI-X");
  const control = pci.configRead(msix.at + 2, 2);
  const place = pci.configRead(msix.at + 4, 4);
  for (let vector = 0; vector <= (control & 0x7ff); vector++) {
    const entry = (place & ~7) + vector * 16;
    pci.barWrite(place & 7, entry, 4, 0xfee0_0000);
    pci.barWrite(place & 7, entry + 4, 4, 0x12);
    pci.barWrite(place & 7, entry + 8, 4, vector);
    pci.barWrite(place & 7, entry + 12, 4, 0);
  }
  pci.configWrite(msix.at + 2, 2, control | 0x8000);
}

/** The same function, whose BARs are reached through its configuration space only. */
export function throughWindow(pci: PciAccess): PciAccess {
  const { at } = structure(pci, CAP.PCI_CFG);
  const aim = (bar: number, offset: number, width: number): void => {
    pci.configWrite(at + CfgAccessRegister.bar, 1, bar);
    pci.configWrite(at + CfgAccessRegister.length, 4, width);
    pci.configWrite(at + CfgAccessRegister.offset, 4, offset);
  };
  return {
    configRead: (offset, width) => pci.configRead(offset, width),
    configWrite: (offset, width, value) => pci.configWrite(offset, width, value),
    barRead: (bar, offset, width) => {
      aim(bar, offset, width);
      return pci.configRead(at + CfgAccessRegister.pci_cfg_data, width);
    },
    barWrite: (bar, offset, width, value) => {
      aim(bar, offset, width);
      pci.configWrite(at + CfgAccessRegister.pci_cfg_data, width, value);
    },
  };
}
