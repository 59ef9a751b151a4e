import type { Answer } from "virtgen/runtime";
import { allDone } from "../store/all-done.ts";
import type { ByteSource, SectorStore } from "../store/sector-store.ts";
import {
  BigEndianFields,
  blockRange,
  type BlockRange,
  DataOverrun,
  OPCODE,
  READ_CAPACITY_16,
  type ScsiCommand,
  type ScsiResult,
} from "./command.ts";
import { standardInquiry, vitalProductData, type UnitIdentity, type UnitLimits } from "./inquiry.ts";
import { modeSense } from "./mode-pages.ts";
import {
  blockOutOfRange,
  capacityChanged,
  CheckCondition,
  invalidFieldInCdb,
  invalidOpcode,
  invalidParameter,
  noSense,
  readError,
  type Sense,
  senseBytes,
  STATUS,
  unitsChanged,
  wasReset,
  writeError,
  writeProtected,
} from "./sense.ts";
import { repeated, unmapRanges } from "./many-blocks.ts";

export interface UnitOptions extends Partial<UnitIdentity> {
  readonly store: SectorStore;
  /** In bytes, a multiple of 512; 512 if absent. */
  readonly blockSize?: number;
}

/** What was transferred. */
interface Transfer {
  readonly taken: number;
  readonly filled: number;
}

const nothing: Transfer = { taken: 0, filled: 0 };
const limits: UnitLimits = { maxUnmapBlocks: 0x40_0000, maxUnmapRanges: 64, maxWriteSameBlocks: 0x1_0000 };
const directAccess = 0x00;
/** In byte 1 of a WRITE: it is on the medium before it is answered. */
const forceUnitAccess = 0x08;
/** In byte 1 of a READ or WRITE: protection information, which there is none of. */
const protection = 0xe0;

/** One logical unit: a disk over a store, as the block commands of SBC see it. */
export class LogicalUnit {
  readonly identity: UnitIdentity;
  /** In bytes. */
  readonly blockSize: number;
  private readonly store: SectorStore;
  /** What the driver is told once, at the next command that is not a question about the unit itself. */
  private attention: Sense | undefined;

  /** @throws RangeError where the block size is none */
  constructor(options: UnitOptions) {
    const { store, blockSize = 512 } = options;
    if (!Number.isInteger(blockSize) || blockSize < 512 || blockSize % 512 !== 0) {
      throw new RangeError(`a block has a multiple of 512 bytes, not ${blockSize}`);
    }
    this.store = store;
    this.blockSize = blockSize;
    this.identity = {
      vendor: options.vendor ?? "virtgen",
      product: options.product ?? "disk",
      revision: options.revision ?? "1",
      serial: options.serial ?? "0",
      removable: options.removable ?? false,
    };
  }

  /** Whole blocks of the store. */
  get blocks(): number {
    return Math.floor(this.store.size / this.blockSize);
  }

  /** The unit was reset: the driver is told at its next command. */
  reset(): void {
    this.attention = wasReset;
  }

  /** The store has become larger or smaller: the driver is told at its next command. */
  sizeChanged(): void {
    this.attention = capacityChanged;
  }

  /** Other units of the target came or went: the driver is told at its next command. */
  unitsChanged(): void {
    this.attention = unitsChanged;
  }

  /** Serves a command. Never throws; a promise never rejects. */
  execute(command: ScsiCommand): Answer<ScsiResult> {
    let done: Answer<Transfer>;
    try {
      done = this.begin(command);
    } catch (error) {
      return failed(error, isWrite(command.cdb[0] ?? 0));
    }
    if (!(done instanceof Promise)) return good(done);
    return done.then(good, (error: unknown) => failed(error, isWrite(command.cdb[0] ?? 0)));
  }

