import type { RegisterTable } from "virtgen/runtime";
import * as mmio from "../../generated/typescript/mmio.ts";
import * as pci from "../../generated/typescript/pci.ts";

/** What a register of a map is. */
export interface MappedRegister {
  readonly name: string;
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  readonly constants: Readonly<Record<string, number | bigint>> | undefined;
  /** Where the register is that selects which instance of this one is meant. */
  readonly bank: { readonly name: string; readonly offset: number } | undefined;
}

/** Registers of one kind, as the description has them. */
export interface RegisterMap {
  readonly title: string;
  /** Sorted by offset. */
  readonly registers: readonly MappedRegister[];
  /** Where the device's configuration space begins among them, if it does. */
  readonly configAt: number | undefined;
}

function mapOf<Name extends string>(
  title: string,
  offsets: Readonly<Record<Name, number>>,
  table: RegisterTable<Name>,
  configAt?: number,
): RegisterMap {
  const names = Object.keys(offsets) as Name[];
  const registers = names.map((name): MappedRegister => {
    const { size, constants, bank } = table[name];
    const offset = offsets[name];
    return {
      name,
      offset,
      size,
      constants,
      bank: bank === undefined ? undefined : { name: bank, offset: offsets[bank] },
    };
  });
  const named = registers.filter(({ offset }) => configAt === undefined || offset < configAt);
  return { title, registers: named.toSorted((a, b) => a.offset - b.offset), configAt };
}

export const mmioMap: RegisterMap = mapOf("mmio", mmio.Register, mmio.registers, mmio.Register.Config);
export const commonMap: RegisterMap = mapOf("common", pci.CommonRegister, pci.commonRegisters);
export const notifyMap: RegisterMap = mapOf("notify", pci.NotifyRegister, pci.notifyRegisters);
export const isrMap: RegisterMap = mapOf("isr", pci.IsrRegister, pci.isrRegisters);
export const configMap: RegisterMap = { title: "config", registers: [], configAt: 0 };

/** @param messages MSI-X is on, which moves the configuration space */
export function legacyMap(messages: boolean): RegisterMap {
  const { config, config_with_msix: behind } = pci.LegacyHeaderRegister;
  return mapOf("legacy", pci.LegacyHeaderRegister, pci.legacyHeaderRegisters, messages ? behind : config);
}
