import { closeSync, ftruncateSync, openSync, rmSync } from "node:fs";
import type { MemorySource } from "virtgen/runtime";
import type { Mapping, SystemCalls } from "./system-calls.ts";

/**
 * The memory of a guest, in a file that QEMU maps too. Rings and buffers are in it, as the typed arrays of any memory:
 * what one side writes the other sees at once.
 */
export class GuestRam implements MemorySource {
  readonly address = 0;
  readonly byteLength: number;
  /** QEMU is another process, and writes whenever it likes. */
  readonly shared = true;
  private readonly path: string;
  private readonly mapping: Mapping;

  /** @param byteLength a multiple of 4096 */
  constructor(path: string, byteLength: number, calls: SystemCalls) {
    this.path = path;
    this.byteLength = byteLength;
    const file = openSync(path, "wx+", 0o600);
    try {
      ftruncateSync(file, byteLength);
      this.mapping = calls.map(file, byteLength);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  }

  buffer(): ArrayBuffer {
    return this.mapping.buffer;
  }

  /** Gives the memory up, and removes the file. */
  release(): void {
    this.mapping.release();
    rmSync(this.path, { force: true });
  }
}