  private begin(command: ScsiCommand): Answer<Transfer> {
    const fields = new BigEndianFields(command.cdb);
    const code = fields.u8(0);
    if (code === OPCODE.INQUIRY) return answer(command, this.inquiry(fields), fields.u16(3));
    if (code === OPCODE.REQUEST_SENSE)
      return answer(command, senseBytes(this.takeAttention() ?? noSense), fields.u8(4));
    const attention = this.takeAttention();
    if (attention !== undefined) throw new CheckCondition(attention);
    switch (code) {
      case OPCODE.TEST_UNIT_READY:
        return nothing;
      case OPCODE.READ_6:
      case OPCODE.READ_10:
      case OPCODE.READ_12:
      case OPCODE.READ_16:
        return this.read(command, fields);
      case OPCODE.WRITE_6:
      case OPCODE.WRITE_10:
      case OPCODE.WRITE_12:
      case OPCODE.WRITE_16:
        return this.write(command, fields);
      case OPCODE.SYNCHRONIZE_CACHE_10:
      case OPCODE.SYNCHRONIZE_CACHE_16:
        this.check(blockRange(fields));
        return whenDone(this.store.flush(), nothing);
      case OPCODE.WRITE_SAME_10:
      case OPCODE.WRITE_SAME_16:
        return this.writeSame(command, fields);
      case OPCODE.UNMAP:
        return this.unmap(command, fields);
      case OPCODE.MODE_SENSE_6:
      case OPCODE.MODE_SENSE_10:
        return this.mode(command, fields);
      case OPCODE.READ_CAPACITY_10:
        return answer(command, this.capacity10(), 8);
      case OPCODE.SERVICE_ACTION_IN_16:
        if ((fields.u8(1) & 0x1f) !== READ_CAPACITY_16) throw new CheckCondition(invalidFieldInCdb);
        return answer(command, this.capacity16(), fields.u32(10));
      default:
        throw new CheckCondition(invalidOpcode);
    }
  }

  private takeAttention(): Sense | undefined {
    const { attention } = this;
    this.attention = undefined;
    return attention;
  }

  private inquiry(fields: BigEndianFields): Uint8Array {
    const page = fields.u8(2);
    if ((fields.u8(1) & 1) === 0) {
      if (page !== 0) throw new CheckCondition(invalidFieldInCdb);
      return standardInquiry(directAccess, this.identity);
    }
    const bytes = vitalProductData(page, this.identity, limits);
    if (bytes === undefined) throw new CheckCondition(invalidFieldInCdb);
    return bytes;
  }

  private read(command: ScsiCommand, fields: BigEndianFields): Answer<Transfer> {
    const { position, length } = this.transfer(fields);
    const { dataIn } = command;
    if (length > dataIn.length) throw new DataOverrun(length, dataIn.length);
    if (length === 0) return nothing;
    // What is behind the data belongs to nobody: it is not filled.
    const target = {
      length,
      write: (at: number, source: Uint8Array, start?: number, count?: number) => dataIn.write(at, source, start, count),
    };
    return whenDone(this.store.read(position, target), { taken: 0, filled: length });
  }

  private write(command: ScsiCommand, fields: BigEndianFields): Answer<Transfer> {
    const { position, length } = this.transfer(fields);
    const { dataOut } = command;
    if (this.store.readOnly) throw new CheckCondition(writeProtected);
    if (length > dataOut.length) throw new DataOverrun(length, dataOut.length);
    if (length === 0) return nothing;
    const source = {
      length,
      read: (at: number, target: Uint8Array, start?: number, count?: number) => dataOut.read(at, target, start, count),
    };
    const force = fields.u8(0) !== OPCODE.WRITE_6 && (fields.u8(1) & forceUnitAccess) !== 0;
    return this.stored(this.store.write(position, source), force, { taken: length, filled: 0 });
  }

  private writeSame(command: ScsiCommand, fields: BigEndianFields): Answer<Transfer> {
    const range = blockRange(fields);
    const flags = fields.u8(1);
    const noData = fields.u8(0) === OPCODE.WRITE_SAME_16 && (flags & 0x01) !== 0;
    if ((flags & protection) !== 0 || range.count === 0 || range.count > limits.maxWriteSameBlocks) {
      throw new CheckCondition(invalidFieldInCdb);
    }
    this.check(range);
    if (this.store.readOnly) throw new CheckCondition(writeProtected);
    const block = new Uint8Array(this.blockSize);
    if (!noData) {
      const { dataOut } = command;
      if (dataOut.length < block.length) throw new DataOverrun(block.length, dataOut.length);
      dataOut.read(0, block);
    }
    const taken = noData ? 0 : block.length;
    const position = range.first * this.blockSize;
    const source = repeated(block, range.count);
    const unmap = (flags & 0x08) !== 0;
    const done = block.every((byte) => byte === 0)
      ? this.store.zero(position, source.length, unmap)
      : this.store.write(position, source);
    return whenDone(done, { taken, filled: 0 });
  }

