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

/** Segments that a chain keeps when it goes back to its pool. More than that is rare, and memory of its own. */
const keptSegments = 64;

// Where a chain is. A number, for V8 compares those in a step, and tests a field for true in a dozen.
export const chainIdle = 0;
export const chainInFlight = 1;
/** With IN_ORDER: answered, but something before it is not. */
export const chainHeld = 2;

/** Descriptors of a chain that the queues follow by themselves, where all lie near each other; beyond is the walker's. */
export const fewDescriptors = 8;

/** Copies below this many bytes go byte by byte: a typed array's `set` costs more than that. */
const shortCopy = 48;

/**
 * A buffer that the driver made available, as the device sees it: device-readable segments, then device-writable
 * ones. Chains belong to their queue and are used again and again: once a chain is pushed, it is another's. The
 * driver may change the bytes at any time; what a decision depends on is to be read once.
 */
export class Chain {
  /** Most chains have two segments: as fields of their own V8 knows what they are. */
  readonly first: Segment = new Segment();
  readonly second: Segment = new Segment();
  /** The first {@link readableCount} are for the device to read, up to {@link segmentCount} to write, the rest is stale. */
  readonly segments: Segment[] = [this.first, this.second];
  readableCount = 0;
  segmentCount = 0;
  /** In bytes, all segments together. */
  readableLength = 0;
  writableLength = 0;
  /** What the driver knows it by: the head's index, or the packed buffer id. */
  id = 0;
  /** Entries of the ring that it takes. */
  ringEntries = 0;
  /** Where it is. The queue's business, like all below. */
  stage: number = chainIdle;
  usedLength = 0;

  /** The queue that it belongs to. */
  readonly owner: object;

  constructor(owner: object) {
    this.owner = owner;
  }

  /** Whether the device still owes an answer. */
  get inFlight(): boolean {
    return this.stage !== chainIdle;
  }

  /** The segment at this index, readable ones first. @throws RangeError beyond {@link segmentCount} */
  segment(index: number): Segment {
    const segment = index === 0 ? this.first : index === 1 ? this.second : this.segments[index];
    if (segment === undefined || index >= this.segmentCount) throw this.noSegment(index);
    return segment;
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

  private noSegment(index: number): RangeError {
    return new RangeError(`segment ${index} of a chain that has ${this.segmentCount}`);
  }

  /** Forgets what it referred to, so that nobody who still holds it touches that memory. The queue's business. */
  empty(): void {
    this.readableCount = 0;
    this.segmentCount = 0;
    this.readableLength = 0;
    this.writableLength = 0;
    if (this.segments.length > keptSegments) this.segments.length = keptSegments;
  }

  /**
   * Fills it in with one segment for the device to read and one to write, both in this region: what most drivers send
   * most of the time. Whether they lie in it is the caller's to look at: said by a value returned from here, V8 would
   * forget what was written. The queue's business.
   */
  place(region: Region, offset: number, length: number, offsetToWrite: number, lengthToWrite: number): void {
    const { first, second } = this;
    // Mostly it is the same one again, and to write a reference costs more than to compare it.
    if (first.region !== region) first.region = region;
    first.offset = offset;
    first.length = length;
    if (second.region !== region) second.region = region;
    second.offset = offsetToWrite;
    second.length = lengthToWrite;
    this.readableCount = 1;
    this.segmentCount = 2;
    this.readableLength = length;
    this.writableLength = lengthToWrite;
  }

  /**
   * Appends the memory of a direct descriptor that begins at this word, if it lies in this region and may stand here:
   * what is for the device to read comes first. The queue's business.
   * @returns false, and nothing is changed, where it is not so
   */
  appendHere(words: Int32Array, from: number, toWrite: number, region: Region): boolean {
    const { startLow, high, length: reach } = region;
    const offset = ((words[from] ?? 0) - startLow) | 0;
    const length = words[from + 2] ?? 0;
    if (words[from + 1] !== high || offset < 0 || length <= 0 || offset > reach - length) return false;
    if (toWrite !== 0) {
      this.writableLength += length;
    } else if (this.writableLength === 0) {
      this.readableLength += length;
      this.readableCount += 1;
    } else {
      return false;
    }
    this.append(region, offset, length);
    return true;
  }

  /** Appends a segment. The queue's business. */
  append(region: Region, offset: number, length: number): void {
    let segment = this.segments[this.segmentCount];
    if (segment === undefined) {
      segment = new Segment();
      this.segments.push(segment);
    }
    if (segment.region !== region) segment.region = region;
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
