import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const headBytes = 8;

/** Where the record of that name lies: V8's formats are those of one version on one kind of machine. */
export function recordPath(folder: string, name: string): string {
  return join(folder, `${name}-${process.versions.v8}-${process.platform}-${process.arch}`);
}

/**
 * What was derived from `source`, every byte as it was written: its readers take it as it is. Undefined where there is
 * no record, or not of this source, or a damaged one.
 */
export function readRecord(path: string, source: Buffer): Buffer | undefined {
  let record: Buffer;
  try {
    record = readFileSync(path);
  } catch {
    return undefined;
  }
  if (record.length < headBytes) return undefined;
  const start = headBytes + record.readUInt32LE(0);
  const end = start + record.readUInt32LE(4);
  if (record.length !== end + (end - start)) return undefined;
  const derived = record.subarray(start, end);
  const intact = record.subarray(headBytes, start).equals(source) && derived.equals(record.subarray(end));
  return intact ? derived : undefined;
}

/**
 * A record holds both lengths in bytes, the source, and what was derived twice: to compare all of it byte by byte is
 * faster than any checksum. It is written in one step, so that a run at the same time reads a whole record or none.
 */
export function writeRecord(path: string, source: Buffer, derived: Buffer): void {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(source.length, 0);
  head.writeUInt32LE(derived.length, 4);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, Buffer.concat([head, source, derived, derived]));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
