import { BytesGone, sectorSize, type ByteSource, type ByteTarget, type SectorStore } from "./sector-store.ts";

/** Sectors in memory. Everything happens at once. */
export class BufferStore implements SectorStore {
  readonly bytes: Uint8Array;
  readonly readOnly: boolean;

  /**
   * @param contents the memory itself, not a copy, or how many bytes of zeroes to begin with
   * @throws RangeError where the length is not a multiple of 512
   */
  constructor(contents: ArrayBufferLike | Uint8Array | number, options: { readonly readOnly?: boolean } = {}) {
    if (typeof contents === "number") this.bytes = new Uint8Array(contents);
    else this.bytes = contents instanceof Uint8Array ? contents : new Uint8Array(contents);
    if (this.bytes.length % sectorSize !== 0) {
      throw new RangeError(`a store has whole sectors of ${sectorSize} bytes, not ${this.bytes.length} bytes`);
    }
    this.readOnly = options.readOnly ?? false;
  }

  get size(): number {
    return this.bytes.length;
  }

  read(position: number, target: ByteTarget): void {
    const done = target.write(0, this.bytes, position, target.length);
    if (done < target.length) throw new BytesGone(done, target.length);
  }

  write(position: number, source: ByteSource): void {
    const done = source.read(0, this.bytes, position, source.length);
    if (done < source.length) throw new BytesGone(done, source.length);
  }

  flush(): void {}

  discard(position: number, length: number): void {
    this.bytes.fill(0, position, position + length);
  }

  zero(position: number, length: number): void {
    this.bytes.fill(0, position, position + length);
  }

  /** Memory that is overwritten is gone. */
  erase(position: number, length: number): void {
    this.bytes.fill(0, position, position + length);
  }
}
