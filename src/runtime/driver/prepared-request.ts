import { CodecError } from "../codec-error.ts";
import type { Region } from "../memory/region.ts";
import type { Operation } from "../operation.ts";
import { ScatterList } from "../virtqueue/scatter-list.ts";
import type { DmaArena } from "./dma-arena.ts";
import type { DmaBlock, GuestRange } from "./dma-memory.ts";
import { DriverError } from "./driver-error.ts";
import { frame, type Framing, type ScatteredPiece } from "./framing.ts";
import type { OperationCodecs } from "./operation-codecs.ts";

/** How much room the parts of a request have, in bytes. */
export interface RequestRoom {
  /** Of what is sent, where that is of no fixed size. */
  readonly sentLength?: number;
  /** Of the answer, where that is of no fixed size: the most that it can take, where there is such a bound. */
  readonly answerLength?: number;
  /** Bytes of any number that the device reads behind what is sent. */
  readonly inputLength?: number;
  /** Bytes of any number that the device writes beside the answer. */
  readonly outputLength?: number;
  /** Guest memory whose bytes are the input or output instead: they are not copied. */
  readonly inputAt?: readonly GuestRange[];
  readonly outputAt?: readonly GuestRange[];
}

/** Told when a request is done: {@link PreparedRequest.error} says whether the device has answered. */
export type RequestDone = (request: PreparedRequest) => void;

/** Where a request goes. */
export interface RequestTarget {
  submit(request: PreparedRequest): void;
}

/** What the answer's bytes are before the device writes them: a value that answers do not have in all their bytes. */
const unwritten = 0xff;
const noBytes = new Uint8Array(0);
const partAlign = 16;

function ignore(): void {}

/** @throws DriverError where there are bytes that the operation has no place for */
function checkParts({ message, input, output }: Operation, inputLength: number, outputLength: number): void {
  if (message.byAddress === true) return;
  if (inputLength > 0 && !input) throw new DriverError("misuse", `${message.name}: nothing follows what is sent`);
  if (outputLength > 0 && output === undefined) {
    throw new DriverError("misuse", `${message.name}: the device writes nothing but its answer`);
  }
}

function sum(ranges: readonly GuestRange[] | undefined, length: number | undefined): number {
  return ranges === undefined ? (length ?? 0) : ranges.reduce((total, range) => total + range.length, 0);
}

/** In bytes. An answer that may be shorter has room for the longest, unless the user says otherwise. */
function answerRoomOf(codecs: OperationCodecs, room: RequestRoom): number {
  return codecs.answerLength ?? room.answerLength ?? codecs.longestAnswer ?? 0;
}

/** In bytes: what a request's parts take in a block. */
export function blockLength(codecs: OperationCodecs, room: RequestRoom): number {
  const sent = codecs.sentLength ?? room.sentLength ?? 0;
  const input = room.inputAt === undefined ? (room.inputLength ?? 0) : 0;
  const output = room.outputAt === undefined ? (room.outputLength ?? 0) : 0;
  const answer = answerRoomOf(codecs, room);
  return Math.ceil((sent + input) / partAlign) * partAlign + output + answer;
}

/**
 * A request whose buffers lie in guest memory already. It may be filled in, submitted and read any number of times;
 * while it is under way its bytes are the device's. Nothing here allocates but what says so.
 */
export class PreparedRequest {
  codecs: OperationCodecs;
  /**
   * Bytes that the device says it wrote, counted from the first that it could. On the legacy interface, where that is
   * not reliable: all of them, wherever an answer tells what came of the request.
   */
  written = 0;
  /** Why there is no answer; undefined where the device has used the buffers. */
  error: DriverError | undefined;
  /** The device has it, or it waits for room in the queue. */
  underWay = false;
  /** It has failed, and the device may touch its bytes until it is reset. */
  lost = false;
  readonly list: ScatterList = new ScatterList();
  readonly block: DmaBlock;
  /** In guest memory as a whole, from the beginning of the region. */
  private readonly base: number;
  private readonly region: Region;
  private readonly legacy: boolean;
  /** What the device says of lengths is ignored. */
  private anyLength = false;
  private sentLength = 0;
  private inputHere = 0;
  private outputHere = 0;
  private outputTotal = 0;
  private answerRoom = 0;
  private writableAt = 0;
  private answerFrom = 0;
  /** Where the answer begins among all bytes that the device writes. */
  private answerBehind = 0;
  private pieces: readonly ScatteredPiece[] = [];
  private inputBytes: Uint8Array = noBytes;
  private outputBytes: Uint8Array = noBytes;
  private done: RequestDone = ignore;

