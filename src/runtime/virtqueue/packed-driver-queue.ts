import { DriverQueue, type UsedHandler } from "./driver-queue.ts";
import { passedDescriptor } from "./event-window.ts";
import { fence } from "./fence.ts";
import { type RingParts, wordsOf } from "./queue-setup.ts";
import {
  DESC_F_AVAIL,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_USED,
  DESC_F_WRITE,
  DESC_SIZE,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
} from "../described/ring-constants.ts";
import { ringInOrder, ringShared, ringStepwise, ringTables } from "./ring-mode.ts";
import { type ScatterList, smallTotal } from "./scatter-list.ts";

const noWords = new Int32Array(0);
const noHalves = new Uint16Array(0);

// A descriptor's last word is its id with the flags above.
const availBit = DESC_F_AVAIL << 16;
const usedBit = DESC_F_USED << 16;
const bothBits = availBit | usedBit;
const writeBit = DESC_F_WRITE << 16;
const indirectBit = DESC_F_INDIRECT << 16;

/**
 * The driver side of a packed virtqueue.
 *
 * Memory order, where the device runs on another thread: all of a batch are plain writes before the atomic store of its
 * first descriptor's last word, on which the device waits. Used descriptors: an atomic load of the first one's last
 * word, a plain look ahead at those behind it, a fence, and only then what is in them. For suppression "store mine,
 * then load yours" by atomic accesses.
 */
export class PackedDriverQueue<Token> extends DriverQueue<Token> {
  override outstanding = 0;
  private nextAvail = 0;
  private availBits = availBit;
  /** The first free id, and by each the next one; with IN_ORDER also the oldest in flight. */
  private freeId = 0;
  private nextFree: Uint16Array = noHalves;
  /**
   * The buffer that is begun: where the next descriptor of it stands, its id and the bits there; and the words that they
   * go to, and the descriptor at which these end.
   */
  private cursor = 0;
  private bits = availBit;
  private target: Int32Array = noWords;
  private end = 0;
  /**
   * The batch at hand: where its first descriptor's last word stands, -1 where there is none yet, and the word. It makes
   * the batch available when it is published; until then nobody looks at the others.
   */
  private batchStart = -1;
  private batchWord = 0;
  private nextUsed = 0;
  private usedBits = bothBits;
  private ring: Int32Array = noWords;
  /** Used descriptors that may be read without another look. */
  private ahead = 0;
  private driverEvent: Int32Array = noWords;
  private deviceEvent: Int32Array = noWords;
  private oldestId = 0;
  private indirect = false;
  private eventNow = 0;
  /** With IN_ORDER: the last id of the run that is used together, and what was written to it; -1 for none. */
  private runLast = -1;
  private runLength = 0;

  override begin(elements: number): boolean {
    if (
      this.plainGeneration !== this.memory.generation ||
      elements < 1 ||
      !(elements <= this.free) ||
      this.missing >= 0 ||
      this.target[0] === undefined
    ) {
      return this.beginSpecial(elements);
    }
    this.cursor = this.nextAvail;
    this.bits = this.availBits | this.freeId;
    this.entries = elements;
    this.missing = elements;
    this.readableNow = 0;
    this.writableNow = 0;
    return true;
  }

  override commit(token: Token): void {
    const { freeId: id } = this;
    // Whatever is taken off the ring changes the list of free ids.
    const bits = this.bits ^ id;
    if ((this.missing | (bits << 16)) !== 0) this.misused();
    this.availBits = (this.mode & ringTables) === 0 ? bits : this.commitSpecial();
    const { entries } = this;
    this.missing = -1;
    this.freeId = this.nextFree[id] ?? 0;
    this.nextAvail = this.cursor;
    this.free -= entries;
    this.outstanding += 1;
    this.buffers[id << 1] = entries;
    this.buffers[(id << 1) | 1] = this.writableNow;
    this.tokens[id] = token;
  }

