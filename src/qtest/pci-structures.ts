import type { PciAccess } from "virtgen/runtime";
import { CAP, capRegisters, CapRegister } from "../../generated/typescript/pci.ts";
import { commonMap, configMap, isrMap, notifyMap, type RegisterMap } from "./register-map.ts";

/** A structure of virtio's in a BAR. */
export interface Structure {
  readonly bar: number;
  readonly map: RegisterMap;
  readonly start: number;
  /** In bytes. */
  readonly length: number;
}

const header = { status: 0x06, capabilities: 0x34 } as const;
const hasList = 0x10;
const most = 48;
const maps: Readonly<Record<number, RegisterMap>> = {
  [CAP.COMMON_CFG]: commonMap,
  [CAP.NOTIFY_CFG]: notifyMap,
  [CAP.ISR_CFG]: isrMap,
  [CAP.DEVICE_CFG]: configMap,
};

/** The structures that a function's capabilities tell of, as far as registers of theirs are described. */
export function structuresIn({ config }: PciAccess): Structure[] {
  if ((config.read(header.status, 2) & hasList) === 0) return [];
  const found: Structure[] = [];
  let at = config.read(header.capabilities, 1) & ~3;
  for (let count = 0; count < most && at !== 0; count++) {
    const map = maps[config.read(at + CapRegister.cfg_type, 1)];
    if (config.read(at + CapRegister.cap_vndr, 1) === capRegisters.cap_vndr.value && map !== undefined) {
      const bar = config.read(at + CapRegister.bar, 1);
      const start = config.read(at + CapRegister.offset, 4);
      found.push({ bar, map, start, length: config.read(at + CapRegister.length, 4) });
    }
    at = config.read(at + CapRegister.cap_next, 1) & ~3;
  }
  return found;
}
