import { longestPiece, type MemorySource, Region } from "./region.ts";

const twoTo32 = 0x1_0000_0000;

/** Where the piece that begins at `address` ends at the latest. */
function pieceEnd(address: number): number {
  return Math.min(address + longestPiece, (Math.floor(address / twoTo32) + 1) * twoTo32);
}

function checkSource(source: MemorySource): void {
  const { address, byteOffset = 0, byteLength } = source;
  for (const [name, value] of Object.entries({ address, byteOffset, byteLength })) {
    if (!Number.isSafeInteger(value) || value < 0 || value % 4 !== 0) {
      throw new RangeError(`guest memory: ${name} is ${value}: give a multiple of 4 below 2^53`);
    }
  }
  if (!Number.isSafeInteger(address + byteLength)) {
    throw new RangeError(`guest memory: ${byteLength} bytes at ${address} reach beyond 2^53`);
  }
}

/**
 * The guest-physical memory that a device may touch: regions with holes between them, which come, go and grow. All
 * bounds are checked here, once; what is handed on are positions in a region.
 */
export class GuestMemory {
  /** Sorted by address, without overlap. */
  private readonly regions: Region[] = [];
  private readonly sources = new Set<MemorySource>();
  /** Counts up whenever a region came or went: what was looked up before is to be looked up again. Never negative. */
  generation = 0;
  /** Whether any source wants to know of writes. */
  watched = false;

  constructor(sources: Iterable<MemorySource> = []) {
    for (const source of sources) this.add(source);
  }

  /** One region of `byteLength` bytes at address 0 over this buffer: for tests, and machines that have no more. */
  static over(buffer: ArrayBufferLike, address = 0): GuestMemory {
    return new GuestMemory([
      { address, byteLength: buffer.byteLength - (buffer.byteLength % 4), buffer: () => buffer },
    ]);
  }

  /** @throws RangeError where the numbers are no multiples of 4 or overlap what is there */
  add(source: MemorySource): void {
    checkSource(source);
    const end = source.address + source.byteLength;
    const other = this.regions.find((region) => region.start < end && source.address < region.start + region.length);
    if (other !== undefined) {
      throw new RangeError(
        `guest memory: ${source.byteLength} bytes at ${source.address} overlap those at ${other.start}`,
      );
    }
    this.sources.add(source);
    this.extend(source, 0);
    this.changed();
  }

  /** The device does not touch it any more, not even for what is in flight. Unknown sources are ignored. */
  remove(source: MemorySource): void {
    if (!this.sources.delete(source)) return;
    for (const region of this.regions) if (region.source === source) region.revoke();
    this.changed();
  }

  /** Looks whether sources have grown or shrunk. Also done before an address is given up as unknown. */
  refresh(): void {
    let different = false;
    for (const source of this.sources) {
      const pieces = this.regions.filter((region) => region.source === source);
      const length = pieces.reduce((sum, region) => sum + region.length, 0);
      if (source.byteLength === length) continue;
      different = true;
      checkSource(source);
      for (const piece of pieces) {
        const reach = Math.min(pieceEnd(piece.start) - piece.start, source.byteLength - piece.skipped);
        piece.resize(Math.max(reach, 0));
      }
      const last = pieces.at(-1);
      this.extend(source, last === undefined ? 0 : last.skipped + last.length);
    }
    if (different) this.changed();
  }

  /** The region in which this address lies, given as its lower and upper 32 bits, signed or not. */
  regionAt(low: number, high: number): Region | undefined {
    const found = this.search(low, high);
    if (found !== undefined) return found;
    this.refresh();
    return this.search(low, high);
  }

  /** Whether all bytes of the range exist, be it in several regions. */
  contains(address: number, byteLength: number): boolean {
    return this.visit(address, byteLength, false, () => {});
  }

  /** Copies from guest memory. False, and nothing useful in `target`, where a byte does not exist. */
  read(address: number, target: Uint8Array): boolean {
    return this.visit(address, target.length, false, (region, offset, length, done) => {
      target.set(region.bytes.subarray(offset, offset + length), done);
    });
  }

  /** Copies to guest memory. False, and nothing is written, where a byte does not exist or is not for writing. */
  write(address: number, source: Uint8Array): boolean {
    if (!this.visit(address, source.length, true, () => {})) return false;
    return this.visit(address, source.length, true, (region, offset, length, done) => {
      region.bytes.set(source.subarray(done, done + length), offset);
      region.written(offset, length);
    });
  }

  private visit(
    address: number,
    byteLength: number,
    toWrite: boolean,
    piece: (region: Region, offset: number, length: number, done: number) => void,
  ): boolean {
    if (!Number.isSafeInteger(address) || address < 0) return false;
    for (let done = 0; done < byteLength;) {
      const at = address + done;
      const region = this.regionAt(at | 0, (at / twoTo32) | 0);
      if (region === undefined || (toWrite && region.readOnly)) return false;
      const offset = at - region.start;
      const length = Math.min(region.length - offset, byteLength - done);
      // A source may have promised more than its buffer has.
      if (offset + length > region.bytes.length) return false;
      piece(region, offset, length, done);
      done += length;
    }
    return true;
  }

  private search(low: number, high: number): Region | undefined {
    const address = (high >>> 0) * twoTo32 + (low >>> 0);
    const regions = this.regions;
    for (let index = 0; index < regions.length; index++) {
      const region = regions[index];
      if (region !== undefined && address >= region.start && address < region.start + region.length) return region;
    }
    return undefined;
  }

  private extend(source: MemorySource, skipped: number): void {
    for (let from = skipped; from < source.byteLength;) {
      const start = source.address + from;
      const length = Math.min(pieceEnd(start) - start, source.byteLength - from);
      this.regions.push(new Region(source, from, length));
      from += length;
    }
  }

  private changed(): void {
    const kept = this.regions.filter((region) => region.length > 0).toSorted((a, b) => a.start - b.start);
    this.regions.splice(0, this.regions.length, ...kept);
    this.watched = kept.some((region) => region.watched);
    this.generation = (this.generation + 1) & 0x3fff_ffff;
  }
}
