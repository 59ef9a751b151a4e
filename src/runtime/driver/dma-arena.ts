import type { DmaBlock, DmaMemory } from "./dma-memory.ts";

/** Blocks that are given back together: those that a device may touch until it is reset. */
export class DmaArena {
  readonly dma: DmaMemory;
  private readonly blocks = new Set<DmaBlock>();

  constructor(dma: DmaMemory) {
    this.dma = dma;
  }

  /** @throws DriverError `out-of-memory` */
  alloc(length: number, align = 16): DmaBlock {
    const block = this.dma.alloc(length, align);
    this.blocks.add(block);
    return block;
  }

  release(block: DmaBlock): void {
    if (this.blocks.delete(block)) this.dma.release(block);
  }

  releaseAll(): void {
    for (const block of this.blocks) this.dma.release(block);
    this.blocks.clear();
  }
}