  private unmap(command: ScsiCommand, fields: BigEndianFields): Answer<Transfer> {
    const length = fields.u16(7);
    const { dataOut } = command;
    if (length > dataOut.length) throw new DataOverrun(length, dataOut.length);
    const list = bytesOf(dataOut, length);
    const ranges = unmapRanges(list, limits);
    for (const range of ranges) this.check(range);
    // Ranges that lie over one another are no way to keep the unit busy: together they are at most all of it.
    if (ranges.reduce((sum, { count }) => sum + count, 0) > this.blocks) throw new CheckCondition(invalidParameter);
    if (this.store.readOnly) throw new CheckCondition(writeProtected);
    const { store, blockSize } = this;
    const zeroed = ranges.map(({ first, count }) => store.zero(first * blockSize, count * blockSize, true));
    return whenDone(allDone(zeroed), { taken: length, filled: 0 });
  }

  private mode(command: ScsiCommand, fields: BigEndianFields): Transfer {
    const long = fields.u8(0) === OPCODE.MODE_SENSE_10;
    const query = {
      long,
      withoutDescriptor: (fields.u8(1) & 0x08) !== 0,
      control: fields.u8(2) >> 6,
      page: fields.u8(2) & 0x3f,
      subpage: fields.u8(3),
    };
    const { readOnly } = this.store;
    const state = { readOnly, writeCache: !readOnly, blocks: this.blocks, blockSize: this.blockSize };
    return answer(command, modeSense(query, state), long ? fields.u16(7) : fields.u8(4));
  }

  private capacity10(): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.min(Math.max(this.blocks - 1, 0), 0xffff_ffff));
    view.setUint32(4, this.blockSize);
    return bytes;
  }

  private capacity16(): Uint8Array {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    const last = Math.max(this.blocks - 1, 0);
    view.setUint32(0, Math.floor(last / 0x1_0000_0000));
    view.setUint32(4, last % 0x1_0000_0000);
    view.setUint32(8, this.blockSize);
    // Blocks can be unmapped, and read as zeroes then.
    bytes[14] = 0xc0;
    return bytes;
  }

  /** Where a READ or WRITE goes in the store, in bytes. */
  private transfer(fields: BigEndianFields): { position: number; length: number } {
    const range = blockRange(fields);
    const short = fields.u8(0) === OPCODE.READ_6 || fields.u8(0) === OPCODE.WRITE_6;
    if (!short && (fields.u8(1) & protection) !== 0) throw new CheckCondition(invalidFieldInCdb);
    this.check(range);
    return { position: range.first * this.blockSize, length: range.count * this.blockSize };
  }

  private check({ first, count }: BlockRange): void {
    if (first > this.blocks || first + count > this.blocks) {
      throw new CheckCondition({ ...blockOutOfRange, block: Math.max(first, Math.min(this.blocks, first + count)) });
    }
  }

  private stored(written: Answer<void>, force: boolean, done: Transfer): Answer<Transfer> {
    if (!force) return whenDone(written, done);
    if (written instanceof Promise) return written.then(() => this.store.flush()).then(() => done);
    return whenDone(this.store.flush(), done);
  }
}

/** Fills `dataIn` with as much of the bytes as the driver allows and has room for. */
export function answer({ dataIn }: ScsiCommand, bytes: Uint8Array, allowed: number): Transfer {
  const length = Math.min(bytes.length, allowed, dataIn.length);
  return { taken: 0, filled: dataIn.write(0, bytes, 0, length) };
}

/** How a command ended that went well. */
export function good({ taken, filled }: Transfer): ScsiResult {
  return { status: STATUS.GOOD, taken, filled };
}

/** How a command ended that threw: what the store throws is an error of the medium. */
export function failed(error: unknown, writing: boolean): ScsiResult {
  if (error instanceof DataOverrun) return { status: STATUS.GOOD, ...nothing, overrun: true };
  const medium = writing ? writeError : readError;
  const sense = error instanceof CheckCondition ? error.sense : medium;
  return { status: STATUS.CHECK_CONDITION, sense, ...nothing };
}

function isWrite(code: number): boolean {
  switch (code) {
    case OPCODE.READ_6:
    case OPCODE.READ_10:
    case OPCODE.READ_12:
    case OPCODE.READ_16:
      return false;
    default:
      return true;
  }
}

function bytesOf(source: ByteSource, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  source.read(0, bytes);
  return bytes;
}

function whenDone(done: Answer<void>, result: Transfer): Answer<Transfer> {
  return done instanceof Promise ? done.then(() => result) : result;
}