  override add(buffer: ScatterList, token: Token): boolean {
    const { count, words } = buffer;
    const { target: ring } = this;
    if (
      this.plainGeneration !== this.memory.generation ||
      count > this.free ||
      count < 1 ||
      this.missing >= 0 ||
      ring.length === 0
    ) {
      return super.add(buffer, token);
    }
    const { end } = this;
    const id = this.freeId;
    let index = this.nextAvail;
    let bits = this.availBits | id;
    let withheld = this.batchStart < 0;
    for (let from = 0; from < count << 2; from += 4) {
      const to = index << 2;
      const word = ((words[from + 3] ?? 0) << 16) | bits;
      ring[to] = words[from] ?? 0;
      ring[to + 1] = words[from + 1] ?? 0;
      ring[to + 2] = words[from + 2] ?? 0;
      if (withheld) {
        this.batchStart = to + 3;
        this.batchWord = word;
        withheld = false;
      } else {
        ring[to + 3] = word;
      }
      index += 1;
      if (index === end) {
        index = 0;
        bits ^= bothBits;
      }
    }
    this.freeId = this.nextFree[id] ?? 0;
    this.nextAvail = index;
    this.availBits = bits & bothBits;
    this.free -= count;
    this.outstanding += 1;
    this.buffers[id << 1] = count;
    this.buffers[(id << 1) | 1] = buffer.writableLength;
    this.tokens[id] = token;
    return true;
  }

  override publish(): boolean {
    if (this.missing >= 0) this.drop();
    if (this.batchStart < 0) return false;
    if ((this.seenGeneration !== this.memory.generation || this.ring[0] === undefined) && !this.ready()) return false;
    const { batchStart, batchWord } = this;
    this.batchStart = -1;
    let event: number;
    if ((this.mode & ringShared) === 0) {
      this.ring[batchStart] = batchWord;
      event = this.deviceEvent[0] ?? 0;
    } else {
      Atomics.store(this.ring, batchStart, batchWord);
      event = Atomics.load(this.deviceEvent, 0);
    }
    const flags = (event >>> 16) & 3;
    if (flags === RING_EVENT_FLAGS_DISABLE) return false;
    if (flags !== RING_EVENT_FLAGS_DESC || this.options.features.eventIdx !== true) return true;
    const { nextAvail: next, sizeNow: size } = this;
    const entries = next - (batchStart >> 2);
    return passedDescriptor(
      event & 0xffff,
      next,
      this.availBits === availBit,
      entries > 0 ? entries : entries + size,
      size,
    );
  }

  override reap(handler: UsedHandler<Token>): number {
    if ((this.seenGeneration !== this.memory.generation || this.ring[0] === undefined) && !this.ready()) return 0;
    if ((this.mode & ringStepwise) !== 0) return this.reapStepwise(handler);
    let reaped = 0;
    // Views are taken from their fields each time: see the split queue.
    while (reaped < this.sizeNow && (this.ahead > 0 || this.look() > 0)) {
      const at = this.nextUsed << 2;
      const word = this.ring[at + 3];
      let written = this.ring[at + 2];
      // Where there is none, memory has gone meanwhile.
      if (word === undefined || written === undefined || (word & bothBits) !== this.usedBits) {
        this.ahead = 0;
        break;
      }
      const id = word & 0xffff;
      const entries = this.buffers[id << 1] ?? 0;
      if (entries === 0) {
        this.break("used-id-not-outstanding");
        break;
      }
      if (written < 0 || written > (this.buffers[(id << 1) | 1] ?? 0)) written = this.cutLength(id, written);
      this.ahead = (this.ahead - 1) | 0;
      this.buffers[id << 1] = 0;
      this.nextFree[id] = this.freeId;
      this.freeId = id;
      this.pass(entries);
      const token = this.tokens[id] as Token;
      this.tokens[id] = undefined;
      reaped += 1;
      handler(token, written);
    }
    return reaped;
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    const wrap = this.usedBits === bothBits ? 1 : 0;
    this.storeEvent(
      this.options.features.eventIdx === true
        ? this.nextUsed | (wrap << 15) | (RING_EVENT_FLAGS_DESC << 16)
        : RING_EVENT_FLAGS_ENABLE << 16,
    );
    this.spins = -1;
    return this.ahead > 0 || this.look() > 0;
  }

  override disableNotifications(): void {
    const event = RING_EVENT_FLAGS_DISABLE << 16;
    if (this.eventNow !== event && this.ready()) this.storeEvent(event);
  }

