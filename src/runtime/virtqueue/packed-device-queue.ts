import { noRegion, type Region } from "../memory/region.ts";
import { type Chain, plainLength } from "./chain.ts";
import { type ChainHandler, DeviceQueue } from "./device-queue.ts";
import { passedDescriptor } from "./event-window.ts";
import { fence } from "./fence.ts";
import { type RingParts, wordsOf } from "./queue-setup.ts";
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
  private driverEvent: Int32Array = noWords;
  private deviceEvent: Int32Array = noWords;
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
  private eventNow = 0;
  /** With IN_ORDER: the descriptor that speaks for the run of buffers at hand. */
  private runStart = 0;
  private runOpen = false;

  override pop(): Chain | undefined {
    if (!this.ready()) return undefined;
    if (this.ahead === 0 && this.look() === 0) return undefined;
    const chain = this.takeIdle();
    if (!this.fill(chain)) {
      this.giveBack(chain);
      return undefined;
    }
    return this.launch(chain);
  }

  override process(handler: ChainHandler): number {
    if ((this.seenGeneration !== this.memory.generation || this.ring.length === 0) && !this.ready()) return 0;
    if (!this.plain) return this.processStepwise(handler);
    if (this.ahead === 0 && this.look() === 0) return 0;
    const { ring, memory } = this;
    const limit = this.plainLimit | 0;
    const size = this.sizeNow | 0;
    const generation = this.seenGeneration;
    let near = this.near;
    // The `| 0` keep V8 from carrying these through the loop as tagged values.
    let nearLow = near.startLow | 0;
    let nearHigh = near.high | 0;
    let nearLength = near.length | 0;
    let chain = this.launch(this.takeIdle());
    let segments = chain.segments;
    let first = segments[0];
    let second = segments[1];
    let served = 0;
    while (served < size && (this.ahead > 0 || this.look() > 0)) {
      let index = this.nextAvail | 0;
      let bits = this.availBits | 0;
      if (((ring[(index << 2) + 3] ?? 0) & bothBits) !== bits) {
        this.ahead = 0;
        break;
      }
      const room = Math.min(limit, size - this.taken);
      let count = 0;
      let readable = 0;
      let readableLength = 0;
      let writableLength = 0;
      // The plain case: few direct descriptors, each in one region. Everything else, and what is wrong, is the walker's.
      let word = nextBit;
      // The plainest: one descriptor to read and one to write in the region at hand, not at the ring's end.
      if (room > 1 && index + 2 < size && first !== undefined && second !== undefined) {
        const from = index << 2;
        const last = ring[from + 7] ?? 0;
        if (((ring[from + 3] ?? 0) & plainBits) === (bits | nextBit) && (last & plainBits) === (bits | writeBit)) {
          const offset = ((ring[from] ?? 0) - nearLow) | 0;
          const length = ring[from + 2] ?? 0;
          const offsetToWrite = ((ring[from + 4] ?? 0) - nearLow) | 0;
          const lengthToWrite = ring[from + 6] ?? 0;
          if (
            ring[from + 1] === nearHigh &&
            ring[from + 5] === nearHigh &&
            offset >= 0 &&
            offsetToWrite >= 0 &&
            length > 0 &&
            length <= plainLength &&
            lengthToWrite > 0 &&
            lengthToWrite <= plainLength &&
            offset <= nearLength - length &&
            offsetToWrite <= nearLength - lengthToWrite
          ) {
            if (first.region !== near) first.region = near;
            first.offset = offset;
            first.length = length;
            if (second.region !== near) second.region = near;
            second.offset = offsetToWrite;
            second.length = lengthToWrite;
            count = 2;
            readable = 1;
            readableLength = length;
            writableLength = lengthToWrite;
            word = last;
            index += 2;
          }
        }
      }
      while ((word & nextBit) !== 0) {
        const from = index << 2;
        word = ring[from + 3] ?? 0;
        if ((word & bothBits) !== bits || (word & indirectBit) !== 0 || count === room) {
          count = 0;
          break;
        }
        const low = ring[from] ?? 0;
        const high = ring[from + 1] ?? 0;
        const length = ring[from + 2] ?? 0;
        let offset = (low - nearLow) | 0;
        if (high !== nearHigh || offset < 0 || offset > nearLength - length) {
          const region = memory.regionAt(low, high);
          if (region === undefined || region.readOnly) {
            count = 0;
            break;
          }
          near = region;
          nearLow = near.startLow | 0;
          nearHigh = near.high | 0;
          nearLength = near.length | 0;
          offset = (low - nearLow) | 0;
        }
        const segment = segments[count];
        if (segment === undefined || length <= 0 || length > plainLength || offset > nearLength - length) {
          count = 0;
          break;
        }
        if (segment.region !== near) segment.region = near;
        segment.offset = offset;
        segment.length = length;
        count += 1;
        if ((word & writeBit) !== 0) {
          writableLength += length;
        } else if (writableLength === 0) {
          readableLength += length;
          readable = count;
        } else {
          count = 0;
          break;
        }
        index += 1;
        if (index === size) {
          index = 0;
          bits ^= bothBits;
        }
      }
      if (count === 0) {
        if (!this.fill(chain)) break;
      } else {
        chain.id = word & 0xffff;
        chain.ringEntries = count;
        chain.segmentCount = count;
        chain.readableCount = readable;
        chain.readableLength = readableLength;
        chain.writableLength = writableLength;
        this.advance(count, index, bits);
      }
      served += 1;
      let written = handler(chain);
      if (this.ring !== ring || ring.length === 0 || memory.generation !== generation) {
        // The handler has reset the queue, or memory has moved: the long way finds out.
        if (written >= 0) this.push(chain, written);
        this.publish();
        return served;
      }
      if (written < 0 || !chain.inFlight) {
        chain = this.launch(this.takeIdle());
        segments = chain.segments;
        first = segments[0];
        second = segments[1];
        continue;
      }
      if (written > chain.writableLength) written = chain.writableLength;
      const to = (this.nextUsed << 2) + 3;
      const used = chain.id | this.usedBits | (written > 0 ? writeBit : 0);
      ring[to - 1] = written;
      if (this.batchEntries === 0) {
        this.batchStart = to;
        this.batchWord = used;
      } else {
        ring[to] = used;
      }
      this.retire(chain.ringEntries);
    }
    this.near = near;
    this.land(chain);
    if (this.batchEntries !== 0) this.flush();
    return served;
  }

  override publish(): void {
    if (this.batchEntries !== 0 && this.ready()) this.flush();
  }

  private flush(): void {
    if (this.shared) Atomics.store(this.ring, this.batchStart, this.batchWord);
    else this.ring[this.batchStart] = this.batchWord;
    const entries = this.batchEntries;
    this.batchEntries = 0;
    this.runOpen = false;
    this.taken -= entries;
    if (this.memory.watched) this.markRing(this.parts?.desc);
    if (this.wantsInterrupt(entries)) this.interrupt();
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    const wrap = this.availBits === availBit ? 1 : 0;
    this.storeEvent(
      this.eventIdx ? this.nextAvail | (wrap << 15) | (RING_EVENT_FLAGS_DESC << 16) : RING_EVENT_FLAGS_ENABLE << 16,
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
    if (!this.inOrder || !this.runOpen) this.runStart = (this.nextUsed << 2) + 3;
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
    const { ring, sizeNow: size } = this;
    const at = (this.nextAvail << 2) + 3;
    let word = ring[at] ?? 0;
    if (!this.shared) {
      this.ahead = (word & bothBits) === this.availBits ? size : 0;
      return this.ahead;
    }
    if ((word & bothBits) !== this.availBits && (++this.spins & 63) !== 0) return 0;
    word = Atomics.load(ring, at);
    if ((word & bothBits) !== this.availBits) return 0;
    let bits = this.availBits;
    let index = this.nextAvail;
    let ahead = 0;
    do {
      ahead += 1;
      index += 1;
      if (index === size) {
        index = 0;
        bits ^= bothBits;
      }
      word = ring[(index << 2) + 3] ?? 0;
    } while (ahead < size && (word & bothBits) === bits);
    if (ahead > 1) fence();
    this.ahead = ahead;
    return ahead;
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
    chain.id = word & 0xffff;
    chain.ringEntries = count;
    this.advance(count, index, bits);
    return true;
  }

  /** The list's descriptors are the device's now; the next list begins at `index`. */
  private advance(count: number, index: number, bits: number): void {
    this.nextAvail = index;
    this.availBits = bits;
    this.taken += count;
    this.ahead = this.ahead > count ? this.ahead - count : 0;
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

  /** Whether the driver wants to hear of the `entries` descriptors that lie before the next used one. */
  private wantsInterrupt(entries: number): boolean {
    const event = this.shared ? Atomics.load(this.driverEvent, 0) : (this.driverEvent[0] ?? 0);
    const flags = (event >>> 16) & 3;
    if (flags === RING_EVENT_FLAGS_DISABLE) return false;
    if (flags !== RING_EVENT_FLAGS_DESC || !this.eventIdx) return true;
    return passedDescriptor(event & 0xffff, this.nextUsed, this.usedBits === bothBits, entries, this.sizeNow);
  }

  private storeEvent(event: number): void {
    this.eventNow = event;
    if (this.shared) Atomics.store(this.deviceEvent, 0, event);
    else this.deviceEvent[0] = event;
  }
}
