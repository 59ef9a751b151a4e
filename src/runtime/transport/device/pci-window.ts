import { CfgAccessRegister as Register, cfgAccessRegisters } from "../../described/pci.ts";
import type { PciBars } from "./pci-bars.ts";
import type { PciConfigSpace } from "./pci-config-space.ts";

const dataBytes = cfgAccessRegisters.pci_cfg_data.size;

/** The capability through which a driver reaches BARs by accesses to the configuration space. */
export class PciWindow {
  private readonly space: PciConfigSpace;
  private readonly bars: PciBars;
  private readonly at: number;
  private readonly data: number;

  /** @param at where the capability is */
  constructor(space: PciConfigSpace, bars: PciBars, at: number) {
    this.space = space;
    this.bars = bars;
    this.at = at;
    this.data = at + Register.pci_cfg_data;
    for (const name of Object.keys(Register) as (keyof typeof Register)[])
      space.allow(at + Register[name], -1, cfgAccessRegisters[name].size);
  }

  /** Whether an access touches the data, and so reaches through. */
  touches(offset: number, width: number): boolean {
    return offset < this.data + dataBytes && offset + width > this.data;
  }

  /** Reads in the BAR that the driver has chosen; the data is what was there. */
  read(): void {
    const { length } = this;
    const value = this.bars.read(this.bar, this.offset, length);
    for (let index = 0; index < length; index++)
      this.space.view.setUint8(this.data + index, (value >>> (index * 8)) & 0xff);
  }

  /** Writes the data to the BAR that the driver has chosen. */
  write(): void {
    const { length } = this;
    if (length > 0) this.bars.write(this.bar, this.offset, length, this.space.read(this.data, length));
  }

  private get bar(): number {
    return this.space.view.getUint8(this.at + Register.bar);
  }

  private get offset(): number {
    return this.space.view.getUint32(this.at + Register.offset, true);
  }

  /** 0 where the driver has chosen none that is allowed. */
  private get length(): number {
    const length = this.space.view.getUint32(this.at + Register.length, true);
    return length === 1 || length === 2 || length === 4 ? length : 0;
  }
}
