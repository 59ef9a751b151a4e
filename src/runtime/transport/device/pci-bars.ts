import { PciBar } from "./pci-bar.ts";
import { barCount, type BarSpace, COMMAND, type PciConfigSpace } from "./pci-config-space.ts";

/** Where a BAR is now. */
export interface BarPlace {
  readonly index: number;
  readonly space: BarSpace;
  /** In bytes, a power of two. */
  readonly size: number;
  /** As the driver has set it; 0 before that. */
  readonly address: number;
  /** Whether the driver lets the function answer in this space. */
  readonly enabled: boolean;
}

/** The BARs of one function. */
export class PciBars {
  private readonly list: PciBar[] = [];

  /**
   * The BAR of this number, made where it is not there.
   * @throws RangeError where it cannot be there in this space
   */
  barIn(index: number, space: BarSpace): PciBar {
    const known = this.list.find((bar) => bar.index === index);
    if (known !== undefined) {
      if (known.space !== space) throw new RangeError(`BAR ${index} in two spaces, ${known.space} and ${space}`);
      return known;
    }
    // One of 64 bits takes the number behind it, too.
    const overlaps = (other: PciBar): boolean =>
      (other.space === "memory64" && other.index === index - 1) || (space === "memory64" && other.index === index + 1);
    const last = space === "memory64" ? barCount - 2 : barCount - 1;
    if (!Number.isInteger(index) || index < 0 || index > last || this.list.some(overlaps))
      throw new RangeError(`BAR ${index} of the space ${space}`);
    const bar = new PciBar(index, space);
    this.list.push(bar);
    return bar;
  }

  /** Puts all of them into the header, when nothing is added to them any more. */
  announce(space: PciConfigSpace): void {
    this.list.sort((a, b) => a.index - b.index);
    for (const { index, space: kind, size } of this.list) space.setBar(index, kind, size);
  }

  /** In the order of their numbers. */
  places(space: PciConfigSpace): BarPlace[] {
    return this.list.map(({ index, space: kind, size }) => ({
      index,
      space: kind,
      size,
      address: space.barAddress(index),
      enabled: (space.command & (kind === "io" ? COMMAND.IO : COMMAND.MEMORY)) !== 0,
    }));
  }

  read(index: number, offset: number, width: number): number {
    for (const bar of this.list) if (bar.index === index) return bar.read(offset, width);
    return 0;
  }

  write(index: number, offset: number, width: number, value: number): void {
    for (const bar of this.list) if (bar.index === index) bar.write(offset, width, value);
  }
}
