import type { BarSpace } from "./pci-config-space.ts";

/** What answers accesses to a part of a BAR; offsets count from where the part begins, widths are 1, 2 or 4 bytes. */
export interface BarPart {
  read(offset: number, width: number): number;
  write(offset: number, width: number, value: number): void;
}

interface PlacedPart {
  readonly part: BarPart;
  readonly from: number;
  readonly to: number;
}

/** The least that a BAR takes, in bytes: memory is mapped in pages. */
const least = { io: 4, memory: 4096, memory64: 4096 } as const;

/** One BAR of a PCI function, and what is where in it. */
export class PciBar {
  readonly index: number;
  readonly space: BarSpace;
  private readonly parts: PlacedPart[] = [];
  private end = 0;

  constructor(index: number, space: BarSpace) {
    this.index = index;
    this.space = space;
  }

  /** In bytes, a power of two. */
  get size(): number {
    let size: number = least[this.space];
    while (size < this.end) size *= 2;
    return size;
  }

  /**
   * Appends a part.
   * @param align of its offset in bytes; in memory each part has pages of its own
   * @returns its offset
   */
  add(part: BarPart, length: number, align: number): number {
    const unit = this.space === "io" ? align : Math.max(align, least[this.space]);
    const from = Math.ceil(this.end / unit) * unit;
    this.end = from + length;
    this.parts.push({ part, from, to: this.end });
    return from;
  }

  /** Where no part is, and for an access that reaches over its end, 0. */
  read(offset: number, width: number): number {
    const placed = this.at(offset, width);
    return placed === undefined ? 0 : placed.part.read(offset - placed.from, width) >>> 0;
  }

  write(offset: number, width: number, value: number): void {
    const placed = this.at(offset, width);
    // Bits that the access does not carry are not there.
    placed?.part.write(offset - placed.from, width, (width === 4 ? value : value & (2 ** (8 * width) - 1)) >>> 0);
  }

  private at(offset: number, width: number): PlacedPart | undefined {
    if (width !== 1 && width !== 2 && width !== 4) return undefined;
    for (const placed of this.parts) if (offset >= placed.from && offset + width <= placed.to) return placed;
    return undefined;
  }
}
