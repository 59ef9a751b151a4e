import {
  close,
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import type { Answer } from "virtgen/runtime";
import { BytesGone, sectorSize, type ByteSource, type ByteTarget, type SectorStore } from "../store/sector-store.ts";

const readFrom = promisify(read);
const writeTo = promisify(write);
const sync = promisify(fdatasync);
const closeFile = promisify(close);

/** Bytes of one transfer: a longer request is several of them, so that no driver decides how much memory is taken. */
const longestPiece = 1 << 18;

export interface FileStoreOptions {
  readonly readOnly?: boolean;
  /** Each call blocks until it is done. Otherwise Node's thread pool does the work, several requests at a time. */
  readonly synchronous?: boolean;
  /** In bytes: makes the file if it does not exist, and at least as long as this. */
  readonly size?: number;
}

/** Sectors in a file. Bytes behind the last whole sector are not used. */
export class FileStore implements SectorStore {
  readonly readOnly: boolean;
  private readonly file: number;
  private readonly synchronous: boolean;
  private readonly scratch: Uint8Array = new Uint8Array(longestPiece);
  private sizeNow = 0;

  /** @throws the file system's error where the file cannot be opened */
  constructor(path: string, options: FileStoreOptions = {}) {
    const { readOnly = false, synchronous = false, size } = options;
    const create = size === undefined ? 0 : constants.O_CREAT;
    this.file = openSync(path, readOnly ? constants.O_RDONLY : constants.O_RDWR | create);
    this.readOnly = readOnly;
    this.synchronous = synchronous;
    try {
      if (size !== undefined && !readOnly && fstatSync(this.file).size < size) ftruncateSync(this.file, size);
      this.measure();
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  get size(): number {
    return this.sizeNow;
  }

  /** Looks how long the file is now; `BlkDisk.sizeChanged` tells the driver. */
  measure(): void {
    const { size } = fstatSync(this.file);
    this.sizeNow = size - (size % sectorSize);
  }

  read(position: number, target: ByteTarget): Answer<void> {
    return this.synchronous ? this.readNow(position, target) : this.readLater(position, target);
  }

  write(position: number, source: ByteSource): Answer<void> {
    return this.synchronous ? this.writeNow(position, source) : this.writeLater(position, source);
  }

  flush(): Answer<void> {
    if (!this.synchronous) return sync(this.file);
    fdatasyncSync(this.file);
    return undefined;
  }

  /** Node has no way to give blocks back, and nothing has to happen: the bytes stay. */
  discard(): void {}

  zero(position: number, length: number): Answer<void> {
    return this.write(position, new Zeroes(length));
  }

  /** What is in flight must have ended. */
  async close(): Promise<void> {
    await closeFile(this.file);
  }

  private readNow(position: number, target: ByteTarget): void {
    for (let done = 0; done < target.length;) {
      const count = readSync(this.file, this.scratch, 0, piece(target, done), position + done);
      this.deliver(target, done, this.scratch, count);
      done += count;
    }
  }

  private async readLater(position: number, target: ByteTarget): Promise<void> {
    const bytes = new Uint8Array(piece(target, 0));
    for (let done = 0; done < target.length;) {
      // One piece after the other: the next one overwrites this one's bytes.
      // oxlint-disable-next-line no-await-in-loop
      const { bytesRead } = await readFrom(this.file, bytes, 0, piece(target, done), position + done);
      this.deliver(target, done, bytes, bytesRead);
      done += bytesRead;
    }
  }

  private writeNow(position: number, source: ByteSource): void {
    for (let done = 0; done < source.length;) {
      const length = this.fetch(source, done, this.scratch);
      for (let sent = 0; sent < length;) {
        sent += writeSync(this.file, this.scratch, sent, length - sent, position + done + sent);
      }
      done += length;
    }
  }

  private async writeLater(position: number, source: ByteSource): Promise<void> {
    const bytes = new Uint8Array(piece(source, 0));
    for (let done = 0; done < source.length;) {
      const length = this.fetch(source, done, bytes);
      for (let sent = 0; sent < length;) {
        // oxlint-disable-next-line no-await-in-loop
        sent += (await writeTo(this.file, bytes, sent, length - sent, position + done + sent)).bytesWritten;
      }
      done += length;
    }
  }

  private deliver(target: ByteTarget, done: number, bytes: Uint8Array, count: number): void {
    if (count === 0)
      throw new RangeError(`the file has become shorter: it ended within the request, after ${done} bytes`);
    const taken = target.write(done, bytes, 0, count);
    if (taken < count) throw new BytesGone(done + taken, target.length);
  }

  private fetch(source: ByteSource, done: number, bytes: Uint8Array): number {
    const wanted = piece(source, done);
    const count = source.read(done, bytes, 0, wanted);
    if (count < wanted) throw new BytesGone(done + count, source.length);
    return count;
  }
}

function piece(bytes: { readonly length: number }, done: number): number {
  return Math.min(longestPiece, bytes.length - done);
}

class Zeroes implements ByteSource {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  read(position: number, target: Uint8Array, start = 0, length: number = target.length - start): number {
    const count = Math.min(length, this.length - position);
    target.fill(0, start, start + count);
    return count;
  }
}
