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
} from "./ring-constants.ts";
import type { ScatterList } from "./scatter-list.ts";

const noWords = new Int32Array(0);
const noHalves = new Uint16Array(0);

// A descriptor's last word is its id with the flags above.
const availBit = DESC_F_AVAIL << 16;
const usedBit = DESC_F_USED << 16;
const bothBits = availBit | usedBit;
const nextBit = DESC_F_NEXT << 16;
const writeBit = DESC_F_WRITE << 16;

/**
 * The driver side of a packed virtqueue.
 *
 * Memory order, where the device runs on another thread: all of a batch are plain writes before the atomic store of its
 * first descriptor's last word, on which the device waits. Used descriptors: an atomic load of the first one's last
 * word, a plain look ahead at those behind it, a fence, and only then what is in them. For suppression "store mine,
 * then load yours" by atomic accesses.
 */
export class PackedDriverQueue<Token> extends DriverQueue<Token> {
  private ring: Int32Array = noWords;
  private driverEvent: Int32Array = noWords;
  private deviceEvent: Int32Array = noWords;
  private nextAvail = 0;
  private availBits = availBit;
  private nextUsed = 0;
  private usedBits = bothBits;
  /** Ids that are free, the last one first; with IN_ORDER instead the next id and the oldest in flight. */
  private freeIds: Uint16Array = noHalves;
  private freeIdCount = 0;
  private nextId = 0;
  private oldestId = 0;
  /** The batch at hand: where its first descriptor's last word stands, the word, and how many descriptors it has. */
  private batchStart = 0;
  private batchWord = 0;
  private batchEntries = 0;
  /** Used descriptors that may be read without another look. */
  private ahead = 0;
  private eventNow = 0;
  /** With IN_ORDER: the last id of the run that is used together, and what was written to it; -1 for none. */
  private runLast = -1;
  private runLength = 0;

  override add(buffer: ScatterList, token: Token): boolean {
    if ((this.seenGeneration !== this.memory.generation || this.ring.length === 0) && !this.ready()) return false;
    const { count } = buffer;
    const indirect = count > 1 && count << 2 <= this.tableWords;
    const entries = indirect ? 1 : count;
    if (entries > this.free || entries < 1) return this.refuse(count);
    const { ring, sizeNow: size } = this;
    const id = this.takeId();
    const words = indirect ? this.fillTable(id, buffer) : buffer.words;
    let index = this.nextAvail;
    let bits = this.availBits | id;
    const end = entries << 2;
    for (let from = 0; from < end; from += 4) {
      const to = index << 2;
      ring[to] = words[from] ?? 0;
      ring[to + 1] = words[from + 1] ?? 0;
      ring[to + 2] = words[from + 2] ?? 0;
      const word = ((words[from + 3] ?? 0) << 16) | bits | (from + 4 < end ? nextBit : 0);
      if (this.batchEntries + from === 0) {
        this.batchStart = to + 3;
        this.batchWord = word;
      } else {
        ring[to + 3] = word;
      }
      index += 1;
      if (index === size) {
        index = 0;
        bits ^= bothBits;
      }
    }
    this.nextAvail = index;
    this.availBits = bits & bothBits;
    this.batchEntries += entries;
    this.free -= entries;
    this.outstanding += 1;
    const buffers = this.buffers;
    buffers[id << 1] = entries << 16;
    buffers[(id << 1) + 1] = buffer.writableLength;
    this.tokens[id] = token;
    return true;
  }

  override publish(): boolean {
    const entries = this.batchEntries;
    if (entries === 0 || !this.ready()) return false;
    if (this.shared) Atomics.store(this.ring, this.batchStart, this.batchWord);
    else this.ring[this.batchStart] = this.batchWord;
    this.batchEntries = 0;
    const event = this.shared ? Atomics.load(this.deviceEvent, 0) : (this.deviceEvent[0] ?? 0);
    const flags = (event >>> 16) & 3;
    if (flags === RING_EVENT_FLAGS_DISABLE) return false;
    if (flags !== RING_EVENT_FLAGS_DESC || this.features.eventIdx !== true) return true;
    return passedDescriptor(event & 0xffff, this.nextAvail, this.availBits === availBit, entries, this.sizeNow);
  }