  // The queue's business.
  target: RequestTarget;
  next: PreparedRequest | undefined;
  slot = -1;

  constructor(target: RequestTarget, codecs: OperationCodecs, block: DmaBlock, legacy: boolean) {
    this.target = target;
    this.codecs = codecs;
    this.block = block;
    this.region = block.region;
    this.base = block.offset;
    this.legacy = legacy;
  }

  /** Where the fixed part of what is sent lies, for access in place by its codec. The view is the memory's as it is now. */
  get view(): DataView {
    return this.region.view;
  }

  get at(): number {
    return this.base;
  }

  /** Where the answer lies, in the same view. */
  get answerAt(): number {
    return this.base + this.answerFrom;
  }

  /** The bytes behind what is sent, to be filled in; empty where they are elsewhere. */
  get input(): Uint8Array {
    if (this.inputBytes.length !== this.inputHere) this.inputBytes = this.bytes(this.sentLength, this.inputHere);
    return this.inputBytes;
  }

  /** All bytes that the device may write beside the answer; empty where they are elsewhere. */
  get output(): Uint8Array {
    if (this.outputBytes.length !== this.outputHere) this.outputBytes = this.bytes(this.outputFrom, this.outputHere);
    return this.outputBytes;
  }

  /** What is sent in front of the input, as it lies in memory. */
  get sentBytes(): Uint8Array {
    return this.bytes(0, this.sentLength);
  }

  /** The answer as it lies in memory: of one that may be shorter, as much as the device says it wrote. */
  get answerBytes(): Uint8Array {
    return this.bytes(this.answerFrom, this.codecs.answerLength ?? Math.min(this.answerRoom, this.written));
  }

  /** How many bytes of the output the device has written, from the first on. */
  get outputWritten(): number {
    return Math.max(0, Math.min(this.outputTotal, this.written - (this.answerBehind === 0 ? this.answerRoom : 0)));
  }

  /** Whether the device has written the answer. */
  get answered(): boolean {
    if (this.error !== undefined) return false;
    const { answerRoom, answerBehind } = this;
    if (this.codecs.answerLength === undefined || answerRoom === 0) return true;
    if (this.codecs.operation.message.anyLength === true) return this.written > 0;
    if (!this.anyLength && this.written >= answerBehind + answerRoom) return true;
    // The length counts from the first byte: of an answer behind bytes that were left out, and on the legacy
    // interface, it tells nothing.
    if (!this.anyLength && answerBehind === 0) return false;
    const { view, answerAt } = this;
    for (let at = answerAt; at < answerAt + answerRoom; at++) if (view.getUint8(at) !== unwritten) return true;
    return false;
  }

  /**
   * Lays the parts out. The runtime's business, as is all below but `submit` and `value`.
   * @throws DriverError where the parts are none of this operation's
   */
  lay(
    target: RequestTarget,
    codecs: OperationCodecs,
    room: RequestRoom,
    framing: Framing | undefined,
    arena: DmaArena,
  ): void {
    const { operation } = codecs;
    if (this.underWay) throw new DriverError("misuse", "the request is under way");
    this.target = target;
    this.codecs = codecs;
    this.sentLength = codecs.sentLength ?? room.sentLength ?? 0;
    this.answerRoom = answerRoomOf(codecs, room);
    this.anyLength = this.legacy && this.answerRoom > 0 && operation.message.kind === "request";
    const inputTotal = sum(room.inputAt, room.inputLength);
    this.outputTotal = sum(room.outputAt, room.outputLength);
    checkParts(operation, inputTotal, this.outputTotal);
    this.inputHere = room.inputAt === undefined ? inputTotal : 0;
    this.outputHere = room.outputAt === undefined ? this.outputTotal : 0;
    this.writableAt = Math.ceil((this.sentLength + this.inputHere) / partAlign) * partAlign;
    const before = operation.output === "before";
    this.answerFrom = this.writableAt + (before ? this.outputHere : 0);
    this.answerBehind = before ? this.outputTotal : 0;
    this.inputBytes = noBytes;
    this.outputBytes = noBytes;
    if (framing === undefined || room.inputAt !== undefined || room.outputAt !== undefined)
      this.listWhole(room, before);
    else {
      const { address } = this.block;
      const readableLength = this.sentLength + this.inputHere;
      const writableLength = this.outputHere + this.answerRoom;
      const place = { address, readableLength, writableAt: this.writableAt, writableLength };
      this.pieces = frame(this.list, place, framing, arena);
    }
    if (this.list.count === 0)
      throw new DriverError("misuse", `${operation.message.name}: a request has at least 1 byte`);
  }

