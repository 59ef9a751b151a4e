import { DriverQueue, type UsedHandler } from "./driver-queue.ts";
import { passedIndex } from "./event-window.ts";
import { halvesOf, type RingParts, wordsOf } from "./queue-setup.ts";
import {
  AVAIL_F_NO_INTERRUPT,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_SIZE,
  USED_F_NO_NOTIFY,
} from "../described/ring-constants.ts";
import { ringInOrder, ringShared, ringStepwise, ringSwapped, ringTables } from "./ring-mode.ts";
import { type ScatterList, smallTotal } from "./scatter-list.ts";
import { swap16, swap32 } from "./walk.ts";

/** Turns a descriptor round: as a whole the address, which has its upper half first then. */
function swapDescriptor(words: Int32Array, at: number): void {
  const low = words[at] ?? 0;
  const last = words[at + 3] ?? 0;
  words[at] = swap32(words[at + 1] ?? 0);
  words[at + 1] = swap32(low);
  words[at + 2] = swap32(words[at + 2] ?? 0);
  words[at + 3] = swap16(last) | (swap16(last >>> 16) << 16);
}

const noWords = new Int32Array(0);
const noHalves = new Uint16Array(0);

/**
 * The driver side of a split virtqueue.
 *
 * Memory order, where the device runs on another thread: descriptors and entries are plain writes before the atomic
 * store of the available index; used entries are read after an atomic load has returned the used index. For
 * suppression see the device's side: "store mine, then load yours".
 */
export class SplitDriverQueue<Token> extends DriverQueue<Token> {
  /**
   * The first free descriptor, and by each what stands in its last word when another one comes behind it: the flag
   * NEXT, and the next free one's index. It is never read from the ring: the device may write there.
   */
  private freeHead = 0;
  private freeLinks: Int32Array = noWords;
  /**
   * The buffer that is begun: the next descriptor and the one written last, and the words, from which one on, and the
   * links by which they are written. Its head is the first free one.
   */
  private cursor = 0;
  private last = 0;
  private target: Int32Array = noWords;
  private base = 0;
  private links: Int32Array = noWords;
  /** Entries of the available ring, and the used ring as words. */
  private avail: Uint16Array = noHalves;
  private used: Int32Array = noWords;
  /** The number of entries less one. */
  private mask = 0;
  /** Free-running 16-bit indices: the next available entry, the next used one, those seen, those published. */
  private nextAvail = 0;
  private nextUsed = 0;
  private seenUsed = 0;
  private publishedAvail = 0;
  private availHalves: Uint16Array = noHalves;
  private usedHalves: Uint16Array = noHalves;
  /** Which half of the used ring says when to notify: avail_event, or the flags. */
  private eventAt = 0;
  private desc: Int32Array = noWords;
  private indirect = false;
  /** The links of an indirect table: each number's successor. */
  private tableLinks: Int32Array = noWords;
  private availFlags = 0;
  /** With IN_ORDER: the head that comes next, and the last one of the run that is used together; -1 for none. */
  private oldest = 0;
  private runLast = -1;
  private runLength = 0;

  override get outstanding(): number {
    return (this.nextAvail - this.nextUsed) & 0xffff;
  }

  override begin(elements: number): boolean {
    if (
      this.plainGeneration !== this.memory.generation ||
      elements < 1 ||
      !(elements <= this.free) ||
      this.target[0] === undefined
    ) {
      return this.beginSpecial(elements);
    }
    this.cursor = this.freeHead;
    this.entries = elements;
    this.missing = elements;
    this.readableNow = 0;
    this.writableNow = 0;
    return true;
  }

  override commit(token: Token): void {
    const { freeHead: head, nextAvail: next } = this;
    if (this.missing !== 0) this.misused();
    const entry = (this.mode & (ringSwapped | ringTables)) === 0 ? head : this.commitSpecial();
    const { entries } = this;
    this.missing = -1;
    this.freeHead = this.cursor;
    this.free = (this.free - entries) | 0;
    this.buffers[head << 1] = (entries << 16) | this.last;
    this.buffers[(head << 1) | 1] = this.writableNow;
    this.tokens[head] = token;
    this.avail[next & this.mask] = entry;
    this.nextAvail = (next + 1) & 0xffff;
  }

