import { noRegion, type Region } from "../memory/region.ts";
import { type Chain, chainIdle } from "./chain.ts";
import { type ChainHandler, DeviceQueue } from "./device-queue.ts";
import { passedDescriptor } from "./event-window.ts";
import { fence } from "./fence.ts";
import { type RingParts, wordsOf } from "./queue-setup.ts";
import { ringInOrder, ringShared, ringStepwise } from "./ring-mode.ts";
import {
  DESC_F_AVAIL,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_USED,
  DESC_F_WRITE,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
} from "../described/ring-constants.ts";

const noWords = new Int32Array(0);

// A descriptor's last word is its id with the flags above.
const availBit = DESC_F_AVAIL << 16;
const usedBit = DESC_F_USED << 16;
const bothBits = availBit | usedBit;
const nextBit = DESC_F_NEXT << 16;
const writeBit = DESC_F_WRITE << 16;
const indirectBit = DESC_F_INDIRECT << 16;
const plainBits = bothBits | nextBit | writeBit | indirectBit;

/**
 * The device side of a packed virtqueue.
 *
 * Memory order, where the driver runs on another thread: the driver makes a batch available by an atomic store to its
 * first descriptor's last word, which our atomic load of that word sees. The batch's other descriptors are plain to
 * both sides. How far a batch reaches cannot be told, so we first look ahead at the flags, then put up a fence, and
 * only then read what is in the descriptors. Used descriptors are plain writes, but the first of a batch, on which the
 * driver waits, is written last and atomically. Suppression: "store mine, then load yours" by atomic accesses.
 */
export class PackedDeviceQueue extends DeviceQueue {
  private ring: Int32Array = noWords;
  private near: Region = noRegion;
  private nextAvail = 0;
  /** The last word's bits in an available descriptor of this round, and in a used one. */
  private availBits = availBit;
  private nextUsed = 0;
  private usedBits = bothBits;
  /** Descriptors that are read and not yet published as used. */
  private taken = 0;
  /** Descriptors that may be read without another look. */
  private ahead = 0;
  /** The batch at hand: where its first used descriptor stands, its last word, and how many descriptors it covers. */
  private batchStart = 0;
  private batchWord = 0;
  private batchEntries = 0;
  private driverEvent: Int32Array = noWords;
  private deviceEvent: Int32Array = noWords;
  private eventNow = 0;
  /** With IN_ORDER: the descriptor that speaks for the run of buffers at hand. */
  private runStart = 0;
  private runOpen = false;

  override pop(): Chain | undefined {
    if (!this.ready()) return undefined;
    if (this.ahead === 0 && this.look() === 0) return undefined;
    const chain = this.launch();
    if (!this.fill(chain)) {
      this.land(chain);
      return undefined;
    }
    if ((this.mode & ringInOrder) !== 0) this.order(chain);
    return chain;
  }

  override process(handler: ChainHandler): number {
    if ((this.seenGeneration !== this.memory.generation || this.ring[0] === undefined) && !this.ready()) return 0;
    if ((this.mode & ringStepwise) !== 0) return this.processStepwise(handler);
    let chain = this.launch();
    let served = 0;
    // Views are taken from their fields each time: what V8 knows of a field's value it would forget of a variable's.
    while (served < this.sizeNow && (this.ahead > 0 || this.look() > 0)) {
      const { ring, sizeNow: size, nextAvail: index, availBits: bits, near } = this;
      // Mostly it is one descriptor to read and one to write, where the last ones were. All else is the walker's.
      const from = ((index + 2 < size ? index : 0) << 4) >>> 2;
      const last = ring[from + 7] ?? 0;
      const offset = ((ring[from] ?? 0) - near.startLow) | 0;
      const length = ring[from + 2] ?? 0;
      const offsetToWrite = ((ring[from + 4] ?? 0) - near.startLow) | 0;
      const lengthToWrite = ring[from + 6] ?? 0;
      if (
        ((ring[from + 3] ?? 0) & plainBits) === (bits | nextBit) &&
        (last & plainBits) === (bits | writeBit) &&
        index + 2 < size &&
        this.taken + 2 <= size &&
        ring[from + 1] === near.high &&
        ring[from + 5] === near.high &&
        (offset | offsetToWrite) >= 0 &&
        length > 0 &&
        lengthToWrite > 0 &&
        offset <= ((near.length - length) | 0) &&
        offsetToWrite <= ((near.length - lengthToWrite) | 0)
      ) {
        chain.place(near, offset, length, offsetToWrite, lengthToWrite);
        chain.id = last & 0xffff;
        chain.ringEntries = 2;
        this.nextAvail = index + 2;
        this.taken += 2;
        this.ahead = this.ahead > 2 ? this.ahead - 2 : 0;
      } else if (!this.fillHere(chain, ring) && !this.fill(chain)) {
        break;
      }
      served += 1;
      let written = handler(chain);
      const to = this.nextUsed << 2;
      if (this.seenGeneration !== this.memory.generation || this.ring[to + 2] === undefined) {
        // The handler has reset the queue, or memory has moved: the long way finds out.
        if (written >= 0) this.push(chain, written);
        this.publish();
        return served;
      }
      if (written < 0 || chain.stage === chainIdle) {
        chain = this.launch();
        continue;
      }
      if (written > chain.writableLength) written = chain.writableLength;
      const used = chain.id | this.usedBits | (written > 0 ? writeBit : 0);
      this.ring[to + 2] = written;
      if (this.batchEntries === 0) {
        this.batchStart = to + 3;
        this.batchWord = used;
      } else {
        this.ring[to + 3] = used;
      }
      this.retire(chain.ringEntries);
    }
    this.land(chain);
    if (this.batchEntries !== 0) this.flush();
    return served;
  }

