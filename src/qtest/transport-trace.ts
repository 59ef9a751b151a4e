import {
  flagNames,
  nameOf,
  type DeviceDescription,
  type MappedBar,
  type PciAccess,
  type RegisterAccess,
  type RequestObserver,
  type RegisterWidth,
} from "virtgen/runtime";
import { STATUS } from "../../generated/typescript/config.ts";
import { structuresIn, type Structure } from "./pci-structures.ts";
import { legacyMap, mmioMap, type MappedRegister, type RegisterMap } from "./register-map.ts";
import { observer, requestWords, type SeenRequest } from "./request-words.ts";

/** Accesses and requests that are kept. */
const kept = 50;

/** An access, as it was made. */
interface Access {
  readonly map: RegisterMap;
  readonly offset: number;
  readonly width: RegisterWidth;
  readonly value: number;
  readonly written: boolean;
  /** What the register's bank was at. */
  readonly selected: number | undefined;
}

/** Keeps the last accesses of a driver to its transport, and its requests, and tells them in the words of the description. */
export class TransportTrace {
  private readonly on: boolean;
  private readonly accesses: (Access | SeenRequest)[] = [];
  private first = 0;
  private readonly selected = new Map<RegisterMap, Map<number, number>>();
  private description: DeviceDescription | undefined;

  constructor(on: boolean) {
    this.on = on;
  }

  /** Of which device type features and configuration are. */
  describe(description: DeviceDescription): void {
    this.description = description;
  }

  /** For the driver's requests; undefined where nothing is kept. */
  get observer(): RequestObserver | undefined {
    return this.on ? observer((request) => this.add(request)) : undefined;
  }

  /** Registers of virtio-mmio, whose accesses are kept. */
  mmio(registers: RegisterAccess): RegisterAccess {
    return this.on ? this.within(registers, [{ map: mmioMap, start: 0, length: Infinity }]) : registers;
  }

  /** A PCI function, whose accesses to structures of virtio are kept. */
  pci(access: PciAccess, messages: boolean): PciAccess {
    if (!this.on) return access;
    const structures = structuresIn(access);
    const legacy: Structure = { bar: 0, map: legacyMap(messages), start: 0, length: Infinity };
    return {
      config: access.config,
      bar: (index): MappedBar | undefined => {
        const bar = access.bar(index);
        const own = [...structures, legacy].filter((one) => one.bar === index);
        return bar === undefined ? undefined : { ...bar, registers: this.within(bar.registers, own) };
      },
    };
  }

  /** The accesses, oldest first, one a line. */
  lines(): string[] {
    const { accesses, first } = this;
    return [...accesses.slice(first), ...accesses.slice(0, first)].map((access) => this.tell(access));
  }

  private within(registers: RegisterAccess, parts: readonly Omit<Structure, "bar">[]): RegisterAccess {
    const keep = (offset: number, width: RegisterWidth, value: number, written: boolean): void => {
      const part = parts.find(({ start, length }) => offset >= start && offset < start + length);
      if (part !== undefined) this.keep(part.map, offset - part.start, width, value >>> 0, written);
    };
    return {
      read: (offset, width) => {
        const value = registers.read(offset, width);
        keep(offset, width, value, false);
        return value;
      },
      write: (offset, width, value) => {
        // First, so that it is there when the access fails.
        keep(offset, width, value, true);
        registers.write(offset, width, value);
      },
    };
  }

  private keep(map: RegisterMap, offset: number, width: RegisterWidth, value: number, written: boolean): void {
    let selected = this.selected.get(map);
    if (selected === undefined) {
      selected = new Map();
      this.selected.set(map, selected);
    }
    if (written) selected.set(offset, value);
    const bank = registerAt(map, offset)?.bank;
    this.add({ map, offset, width, value, written, selected: bank && selected.get(bank.offset) });
  }

  private add(access: Access | SeenRequest): void {
    if (this.accesses.length < kept) this.accesses.push(access);
    else {
      this.accesses[this.first] = access;
      this.first = (this.first + 1) % kept;
    }
  }

  private tell(access: Access | SeenRequest): string {
    if ("operation" in access) return `  ${requestWords(access, this.description?.operations ?? {})}`;
    const { map, offset, value, written, selected } = access;
    const register = registerAt(map, offset);
    const where = register === undefined ? this.configWord(map, offset) : wordOf(register, offset, selected);
    const meaning = register === undefined ? undefined : this.meaning(register, value, selected);
    const number = `0x${value.toString(16)}`;
    return `  ${written ? "write" : "read "} ${where} ${written ? "<-" : "->"} ${number}${meaning === undefined ? "" : `  ${meaning}`}`;
  }

  private configWord(map: RegisterMap, offset: number): string {
    const at = map.configAt === undefined ? undefined : offset - map.configAt;
    if (at === undefined || at < 0) return `${map.title}+0x${offset.toString(16)}`;
    const member = this.description?.config?.byteLayout.find(
      ({ byteOffset, byteLength }) =>
        byteOffset !== undefined && at >= byteOffset && at < byteOffset + (byteLength ?? 1),
    );
    if (member === undefined) return `config+${at}`;
    const behind = at - (member.byteOffset ?? at);
    return `config ${member.name}${behind === 0 ? "" : `+${behind}`}`;
  }

  private meaning({ name, constants }: MappedRegister, value: number, selected = 0): string | undefined {
    if (/^(?:device|driver)_?features?$/i.test(name)) {
      const bits = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((value >>> bit) & 1) === 1);
      return bits.map((bit) => this.description?.features.nameOf(selected * 32 + bit) ?? bit).join(" | ");
    }
    if (constants === undefined) return undefined;
    if (constants === STATUS) return value === 0 ? "reset" : flagNames(constants, value);
    return /interrupt|isr/i.test(name) || name === "status" ? flagNames(constants, value) : nameOf(constants, value);
  }
}

function registerAt(map: RegisterMap, offset: number): MappedRegister | undefined {
  return map.registers.find((one) => offset >= one.offset && offset < one.offset + one.size);
}

function wordOf(register: MappedRegister, offset: number, selected: number | undefined): string {
  const instance = register.bank === undefined || selected === undefined ? "" : `[${selected}]`;
  const half = offset === register.offset ? "" : `+${offset - register.offset}`;
  return `${register.name}${instance}${half}`;
}
