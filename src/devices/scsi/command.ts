import type { ByteSource, ByteTarget } from "../store/sector-store.ts";
import type { Sense } from "./sense.ts";

/** Operation codes that the units know, by the names of SPC and SBC. */
export const OPCODE = {
  TEST_UNIT_READY: 0x00,
  REQUEST_SENSE: 0x03,
  READ_6: 0x08,
  WRITE_6: 0x0a,
  INQUIRY: 0x12,
  MODE_SENSE_6: 0x1a,
  READ_CAPACITY_10: 0x25,
  READ_10: 0x28,
  WRITE_10: 0x2a,
  SYNCHRONIZE_CACHE_10: 0x35,
  WRITE_SAME_10: 0x41,
  UNMAP: 0x42,
  MODE_SENSE_10: 0x5a,
  READ_16: 0x88,
  WRITE_16: 0x8a,
  SYNCHRONIZE_CACHE_16: 0x91,
  WRITE_SAME_16: 0x93,
  SERVICE_ACTION_IN_16: 0x9e,
  REPORT_LUNS: 0xa0,
  READ_12: 0xa8,
  WRITE_12: 0xaa,
} as const;

/** The service action of SERVICE ACTION IN (16) that is READ CAPACITY (16). */
export const READ_CAPACITY_16 = 0x10;

/** A command as it comes in. */
export interface ScsiCommand {
  readonly cdb: Uint8Array;
  readonly dataOut: ByteSource;
  readonly dataIn: ByteTarget;
}

/** How a command ended. */
export interface ScsiResult {
  /** Status code of SAM. */
  readonly status: number;
  /** With CHECK CONDITION. */
  readonly sense?: Sense;
  /** Bytes of `dataOut` that were taken, and of `dataIn` that were filled. */
  readonly taken: number;
  readonly filled: number;
  /** The command wants more data than there are bytes for; nothing was done. */
  readonly overrun?: true;
}

/** Thrown by what serves a command: it wants to transfer more than there are bytes for. */
export class DataOverrun extends Error {
  constructor(wanted: number, length: number) {
    super(`the command transfers ${wanted} bytes, there are ${length}`);
    this.name = "DataOverrun";
  }
}

const twoTo32 = 0x1_0000_0000;

/** The big-endian fields of a command descriptor block, or of a parameter list. What is not there reads as 0. */
export class BigEndianFields {
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  u8(at: number): number {
    return this.bytes[at] ?? 0;
  }

  u16(at: number): number {
    return this.u8(at) * 0x100 + this.u8(at + 1);
  }

  u32(at: number): number {
    return this.u16(at) * 0x1_0000 + this.u16(at + 2);
  }

  /** As a number: exact below 2^53, and beyond no store has a block. */
  u64(at: number): number {
    return this.u32(at) * twoTo32 + this.u32(at + 4);
  }
}

/** A range of blocks in a READ, WRITE, SYNCHRONIZE CACHE or WRITE SAME. */
export interface BlockRange {
  readonly first: number;
  readonly count: number;
}

/** Takes first block and count from a block command, whose size the upper three bits of its code tell. */
export function blockRange(fields: BigEndianFields): BlockRange {
  switch (fields.u8(0) >> 5) {
    case 0:
      // 0 blocks mean 256 in this form only.
      return { first: fields.u32(0) & 0x1f_ffff, count: fields.u8(4) || 256 };
    case 4:
      return { first: fields.u64(2), count: fields.u32(10) };
    case 5:
      return { first: fields.u32(2), count: fields.u32(6) };
    default:
      return { first: fields.u32(2), count: fields.u16(7) };
  }
}