  override publish(): void {
    if (this.batchEntries !== 0 && this.ready()) this.flush();
  }

  private flush(): void {
    if (this.mode !== 0) {
      this.flushSpecial();
      return;
    }
    const entries = this.batchEntries;
    this.ring[this.batchStart] = this.batchWord;
    this.batchEntries = 0;
    this.taken -= entries;
    this.inform(this.driverEvent[0] ?? 0, entries);
  }

  private flushSpecial(): void {
    const entries = this.batchEntries;
    this.batchEntries = 0;
    this.taken -= entries;
    this.runOpen = false;
    const shared = (this.mode & ringShared) !== 0;
    if (shared) Atomics.store(this.ring, this.batchStart, this.batchWord);
    else this.ring[this.batchStart] = this.batchWord;
    if (this.memory.watched) this.markRing("desc");
    this.inform(shared ? Atomics.load(this.driverEvent, 0) : (this.driverEvent[0] ?? 0), entries);
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    const wrap = this.availBits === availBit ? 1 : 0;
    this.storeEvent(
      this.options.features.eventIdx === true
        ? this.nextAvail | (wrap << 15) | (RING_EVENT_FLAGS_DESC << 16)
        : RING_EVENT_FLAGS_ENABLE << 16,
    );
    this.spins = -1;
    return this.ahead > 0 || this.look() > 0;
  }

  override disableNotifications(): void {
    const event = RING_EVENT_FLAGS_DISABLE << 16;
    if (this.eventNow !== event && this.ready()) this.storeEvent(event);
  }

  protected override restart(): void {
    this.ring = noWords;
    this.driverEvent = noWords;
    this.deviceEvent = noWords;
    this.near = noRegion;
    this.nextAvail = 0;
    this.availBits = availBit;
    this.nextUsed = 0;
    this.usedBits = bothBits;
    this.taken = 0;
    this.ahead = 0;
    this.batchEntries = 0;
    this.eventNow = 0;
    this.runOpen = false;
  }

  protected override attach(parts: RingParts): void {
    this.ring = wordsOf(parts.desc);
    this.driverEvent = wordsOf(parts.driver);
    this.deviceEvent = wordsOf(parts.device);
    this.near = parts.desc.region;
  }

  protected override attached(): boolean {
    return this.ring.length > 0 && this.driverEvent.length > 0 && this.deviceEvent.length > 0;
  }

  protected override answer(chain: Chain, written: number, full: boolean): void {
    // With IN_ORDER one descriptor stands for a run of buffers, as long as those before the last are written in full.
    if ((this.mode & ringInOrder) === 0 || !this.runOpen) this.runStart = (this.nextUsed << 2) + 3;
    this.runOpen = full;
    // The round may have ended within the run: the descriptor's bits are those of where it stands.
    const before = (this.nextUsed << 2) + 3 < this.runStart ? this.usedBits ^ bothBits : this.usedBits;
    const word = chain.id | before | (written > 0 ? writeBit : 0);
    this.ring[this.runStart - 1] = written;
    if (this.batchEntries === 0) this.batchStart = this.runStart;
    if (this.runStart === this.batchStart) this.batchWord = word;
    else this.ring[this.runStart] = word;
    this.retire(chain.ringEntries);
  }

  /**
   * How many descriptors may be read now: 0 when none is available. What stands in them is looked at by `fill`; here
   * only flags are, and a flag that changes again between the two is found out there.
   */
  private look(): number {
    const available = ((this.ring[(this.nextAvail << 2) + 3] ?? 0) & bothBits) === this.availBits;
    if ((this.mode & ringShared) !== 0) return this.lookShared(available);
    this.ahead = available ? 1 : 0;
    return this.ahead;
  }