  /**
   * Gives the request to the device; what was submitted goes out at the next `notifyDevice`.
   * @throws DriverError where it is under way already, or the driver does not run
   */
  submit(done: RequestDone): void {
    if (this.underWay) throw new DriverError("misuse", "the request is under way already");
    if (this.lost) throw this.error ?? new DriverError("reset", "the device may still have the request");
    this.done = done;
    this.error = undefined;
    this.written = 0;
    if (this.anyLength || this.answerBehind > 0) this.markUnwritten();
    if (this.pieces.length > 0) this.copyOut();
    this.underWay = true;
    try {
      this.target.submit(this);
    } catch (error) {
      this.underWay = false;
      throw error;
    }
  }

  /**
   * The answer, copied; undefined where the operation has none. Allocates.
   * @throws DriverError `not-answered`, `wrong-answer`, or why the request failed
   */
  get value(): object | undefined {
    if (this.error !== undefined) throw this.error;
    const { answer, operation } = this.codecs;
    if (answer === undefined) return undefined;
    if (!this.answered) {
      throw new DriverError(
        "not-answered",
        `${operation.message.name}: ${this.written} bytes were written, and the answer not`,
      );
    }
    const bytes = this.answerBytes.slice();
    // What the device has not written is zero.
    if (operation.message.anyLength === true) bytes.fill(0, this.written);
    try {
      return answer.fromBytes(bytes);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      // An answer that goes on by its status, and ends before, was cut.
      const isCut = error.fault === "past-end" && this.written < (this.codecs.longestAnswer ?? 0);
      const code = isCut ? "not-answered" : "wrong-answer";
      throw new DriverError(code, error.message, { cause: error });
    }
  }

  /** The device has used it. */
  used(written: number): void {
    this.underWay = false;
    this.written = this.anyLength ? this.list.writableLength : written;
    if (this.pieces.length > 0) this.copyIn();
    this.done(this);
  }

  /** It will not be answered. */
  failed(error: DriverError, lost: boolean): void {
    this.underWay = false;
    this.lost = lost;
    this.error = error;
    this.written = 0;
    this.done(this);
  }

  /** Gives back what lies apart from its block. */
  unlay(arena: DmaArena): void {
    for (const { block } of this.pieces) arena.release(block);
    this.pieces = [];
    this.list.clear();
  }

  private get outputFrom(): number {
    return this.writableAt + (this.answerBehind > 0 ? 0 : this.answerRoom);
  }

  private listWhole(room: RequestRoom, before: boolean): void {
    const { list, block } = this;
    list.clear();
    if (this.sentLength > 0) list.readable(block.address, this.sentLength);
    if (this.inputHere > 0) list.readable(block.address + this.sentLength, this.inputHere);
    for (const { address, length } of room.inputAt ?? []) list.readable(address, length);
    if (!before && this.answerRoom > 0) list.writable(block.address + this.answerFrom, this.answerRoom);
    if (this.outputHere > 0)
      list.writable(block.address + this.writableAt + (before ? 0 : this.answerRoom), this.outputHere);
    for (const { address, length } of room.outputAt ?? []) list.writable(address, length);
    if (before && this.answerRoom > 0) list.writable(block.address + this.answerFrom, this.answerRoom);
  }

  private markUnwritten(): void {
    const { view, answerAt } = this;
    for (let at = answerAt; at < answerAt + this.answerRoom; at++) view.setUint8(at, unwritten);
  }

  private copyOut(): void {
    const { bytes } = this.region;
    for (const { block, at } of this.pieces) {
      const from = this.base + at;
      block.region.bytes.set(bytes.subarray(from, from + block.length), block.offset);
    }
  }

  private copyIn(): void {
    const { bytes } = this.region;
    for (const { block, at, writable } of this.pieces) {
      if (!writable) continue;
      bytes.set(block.region.bytes.subarray(block.offset, block.offset + block.length), this.base + at);
    }
  }

  private bytes(from: number, length: number): Uint8Array {
    return this.region.bytes.subarray(this.base + from, this.base + from + length);
  }
}