  protected override element(address: number, length: number, flags: number, total: number): void {
    const { target, cursor } = this;
    const low = address | 0;
    const missing = this.missing - 1;
    let high = 0;
    if (low !== address || low < 0 || length < 1 || missing < 0 || !(total < smallTotal)) {
      high = this.checkedHigh(address, length);
    }
    // So shifted V8 knows that it is not negative, and that what is added below does not overflow.
    const to = (cursor << 4) >>> 2;
    const word = ((missing === 0 ? flags : flags | DESC_F_NEXT) << 16) | this.bits;
    target[to] = low;
    target[to + 1] = high;
    target[to + 2] = length;
    if (this.batchStart < 0) {
      this.batchStart = to + 3;
      this.batchWord = word;
    } else {
      target[to + 3] = word;
    }
    this.missing = missing;
    this.cursor = cursor + 1;
    if (cursor + 1 === this.end) this.wrapCursor();
  }

  protected override get nextOff(): number {
    return this.nextAvail;
  }

  protected override get nextWrap(): number {
    return this.availBits === availBit ? 1 : 0;
  }

  protected override take(): number {
    if (!this.ready() || (this.runLast < 0 && this.ahead === 0 && this.look() === 0)) return -1;
    if (this.runLast < 0 && !this.readUsed()) return -1;
    let id = this.runLast;
    if ((this.mode & ringInOrder) !== 0 && this.oldestId !== id) {
      // Used together with a later one, whose descriptor is the only one: it counts as used in full.
      id = this.oldestId;
      this.usedNow.written = (this.buffers[(id << 1) + 1] ?? 0) >>> 0;
    } else {
      this.usedNow.written = this.runLength;
      this.runLast = -1;
      if (this.ahead > 0) this.ahead -= 1;
    }
    const entries = this.buffers[id << 1] ?? 0;
    if (entries === 0) {
      this.break("used-id-not-outstanding");
      return -1;
    }
    this.release(id, entries);
    return id;
  }

  protected override restart(): void {
    this.outstanding = 0;
    this.ring = noWords;
    this.driverEvent = noWords;
    this.deviceEvent = noWords;
    this.nextAvail = 0;
    this.availBits = availBit;
    this.nextUsed = 0;
    this.usedBits = bothBits;
    this.nextFree = noHalves;
    this.freeId = 0;
    this.oldestId = 0;
    this.batchStart = -1;
    this.target = noWords;
    this.indirect = false;
    this.ahead = 0;
    this.eventNow = 0;
    this.runLast = -1;
  }

  protected override prepare(size: number): void {
    this.nextFree = Uint16Array.from({ length: size }, (_, index) => (index + 1) % size);
    this.end = size;
  }

  protected override attach(parts: RingParts): void {
    this.ring = wordsOf(parts.desc);
    this.target = this.indirect ? this.tables.words : this.ring;
    this.driverEvent = wordsOf(parts.driver);
    this.deviceEvent = wordsOf(parts.device);
  }

  protected override attached(): boolean {
    return this.ring.length > 0 && this.driverEvent.length > 0 && this.deviceEvent.length > 0;
  }

  private wrapCursor(): void {
    this.cursor = 0;
    this.bits ^= bothBits;
  }

  /** Indirect tables; and what stands in the way. */
  private beginSpecial(elements: number): boolean {
    const { tables } = this;
    if (this.missing >= 0) this.drop();
    if (!this.ready()) return false;
    this.indirect = elements > 1 && elements << 2 <= tables.stride;
    const entries = this.indirect ? 1 : elements;
    if (!(entries >= 1 && entries <= this.free)) return this.refuse(elements);
    this.target = this.indirect ? tables.words : this.ring;
    this.end = this.indirect ? -1 : this.sizeNow;
    this.cursor = this.indirect ? (this.freeId * tables.stride) >> 2 : this.nextAvail;
    this.bits = this.availBits | this.freeId;
    // The table's descriptors need not wait for the batch to be published, for the ring's one does.
    if (this.indirect && this.batchStart < 0) this.batchStart = (this.nextAvail << 2) + 3;
    this.entries = elements;
    this.missing = elements;
    this.readableNow = 0;
    this.writableNow = 0;
    return true;
  }