  override add(buffer: ScatterList, token: Token): boolean {
    const { count, words } = buffer;
    const { target, freeLinks } = this;
    if (this.plainGeneration !== this.memory.generation || count > this.free || count < 1 || target.length === 0) {
      return super.add(buffer, token);
    }
    const head = this.freeHead;
    const next = this.nextAvail;
    let at = head;
    let last = head;
    for (let from = 0; from < count << 2; from += 4) {
      const to = at << 2;
      const link = (freeLinks[at] ?? 0) & ~DESC_F_NEXT;
      last = at;
      at = link >>> 16;
      target[to] = words[from] ?? 0;
      target[to | 1] = words[from + 1] ?? 0;
      target[to | 2] = words[from + 2] ?? 0;
      target[to | 3] = (words[from + 3] ?? 0) | link;
    }
    this.missing = -1;
    this.freeHead = at;
    this.free -= count;
    this.buffers[head << 1] = (count << 16) | last;
    this.buffers[(head << 1) | 1] = buffer.writableLength;
    this.tokens[head] = token;
    this.avail[next & this.mask] = head;
    this.nextAvail = (next + 1) & 0xffff;
    return true;
  }

  override publish(): boolean {
    const next = this.nextAvail;
    const before = this.publishedAvail;
    this.missing = -1;
    if (next === before) return false;
    if ((this.seenGeneration !== this.memory.generation || this.desc[0] === undefined) && !this.ready()) return false;
    this.publishedAvail = next;
    const { eventAt, usedHalves } = this;
    let event: number;
    if ((this.mode & (ringShared | ringSwapped)) === 0) {
      this.availHalves[1] = next;
      event = usedHalves[eventAt] ?? 0;
    } else {
      this.store(this.availHalves, 1, next);
      event = this.load(usedHalves, eventAt);
    }
    return eventAt === 0 ? (event & USED_F_NO_NOTIFY) === 0 : passedIndex(event, next, before);
  }

  override reap(handler: UsedHandler<Token>): number {
    if ((this.seenGeneration !== this.memory.generation || this.desc[0] === undefined) && !this.ready()) return 0;
    if ((this.mode & ringStepwise) !== 0) return this.reapStepwise(handler);
    if (this.look() === 0) return 0;
    let reaped = 0;
    // Not a count of its own: the handler may take some by itself. Views are taken from their fields each time: the
    // handler may also reset the queue, and what V8 knows of a field's value it would forget of a variable's.
    while (this.nextUsed !== this.seenUsed) {
      // Shifted as in element.
      const at = ((this.nextUsed & this.mask) << 4) >>> 3;
      const id = this.used[at + 1];
      let written = this.used[at + 2];
      // Memory has gone meanwhile.
      if (id === undefined || written === undefined) break;
      const taken = this.buffers[id << 1] ?? 0;
      if (taken === 0 || id >>> 0 > this.mask) {
        this.break("used-id-not-outstanding");
        break;
      }
      if (written < 0 || written > (this.buffers[(id << 1) | 1] ?? 0)) {
        written = this.cutLength(id, written);
      }
      this.missing = -1;
      this.buffers[id << 1] = 0;
      this.freeLinks[taken & 0xffff] = (this.freeHead << 16) | DESC_F_NEXT;
      this.freeHead = id;
      this.free = (this.free + (taken >>> 16)) | 0;
      this.nextUsed = (this.nextUsed + 1) & 0xffff;
      const token = this.tokens[id] as Token;
      this.tokens[id] = undefined;
      reaped += 1;
      handler(token, written);
    }
    return reaped;
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    if (this.eventAt !== 0) {
      this.store(this.availHalves, 2 + this.sizeNow, this.nextUsed);
    } else {
      this.availFlags = 0;
      this.store(this.availHalves, 0, 0);
    }
    this.spins = -1;
    return this.look() > 0;
  }

  override disableNotifications(): void {
    // With EVENT_IDX the event lies behind as soon as the device has passed it: nothing is to be done.
    if (this.eventAt !== 0 || this.availFlags === AVAIL_F_NO_INTERRUPT || !this.ready()) return;
    this.availFlags = AVAIL_F_NO_INTERRUPT;
    this.store(this.availHalves, 0, AVAIL_F_NO_INTERRUPT);
  }