  private lookShared(available: boolean): number {
    const { ring, sizeNow: size } = this;
    const at = (this.nextAvail << 2) + 3;
    if (!available && (++this.spins & 63) !== 0) return 0;
    let word = Atomics.load(ring, at);
    if ((word & bothBits) !== this.availBits) return 0;
    let bits = this.availBits;
    let index = this.nextAvail;
    let ahead = 0;
    let heads = 0;
    let before = 0;
    do {
      if ((before & nextBit) === 0) heads += 1;
      before = word;
      ahead += 1;
      index += 1;
      if (index === size) {
        index = 0;
        bits ^= bothBits;
      }
      word = ring[(index << 2) + 3] ?? 0;
    } while (ahead < size && (word & bothBits) === bits);
    // The driver has written all of a list before its first descriptor's last word, which was loaded atomically.
    if (heads > 1) fence();
    this.ahead = ahead;
    return ahead;
  }

  /** Fills a chain in from a few direct descriptors, where the last ones were; says whether it is that. */
  private fillHere(chain: Chain, ring: Int32Array): boolean {
    const { near, sizeNow: size } = this;
    const room = Math.min(this.few, size - this.taken);
    chain.empty();
    let index = this.nextAvail;
    let bits = this.availBits;
    for (let count = 1; count <= room; count++) {
      const from = index << 2;
      const word = ring[from + 3] ?? 0;
      if ((word & bothBits) !== bits || (word & indirectBit) !== 0) return false;
      if (!chain.appendHere(ring, from, word & writeBit, near)) return false;
      index += 1;
      if (index === size) {
        index = 0;
        bits ^= bothBits;
      }
      if ((word & nextBit) === 0) {
        this.take(chain, word, count, index, bits);
        return true;
      }
    }
    return false;
  }

  /** The list's descriptors are the device's now; the next list begins at `index`. */
  private take(chain: Chain, word: number, count: number, index: number, bits: number): void {
    chain.id = word & 0xffff;
    chain.ringEntries = count;
    this.nextAvail = index;
    this.availBits = bits;
    this.taken += count;
    this.ahead = this.ahead > count ? this.ahead - count : 0;
  }

  /** Fills a chain in from the next list, whatever it is. False when there is none after all, or the queue is broken. */
  private fill(chain: Chain): boolean {
    const { ring, sizeNow: size } = this;
    let index = this.nextAvail;
    let bits = this.availBits;
    let count = 0;
    let word = nextBit;
    while ((word & nextBit) !== 0) {
      word = ring[(index << 2) + 3] ?? 0;
      const available = (word & bothBits) === bits;
      // Behind as many descriptors as the ring has, the list runs into what is in flight, or into itself.
      if (count + this.taken === size && (count > 0 || available)) return this.overrun();
      if (!available) return this.unavailable(count);
      count += 1;
      index += 1;
      if (index === size) {
        index = 0;
        bits ^= bothBits;
      }
    }
    const fault = this.walker.packed(chain, ring, this.nextAvail, count);
    if (fault !== undefined) {
      chain.empty();
      this.break(fault);
      return false;
    }
    if (chain.segmentCount > 0 && !chain.first.region.readOnly) this.near = chain.first.region;
    this.take(chain, word, count, index, bits);
    return true;
  }

  /** Goes on behind a used descriptor and those that it speaks for. */
  private retire(entries: number): void {
    this.batchEntries += entries;
    const next = this.nextUsed + entries;
    if (next < this.sizeNow) {
      this.nextUsed = next;
      return;
    }
    this.nextUsed = next - this.sizeNow;
    this.usedBits ^= bothBits;
  }

  private unavailable(count: number): boolean {
    this.ahead = 0;
    if (count > 0) this.break("list-not-available");
    return false;
  }

  private overrun(): boolean {
    this.break(this.taken === 0 ? "chain-too-long" : "ring-overrun");
    return false;
  }

  /** Interrupts if the driver's event says that it wants to hear of the `entries` descriptors before the next used one. */
  private inform(event: number, entries: number): void {
    const flags = (event >>> 16) & 3;
    if (flags === RING_EVENT_FLAGS_DISABLE) return;
    if (
      flags !== RING_EVENT_FLAGS_DESC ||
      this.options.features.eventIdx !== true ||
      passedDescriptor(event & 0xffff, this.nextUsed, this.usedBits === bothBits, entries, this.sizeNow)
    ) {
      this.options.interrupt();
    }
  }

  private storeEvent(event: number): void {
    this.eventNow = event;
    if ((this.mode & ringShared) !== 0) Atomics.store(this.deviceEvent, 0, event);
    else this.deviceEvent[0] = event;
  }
}
