/**
 * A stretch of guest memory as a machine has it. Every number is in bytes and a multiple of 4; the guest may be
 * given more sources, and fewer, at any time (see {@link GuestMemory}).
 */
export interface MemorySource {
  /** Guest-physical address of the first byte, below 2^53. */
  readonly address: number;
  /** How far it reaches. May be a getter that grows, as for a WebAssembly.Memory. */
  readonly byteLength: number;
  /** Where the first byte lies in the buffer; 0 if absent. */
  readonly byteOffset?: number;
  /** The buffer as it is now. Asked again whenever the last one was detached, or has become too short. */
  buffer(): ArrayBufferLike;
  /** The device does not write there. */
  readonly readOnly?: boolean;
  /** Others may change it at any time, though it is no SharedArrayBuffer: another process that has it mapped. */
  readonly shared?: boolean;
  /** Told after each write of the device, with the guest-physical range `[from, to)`: for caches of translated code. */
  written?(from: number, to: number): void;
}

const nothing = new Uint8Array(0);
const nothingWords = new Int32Array(0);
const nothingView = new DataView(nothing.buffer);

/**
 * A source, or a piece of one: at most {@link longestPiece} bytes that do not cross a multiple of 2^32. So the upper
 * halves of all its addresses are equal, and offsets and lengths in it are small integers.
 */
export class Region {
  // All begin with a number where one is due: a field that held undefined for a moment V8 would look at each time.
  declare readonly source: MemorySource;
  /** Bytes of the source before this piece. */
  readonly skipped: number = 0;
  /** Guest-physical address of the first byte, and its halves as signed 32-bit integers. */
  readonly start: number = 0;
  readonly startLow: number = 0;
  readonly high: number = 0;
  readonly readOnly: boolean;
  readonly watched: boolean;
  /** In bytes. 0 when the memory is gone: no access passes any more. */
  length = 0;
  private heldBytes: Uint8Array = nothing;
  private heldWords: Int32Array = nothingWords;
  private heldView: DataView = nothingView;

  constructor(source: MemorySource, skipped: number, length: number) {
    this.source = source;
    this.skipped = skipped;
    this.start = source.address + skipped;
    this.startLow = this.start | 0;
    this.high = (this.start / 0x1_0000_0000) | 0;
    this.readOnly = source.readOnly === true;
    this.watched = source.written !== undefined;
    this.length = length;
  }

  // Written so that V8 makes them a part of any code that calls them: at most 27 bytes of bytecode each.

  /** All bytes. Taken anew after the buffer was detached, so do not keep it; empty when the memory is gone. */
  get bytes(): Uint8Array {
    return this.heldBytes.length > 0 ? this.heldBytes : this.retakenBytes;
  }

  /** The same as little-endian words, on the processors that JavaScript runs on. */
  get words(): Int32Array {
    return this.heldBytes.length > 0 ? this.heldWords : this.retakenWords;
  }

  /** The same for values of any width and place. */
  get view(): DataView {
    return this.heldBytes.length > 0 ? this.heldView : this.retakenView;
  }

  /** Whether other threads or processes may change it at any time. */
  get shared(): boolean {
    if (this.source.shared === true) return true;
    return typeof SharedArrayBuffer !== "undefined" && this.bytes.buffer instanceof SharedArrayBuffer;
  }

  /** To be called after `length` bytes at `offset` were written other than through {@link GuestMemory} or a chain. */
  written(offset: number, length: number): void {
    if (this.watched && length > 0) this.source.written?.(this.start + offset, this.start + offset + length);
  }

  /** Reaches so far now, and no access is possible beyond. */
  resize(length: number): void {
    this.length = length;
    this.take();
  }

  /** No access from now on: views that were handed out before are the caller's to forget. */
  revoke(): void {
    this.resize(0);
  }

  private get retakenBytes(): Uint8Array {
    return this.take().heldBytes;
  }

  private get retakenWords(): Int32Array {
    return this.take().heldWords;
  }

  private get retakenView(): DataView {
    return this.take().heldView;
  }

  private take(): this {
    this.heldBytes = nothing;
    this.heldWords = nothingWords;
    this.heldView = nothingView;
    if (this.length === 0) return this;
    const buffer = this.source.buffer();
    const from = (this.source.byteOffset ?? 0) + this.skipped;
    if (from + this.length > buffer.byteLength) {
      this.length = 0;
      return this;
    }
    this.heldBytes = new Uint8Array(buffer, from, this.length);
    this.heldWords = new Int32Array(buffer, from, this.length >> 2);
    this.heldView = new DataView(buffer, from, this.length);
    return this;
  }
}

/** In bytes: the largest with which an offset is a small integer also where V8 compresses pointers. */
export const longestPiece = 0x3fff_fffc;

const empty: MemorySource = { address: 0, byteLength: 0, buffer: () => nothing.buffer };

/** Contains no address: stands where no region is known yet. */
export const noRegion: Region = new Region(empty, 0, 0);