  protected override element(address: number, length: number, flags: number, total: number): void {
    const { target, cursor: at } = this;
    const low = address | 0;
    const missing = this.missing - 1;
    let high = 0;
    if (low !== address || low < 0 || length < 1 || missing < 0 || !(total < smallTotal)) {
      high = this.checkedHigh(address, length);
    }
    const link = this.links[at] ?? 0;
    // So shifted V8 knows that it is not negative, and that what is added below does not overflow.
    const to = ((this.base + at) << 4) >>> 2;
    target[to] = low;
    target[to + 1] = high;
    target[to + 2] = length;
    target[to + 3] = missing === 0 ? flags : flags | link;
    this.missing = missing;
    this.last = at;
    this.cursor = link >>> 16;
  }

  protected override get nextOff(): number {
    return this.nextAvail & 0x7fff;
  }

  protected override get nextWrap(): number {
    return this.nextAvail >>> 15;
  }

  protected override take(): number {
    if (!this.ready() || (this.nextUsed === this.seenUsed && this.look() === 0)) return -1;
    if (this.runLast < 0 && !this.readUsed()) return -1;
    let id = this.runLast;
    if ((this.mode & ringInOrder) !== 0 && this.oldest !== id) {
      // Used together with a later one, whose entry is the only one: it counts as used in full.
      id = this.oldest;
      if (((this.nextUsed + 1) & 0xffff) === this.seenUsed || this.entriesOf(id) === 0) {
        this.break("used-id-not-outstanding");
        return -1;
      }
      this.usedNow.written = (this.buffers[(id << 1) + 1] ?? 0) >>> 0;
    } else {
      this.usedNow.written = this.runLength;
      this.runLast = -1;
    }
    this.release(id);
    return id;
  }

  protected override restart(): void {
    this.desc = noWords;
    this.avail = noHalves;
    this.availHalves = noHalves;
    this.used = noWords;
    this.usedHalves = noHalves;
    this.freeLinks = noWords;
    this.links = noWords;
    this.target = noWords;
    this.base = 0;
    this.mask = 0;
    this.indirect = false;
    this.freeHead = 0;
    this.nextAvail = 0;
    this.publishedAvail = 0;
    this.nextUsed = 0;
    this.seenUsed = 0;
    this.availFlags = 0;
    this.oldest = 0;
    this.runLast = -1;
  }

  protected override prepare(size: number): void {
    this.mask = size - 1;
    this.freeLinks = Int32Array.from({ length: size }, (_, index) => (((index + 1) % size) << 16) | DESC_F_NEXT);
    this.tableLinks = this.freeLinks.slice();
    this.links = this.freeLinks;
  }

  protected override attach(parts: RingParts): void {
    this.desc = wordsOf(parts.desc);
    this.target = this.indirect ? this.tables.words : this.desc;
    this.availHalves = halvesOf(parts.driver);
    this.avail = this.availHalves.subarray(2);
    this.used = wordsOf(parts.device);
    this.usedHalves = halvesOf(parts.device);
    this.eventAt = this.options.features.eventIdx === true ? this.usedHalves.length - 1 : 0;
  }

  protected override attached(): boolean {
    return this.desc.length > 0 && this.availHalves.length > 0 && this.used.length > 0;
  }

  /** Reads the next used entry: that of one buffer, or with IN_ORDER of the last in a run. */
  private readUsed(): boolean {
    const at = 1 + ((this.nextUsed & (this.sizeNow - 1)) << 1);
    const id = this.used[at] ?? 0;
    const length = this.used[at + 1] ?? 0;
    const swapped = (this.mode & ringSwapped) !== 0;
    this.runLast = swapped ? swap32(id) : id;
    if (this.runLast >>> 0 >= this.sizeNow || this.entriesOf(this.runLast) === 0) {
      this.break("used-id-not-outstanding");
      this.runLast = -1;
      return false;
    }
    this.runLength = this.cutLength(this.runLast, swapped ? swap32(length) : length);
    return true;
  }

