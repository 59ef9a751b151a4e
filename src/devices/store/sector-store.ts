import type { Answer } from "virtgen/runtime";

/** In bytes: what blk requests count in, whatever size the store's own blocks have. */
export const sectorSize = 512;

/** Bytes that are to be stored. `InputBytes` of a request are that. */
export interface ByteSource {
  /** In bytes. */
  readonly length: number;
  /** Copies from the byte at `position` on. @returns how many; fewer where they are gone */
  read(position: number, target: Uint8Array, start?: number, length?: number): number;
}

/** Where bytes that were stored go. `OutputBytes` of a request are that. */
export interface ByteTarget {
  /** In bytes. */
  readonly length: number;
  /** Copies to the byte at `position` and those behind it. @returns how many; fewer where there is no place any more */
  write(position: number, source: Uint8Array, start?: number, length?: number): number;
}

/**
 * What a disk keeps its bytes in. Positions and lengths are in bytes and multiples of 512, and lie within `size`: who
 * calls has seen to that. Each method works at once, or returns a promise; calls may overlap then, and end in any
 * order. What fails throws, or rejects: the driver sees an I/O error.
 */
export interface SectorStore {
  /** In bytes, a multiple of 512. May grow and shrink: see `BlkDisk.sizeChanged`. */
  readonly size: number;
  readonly readOnly: boolean;
  /** Fills the target from `position` on. */
  read(position: number, target: ByteTarget): Answer<void>;
  /** Stores all of the source from `position` on. */
  write(position: number, source: ByteSource): Answer<void>;
  /** Makes what was written durable. */
  flush(): Answer<void>;
  /** Nobody needs what these bytes hold. */
  discard(position: number, length: number): Answer<void>;
  /** The bytes read as zeroes from now on. @param release their memory may be given back */
  zero(position: number, length: number, release: boolean): Answer<void>;
  /** Nothing of the bytes can be recovered. Absent where the store cannot promise that. */
  erase?(position: number, length: number): Answer<void>;
}

/** Thrown by a store where the bytes of a request went away before it was served: a reset, or memory that was removed. */
export class BytesGone extends Error {
  constructor(done: number, wanted: number) {
    super(`only ${done} of ${wanted} bytes of the request are still there`);
    this.name = "BytesGone";
  }
}

/** Bytes in an array as source and target. */
export class ArrayBytes implements ByteSource, ByteTarget {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }

  read(position: number, target: Uint8Array, start = 0, length: number = target.length - start): number {
    const count = Math.max(0, Math.min(length, this.bytes.length - position));
    target.set(this.bytes.subarray(position, position + count), start);
    return count;
  }

  write(position: number, source: Uint8Array, start = 0, length: number = source.length - start): number {
    const count = Math.max(0, Math.min(length, this.bytes.length - position));
    this.bytes.set(source.subarray(start, start + count), position);
    return count;
  }
}