  override reap(handler: UsedHandler<Token>): number {
    if (!this.ready()) return 0;
    const { ring, buffers, tokens, sizeNow: size } = this;
    let reaped = 0;
    while (reaped < size && (this.ahead > 0 || this.look() > 0)) {
      let id: number;
      let written: number;
      if (this.ordered) {
        id = this.take();
        if (id < 0) break;
        written = this.takenLength;
      } else {
        const at = this.nextUsed << 2;
        const word = ring[at + 3] ?? 0;
        if ((word & bothBits) !== this.usedBits) {
          this.ahead = 0;
          break;
        }
        id = word & 0xffff;
        const entries = (buffers[id << 1] ?? 0) >>> 16;
        if (entries === 0) {
          this.break("used-id-not-outstanding");
          break;
        }
        written = (word & writeBit) === 0 ? 0 : (ring[at + 2] ?? 0);
        if (written < 0 || written > (buffers[(id << 1) + 1] ?? 0)) {
          written = this.checkedLength(id, written);
          if (written < 0) break;
        }
        this.release(id, entries);
        this.ahead -= 1;
      }
      const token = tokens[id] as Token;
      tokens[id] = undefined;
      reaped += 1;
      handler(token, written);
      // The handler has reset the queue, or memory has moved.
      if (this.ring !== ring || ring.length === 0) break;
    }
    return reaped;
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    const wrap = this.usedBits === bothBits ? 1 : 0;
    this.storeEvent(
      this.features.eventIdx === true
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
    if (this.ordered && this.oldestId !== id) {
      // Used together with a later one, whose descriptor is the only one: it counts as used in full.
      id = this.oldestId;
      this.takenLength = (this.buffers[(id << 1) + 1] ?? 0) >>> 0;
    } else {
      this.takenLength = this.runLength;
      this.runLast = -1;
      if (this.ahead > 0) this.ahead -= 1;
    }
    const entries = this.entriesOf(id);
    if (entries === 0) {
      this.break("used-id-not-outstanding");
      return -1;
    }
    this.release(id, entries);
    return id;
  }

  protected override restart(): void {
    this.ring = noWords;
    this.driverEvent = noWords;
    this.deviceEvent = noWords;
    this.nextAvail = 0;
    this.availBits = availBit;
    this.nextUsed = 0;
    this.usedBits = bothBits;
    this.freeIds = noHalves;
    this.freeIdCount = 0;
    this.nextId = 0;
    this.oldestId = 0;
    this.batchEntries = 0;
    this.ahead = 0;
    this.eventNow = 0;
    this.runLast = -1;
  }

  protected override begin(size: number): void {
    this.freeIds = Uint16Array.from({ length: size }, (_, index) => size - 1 - index);
    this.freeIdCount = size;
  }

  protected override attach(parts: RingParts): void {
    this.ring = wordsOf(parts.desc);
    this.driverEvent = wordsOf(parts.driver);
    this.deviceEvent = wordsOf(parts.device);
  }

  protected override attached(): boolean {
    return this.ring.length > 0 && this.driverEvent.length > 0 && this.deviceEvent.length > 0;
  }

  private takeId(): number {
    if (!this.ordered) {
      this.freeIdCount -= 1;
      return this.freeIds[this.freeIdCount] ?? 0;
    }
    const id = this.nextId;
    this.nextId = id + 1 === this.sizeNow ? 0 : id + 1;
    return id;
  }

  private release(id: number, entries: number): void {
    this.buffers[id << 1] = 0;
    if (this.ordered) {
      this.oldestId = id + 1 === this.sizeNow ? 0 : id + 1;
    } else {
      this.freeIds[this.freeIdCount] = id;
      this.freeIdCount += 1;
    }
    this.free += entries;
    this.outstanding -= 1;
    this.nextUsed += entries;
    if (this.nextUsed >= this.sizeNow) {
      this.nextUsed -= this.sizeNow;
      this.usedBits ^= bothBits;
    }
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
    if (this.entriesOf(id) === 0) {
      this.break("used-id-not-outstanding");
      return false;
    }
    this.runLength = this.checkedLength(id, (word & writeBit) === 0 ? 0 : (this.ring[at + 2] ?? 0));
    if (this.runLength < 0) return false;
    this.runLast = id;
    return true;
  }

  /** How many used descriptors may be read now. See the device's side; here ids tell where the next one stands. */
  private look(): number {
    const { ring, sizeNow: size } = this;
    const at = (this.nextUsed << 2) + 3;
    let word = ring[at] ?? 0;
    if (!this.shared) {
      this.ahead = (word & bothBits) === this.usedBits ? size : 0;
      return this.ahead;
    }
    if ((word & bothBits) !== this.usedBits && (++this.spins & 63) !== 0) return 0;
    word = Atomics.load(ring, at);
    if ((word & bothBits) !== this.usedBits) return 0;
    let bits = this.usedBits;
    let index = this.nextUsed;
    let ahead = 0;
    do {
      ahead += 1;
      // With IN_ORDER one stands for many, so that where the next one is cannot be told so easily.
      const entries = this.ordered ? 0 : this.entriesOf(word & 0xffff);
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

  /** Writes an indirect table. @returns the words of the descriptor that refers to it */
  private fillTable(id: number, buffer: ScatterList): Int32Array {
    const { count, words } = buffer;
    const base = id * this.tableWords;
    for (let from = 0; from < count << 2; from += 4) {
      this.tables[base + from] = words[from] ?? 0;
      this.tables[base + from + 1] = words[from + 1] ?? 0;
      this.tables[base + from + 2] = words[from + 2] ?? 0;
      this.tables[base + from + 3] = (words[from + 3] ?? 0) << 16;
    }
    const address = this.tablesAddress + base * 4;
    this.reference[0] = address;
    this.reference[1] = address / 0x1_0000_0000;
    this.reference[2] = count * DESC_SIZE;
    this.reference[3] = DESC_F_INDIRECT;
    return this.reference;
  }

  private readonly reference = new Int32Array(4);

  private storeEvent(event: number): void {
    this.eventNow = event;
    if (this.shared) Atomics.store(this.driverEvent, 0, event);
    else this.driverEvent[0] = event;
  }
}