  /**
   * Where the elements are in a table, of their flags WRITE is the only one, and the ring has one descriptor for them.
   * @returns the bits of the next available descriptor
   */
  private commitSpecial(): number {
    if (this.indirect) {
      const { words, stride, address: first } = this.tables;
      const { ring, entries } = this;
      const base = this.freeId * stride;
      for (let at = base + 3; at < base + (entries << 2); at += 4) words[at] = (words[at] ?? 0) & writeBit;
      const address = first + base * 4;
      const to = this.nextAvail << 2;
      ring[to] = address;
      ring[to + 1] = address / 0x1_0000_0000;
      ring[to + 2] = entries * DESC_SIZE;
      const word = indirectBit | this.bits;
      if (this.batchStart === to + 3) this.batchWord = word;
      else ring[to + 3] = word;
      this.entries = 1;
      this.cursor = this.nextAvail + 1;
      if (this.cursor === this.sizeNow) this.wrapCursor();
    }
    return this.bits ^ this.freeId;
  }

  /** Takes back the descriptors of a buffer that was not committed: they look as if used in the round before. */
  private drop(): void {
    const { ring, sizeNow: size } = this;
    let bits = this.availBits;
    // Nothing is to be taken back from an indirect table.
    const placed = this.indirect ? 0 : this.entries - this.missing;
    for (let done = 0; done < placed; done++) {
      const index = this.nextAvail + done;
      if (index === size) bits ^= bothBits;
      ring[((index % size) << 2) + 3] = bits === availBit ? 0 : bothBits;
    }
    if (this.batchStart >> 2 === this.nextAvail) this.batchStart = -1;
    this.missing = -1;
  }

  private release(id: number, entries: number): void {
    this.buffers[id << 1] = 0;
    if ((this.mode & ringInOrder) !== 0) {
      // Ids are taken in their order and come back in it: the list of free ones is always the same.
      this.oldestId = id + 1 === this.sizeNow ? 0 : id + 1;
    } else {
      this.nextFree[id] = this.freeId;
      this.freeId = id;
    }
    this.pass(entries);
  }

  /** Goes on behind the used descriptor of a buffer that took as many. */
  private pass(entries: number): void {
    this.free += entries;
    this.outstanding -= 1;
    const next = this.nextUsed + entries;
    if (next < this.sizeNow) {
      this.nextUsed = next;
      return;
    }
    this.nextUsed = next - this.sizeNow;
    this.usedBits ^= bothBits;
  }

  /** Reads the next used descriptor: that of one buffer, or with IN_ORDER of the last in a run. */
  private readUsed(): boolean {
    const at = this.nextUsed << 2;
    const word = this.ring[at + 3] ?? 0;
    if ((word & bothBits) !== this.usedBits) {
      this.ahead = 0;
      return false;
    }
    const id = word & 0xffff;
    if ((this.buffers[id << 1] ?? 0) === 0) {
      this.break("used-id-not-outstanding");
      return false;
    }
    // Without the flag WRITE the length may be anything; but QEMU never sets it, and Linux does not look at it.
    this.runLength = this.cutLength(id, this.ring[at + 2] ?? 0);
    this.runLast = id;
    return true;
  }

  /** How many used descriptors may be read now. See the device's side; here ids tell where the next one stands. */
  private look(): number {
    const there = ((this.ring[(this.nextUsed << 2) + 3] ?? 0) & bothBits) === this.usedBits;
    if ((this.mode & ringShared) !== 0) return this.lookShared(there);
    this.ahead = there ? 1 : 0;
    return this.ahead;
  }

  private lookShared(there: boolean): number {
    const { ring, sizeNow: size } = this;
    const at = (this.nextUsed << 2) + 3;
    if (!there && (++this.spins & 63) !== 0) return 0;
    let word = Atomics.load(ring, at);
    if ((word & bothBits) !== this.usedBits) return 0;
    let bits = this.usedBits;
    let index = this.nextUsed;
    let ahead = 0;
    do {
      ahead += 1;
      // With IN_ORDER one stands for many, so that where the next one is cannot be told so easily.
      const entries = (this.mode & ringInOrder) !== 0 ? 0 : (this.buffers[(word & 0xffff) << 1] ?? 0);
      if (entries === 0) break;
      index += entries;
      if (index >= size) {
        index -= size;
        bits ^= bothBits;
      }
      word = ring[(index << 2) + 3] ?? 0;
    } while (ahead < this.outstanding && (word & bothBits) === bits);
    if (ahead > 1) fence();
    this.ahead = ahead;
    return ahead;
  }

  private storeEvent(event: number): void {
    this.eventNow = event;
    if ((this.mode & ringShared) !== 0) Atomics.store(this.driverEvent, 0, event);
    else this.driverEvent[0] = event;
  }
}
