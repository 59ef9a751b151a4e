import type { ScatterList } from "../virtqueue/scatter-list.ts";
import type { DmaArena } from "./dma-arena.ts";
import type { DmaBlock } from "./dma-memory.ts";

/**
 * How messages are cut into descriptors. By default each part (what is sent, its bytes of any number, those that come
 * back, the answer) is one. Another cut is for tests of devices, which must not depend on it.
 */
export interface Framing {
  /** Lengths of the pieces, which add up to `length` bytes of one direction, each at least 1. */
  cut(length: number, direction: "readable" | "writable"): readonly number[];
  /** Each piece lies somewhere else in memory: it is copied there and back. */
  readonly scattered?: boolean;
}

/** A piece of a message that lies elsewhere than the message. */
export interface ScatteredPiece {
  readonly block: DmaBlock;
  /** Where it belongs, from the beginning of the message's block. */
  readonly at: number;
  readonly writable: boolean;
}

/** Where a message's two directions lie, each in one piece. */
export interface MessagePlace {
  readonly address: number;
  readonly readableLength: number;
  /** From the beginning of the block. */
  readonly writableAt: number;
  readonly writableLength: number;
}

/**
 * Puts a message's descriptors together as the framing has it.
 * @returns the pieces that are to be copied
 * @throws RangeError where the pieces are not the message
 */
export function frame(list: ScatterList, place: MessagePlace, framing: Framing, arena: DmaArena): ScatteredPiece[] {
  const pieces: ScatteredPiece[] = [];
  const put = (start: number, total: number, writable: boolean): void => {
    let at = start;
    for (const length of total === 0 ? [] : framing.cut(total, writable ? "writable" : "readable")) {
      let address = place.address + at;
      if (framing.scattered === true) {
        const block = arena.alloc(length, 1);
        pieces.push({ block, at, writable });
        address = block.address;
      }
      if (writable) list.writable(address, length);
      else list.readable(address, length);
      at += length;
    }
    if (at !== start + total) throw new RangeError(`${total} bytes were cut into ${at - start}`);
  };
  list.clear();
  try {
    put(0, place.readableLength, false);
    put(place.writableAt, place.writableLength, true);
  } catch (error) {
    for (const { block } of pieces) arena.release(block);
    list.clear();
    throw error;
  }
  return pieces;
}
