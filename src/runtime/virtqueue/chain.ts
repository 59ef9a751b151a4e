import { noRegion, type Region } from "../memory/region.ts";

/** Contiguous bytes of a buffer: a position in guest memory that exists and is no longer than said. */
export class Segment {
  region: Region = noRegion;
  /** In bytes, in the region and in its views. */
  offset = 0;
  /** In bytes, never 0. */
  length = 0;

  /** The region's view: read and write at `offset` up to `offset + length`. Take it anew after every pause. */
  get view(): DataView {
    return this.region.view;
  }

  /** The region's bytes, for copying; the same rules. */
  get bytes(): Uint8Array {
    return this.region.bytes;
  }
}

/** Segments that every chain has from the beginning. The queues' tight loops know no longer chains. */
export const plainSegments = 8;

/**
 * In bytes: the tight loops know no longer segments. So the sums of a chain's lengths are integers of 31 bits, which
 * V8 computes without a check.
 */
export const plainLength = 0x0fff_ffff;

/** Segments that a chain keeps when it goes back to its pool. More than that is rare, and memory of its own. */
const keptSegments = 64;

/** Copies below this many bytes go byte by byte: a typed array's `set` costs more than that. */
const shortCopy = 48;

/**
 * A buffer that the driver made available, as the device sees it: device-readable segments, then device-writable
 * ones. Chains belong to their queue and are used again and again: once a chain is pushed, it is another's. The
 * driver may change the bytes at any time; what a decision depends on is to be read once.
 */
export class Chain {
  /** The first {@link readableCount} are for the device to read, up to {@link segmentCount} to write, the rest is stale. */
  readonly segments: Segment[] = [];
  readableCount = 0;
  segmentCount = 0;
  /** In bytes, all segments together. */
  readableLength = 0;
  writableLength = 0;
  /** What the driver knows it by: the head's index, or the packed buffer id. */
  id = 0;
  /** Entries of the ring that it takes. */
  ringEntries = 0;
  /** Whether the device still owes an answer. The queue's business, like all below. */
  inFlight = false;
  /** With IN_ORDER: answered, but something before it is not. */
  held = false;
  usedLength = 0;

  /** The queue that it belongs to. */
  readonly owner: object;

  constructor(owner: object) {
    this.owner = owner;
    for (let count = 0; count < plainSegments; count++) this.segments.push(new Segment());
  }

  /** The segment at this index, readable ones first. @throws RangeError beyond {@link segmentCount} */
  segment(index: number): Segment {
    if (index < this.segmentCount) {
      const segment = this.segments[index];
      if (segment !== undefined) return segment;
    }
    throw new RangeError(`segment ${index} of a chain that has ${this.segmentCount}`);
  }

  /**
   * Copies from the device-readable bytes, from the one at `position` on, as many as fit and exist.
   * @returns how many: fewer than asked for at the end of the chain, or when its memory is gone
   */
  read(position: number, target: Uint8Array, start = 0, length: number = target.length - start): number {
    let done = 0;
    let skip = position;
    const want = Math.min(length, target.length - start);
    for (let index = 0; index < this.readableCount && done < want; index++) {
      const segment = this.segments[index];
      if (segment === undefined) break;
      if (skip >= segment.length) {
        skip -= segment.length;
        continue;
      }
      const count = Math.min(segment.length - skip, want - done);
      if (!copy(segment.bytes, segment.offset + skip, target, start + done, count)) break;
      done += count;
      skip = 0;
    }
    return done;
  }

  /**
   * Copies to the device-writable bytes, from the one at `position` on, as many as there are and have room.
   * @returns how many: fewer than given at the end of the chain, or when its memory is gone
   */
  write(position: number, source: Uint8Array, start = 0, length: number = source.length - start): number {
    let done = 0;
    let skip = position;
    const want = Math.min(length, source.length - start);
    for (let index = this.readableCount; index < this.segmentCount && done < want; index++) {
      const segment = this.segments[index];
      if (segment === undefined) break;
      if (skip >= segment.length) {
        skip -= segment.length;
        continue;
      }
      const count = Math.min(segment.length - skip, want - done);
      if (!copy(source, start + done, segment.bytes, segment.offset + skip, count)) break;
      done += count;
      skip = 0;
    }
    return done;
  }

  /** Sets `length` device-writable bytes from `position` on to one value. @returns how many there were */
  fill(position: number, value: number, length: number): number {
    let done = 0;
    let skip = position;
    for (let index = this.readableCount; index < this.segmentCount && done < length; index++) {
      const segment = this.segments[index];
      if (segment === undefined) break;
      if (skip >= segment.length) {
        skip -= segment.length;
        continue;
      }
      const count = Math.min(segment.length - skip, length - done);
      const from = segment.offset + skip;
      const bytes = segment.bytes;
      if (from + count > bytes.length) break;
      bytes.fill(value, from, from + count);
      done += count;
      skip = 0;
    }
    return done;
  }

  /** Forgets what it referred to, so that nobody who still holds it touches that memory. The queue's business. */
  empty(): void {
    this.readableCount = 0;
    this.segmentCount = 0;
    this.readableLength = 0;
    this.writableLength = 0;
    this.held = false;
    if (this.segments.length > keptSegments) this.segments.length = keptSegments;
  }

  /** Appends a segment. The queue's business. */
  append(region: Region, offset: number, length: number): void {
    let segment = this.segments[this.segmentCount];
    if (segment === undefined) {
      segment = new Segment();
      this.segments.push(segment);
    }
    segment.region = region;
    segment.offset = offset;
    segment.length = length;
    this.segmentCount += 1;
  }

  /** Tells the memory's owner that the device may have written all writable segments. The queue's business. */
  markWritten(): void {
    for (let index = this.readableCount; index < this.segmentCount; index++) {
      const segment = this.segments[index];
      if (segment !== undefined) segment.region.written(segment.offset, segment.length);
    }
  }
}

/** False, and nothing done, where either side does not reach so far: the memory has gone. */
function copy(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): boolean {
  if (from + count > source.length || to + count > target.length) return false;
  if (count >= shortCopy) {
    target.set(source.subarray(from, from + count), to);
  } else {
    for (let index = 0; index < count; index++) target[to + index] = source[from + index] ?? 0;
  }
  return true;
}