  /** Entries of the ring that a buffer takes; 0 where there is no such buffer in flight. */
  private entriesOf(id: number): number {
    return (this.buffers[id << 1] ?? 0) >>> 16;
  }

  private release(id: number): void {
    const taken = this.buffers[id << 1] ?? 0;
    const entries = taken >>> 16;
    this.buffers[id << 1] = 0;
    if ((this.mode & ringInOrder) !== 0) {
      // Descriptors are taken in the table's order and come back in it: the list of free ones is always the same.
      this.oldest = (this.oldest + entries) & this.mask;
    } else {
      // What is begun and not committed reckons with the free descriptors as they were.
      this.missing = -1;
      this.freeLinks[taken & 0xffff] = (this.freeHead << 16) | DESC_F_NEXT;
      this.freeHead = id;
    }
    this.free += entries;
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
  }

  /** How many used entries wait. Sees what another thread has published for certain, but not at each look in vain. */
  private look(): number {
    const index = (this.mode & (ringShared | ringSwapped)) === 0 ? (this.usedHalves[1] ?? 0) : this.lookSpecial();
    const pending = (index - this.nextUsed) & 0xffff;
    if (pending > this.outstanding) {
      this.break("used-index-jump");
      return 0;
    }
    this.seenUsed = index;
    return pending;
  }

  private lookSpecial(): number {
    const index = this.usedHalves[1] ?? 0;
    if ((this.mode & ringShared) === 0) return swap16(index);
    const seen = (this.mode & ringSwapped) !== 0 ? swap16(index) : index;
    if (seen === this.nextUsed && (++this.spins & 63) !== 0) return seen;
    return this.load(this.usedHalves, 1);
  }

  /** Indirect tables and the other byte order; and what stands in the way. */
  private beginSpecial(elements: number): boolean {
    const { tables } = this;
    this.missing = -1;
    if (!this.ready()) return false;
    this.indirect = elements > 1 && elements << 2 <= tables.stride;
    const entries = this.indirect ? 1 : elements;
    if (!(entries >= 1 && entries <= this.free)) return this.refuse(elements);
    const head = this.freeHead;
    this.target = this.indirect ? tables.words : this.desc;
    this.links = this.indirect ? this.tableLinks : this.freeLinks;
    this.base = this.indirect ? (head * tables.stride) >> 2 : 0;
    this.cursor = this.indirect ? 0 : head;
    this.entries = entries;
    this.missing = elements;
    this.readableNow = 0;
    this.writableNow = 0;
    return true;
  }

  /** @returns what is to be written into the available ring */
  private commitSpecial(): number {
    const head = this.freeHead;
    const swapped = (this.mode & ringSwapped) !== 0;
    const entry = swapped ? swap16(head) : head;
    if (swapped) this.swapPlaced();
    if (!this.indirect) return entry;
    const { desc } = this;
    const address = this.tables.address + this.base * DESC_SIZE;
    const to = head << 2;
    desc[to] = address;
    desc[to + 1] = address / 0x1_0000_0000;
    desc[to + 2] = (this.last + 1) * DESC_SIZE;
    desc[to + 3] = DESC_F_INDIRECT;
    if (swapped) swapDescriptor(desc, to);
    this.last = head;
    this.cursor = (this.freeLinks[head] ?? 0) >>> 16;
    return entry;
  }

  /** Turns the elements' descriptors to the other byte order. */
  private swapPlaced(): void {
    for (let at = this.indirect ? 0 : this.freeHead; ; at = (this.links[at] ?? 0) >>> 16) {
      swapDescriptor(this.target, (this.base + at) << 2);
      if (at === this.last) return;
    }
  }

  private load(halves: Uint16Array, index: number): number {
    const half = (this.mode & ringShared) !== 0 ? Atomics.load(halves, index) : (halves[index] ?? 0);
    return (this.mode & ringSwapped) !== 0 ? swap16(half) : half;
  }

  private store(halves: Uint16Array, index: number, value: number): void {
    const half = (this.mode & ringSwapped) !== 0 ? swap16(value) : value;
    if ((this.mode & ringShared) !== 0) Atomics.store(halves, index, half);
    else halves[index] = half;
  }
}
