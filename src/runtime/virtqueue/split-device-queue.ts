import { noRegion, type Region } from "../memory/region.ts";
import { type Chain, chainIdle } from "./chain.ts";
import { type ChainHandler, DeviceQueue } from "./device-queue.ts";
import { passedIndex } from "./event-window.ts";
import { halvesOf, type RingParts, wordsOf } from "./queue-setup.ts";
import {
  AVAIL_F_NO_INTERRUPT,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_WRITE,
  USED_F_NO_NOTIFY,
} from "../described/ring-constants.ts";
import { ringInOrder, ringNotifyOnEmpty, ringShared, ringStepwise, ringSwapped } from "./ring-mode.ts";
import { swap16, swap32 } from "./walk.ts";

const noWords = new Int32Array(0);
const noHalves = new Uint16Array(0);
const plainFlags = DESC_F_NEXT | DESC_F_WRITE | DESC_F_INDIRECT;

/**
 * The device side of a split virtqueue.
 *
 * Memory order, where the driver runs on another thread: what the driver wrote before its atomic store of the
 * available index is visible after our atomic load has returned that index; a plain look at it only spares the load
 * when nothing is new. Used entries are plain writes before the atomic store of the used index. Suppression is a race
 * of "store mine, then load yours" on both sides, which needs the single order of all atomic accesses that
 * JavaScript gives: so either we see the driver's new index, or it sees our new event.
 */
export class SplitDeviceQueue extends DeviceQueue {
  /** Descriptors and the used ring as words, and the entries of the available ring. */
  private desc: Int32Array = noWords;
  private avail: Uint16Array = noHalves;
  private used: Int32Array = noWords;
  private near: Region = noRegion;
  /** Free-running 16-bit indices: the next available entry, those seen to be there, the next used one, those published. */
  private nextAvail = 0;
  private seenAvail = 0;
  private nextUsed = 0;
  private publishedUsed = 0;
  private mask = 0;
  private availHalves: Uint16Array = noHalves;
  private usedHalves: Uint16Array = noHalves;
  /** Which half of the available ring says when to interrupt: used_event, or the flags. */
  private eventAt = 0;
  private usedFlags = 0;
  /** With IN_ORDER: where the entry stands that speaks for the run of buffers at hand. */
  private runStart = 0;
  private runOpen = false;

  override pop(): Chain | undefined {
    if (!this.ready()) return undefined;
    if (this.nextAvail === this.seenAvail && this.look() === 0) return undefined;
    const chain = this.launch();
    const entry = this.avail[this.nextAvail & this.mask] ?? 0;
    const head = (this.mode & ringSwapped) !== 0 ? swap16(entry) : entry;
    if (!this.fill(chain, head)) {
      this.land(chain);
      return undefined;
    }
    chain.id = head;
    this.nextAvail = (this.nextAvail + 1) & 0xffff;
    if ((this.mode & ringInOrder) !== 0) this.order(chain);
    return chain;
  }

  override process(handler: ChainHandler): number {
    if ((this.seenGeneration !== this.memory.generation || this.desc[0] === undefined) && !this.ready()) return 0;
    if ((this.mode & ringStepwise) !== 0) return this.processStepwise(handler);
    if (this.look() === 0) return 0;
    let chain = this.launch();
    let served = 0;
    // Not a count of its own: the handler may serve some by itself. Views are taken from their fields each time: what V8
    // knows of a field's value it would forget of a variable's.
    while (this.nextAvail !== this.seenAvail && served <= this.mask) {
      const { desc, mask, near } = this;
      const head = this.avail[this.nextAvail & mask] ?? 0;
      // Mostly it is one descriptor to read and one to write, where the last ones were. All else is the walker's.
      const from = (head & mask) << 2;
      const link = desc[from + 3] ?? 0;
      const next = link >>> 16;
      const to = (next & mask) << 2;
      const offset = ((desc[from] ?? 0) - near.startLow) | 0;
      const length = desc[from + 2] ?? 0;
      const offsetToWrite = ((desc[to] ?? 0) - near.startLow) | 0;
      const lengthToWrite = desc[to + 2] ?? 0;
      if (
        (link & plainFlags) === DESC_F_NEXT &&
        ((desc[to + 3] ?? 0) & plainFlags) === DESC_F_WRITE &&
        (head | next) <= mask &&
        desc[from + 1] === near.high &&
        desc[to + 1] === near.high &&
        (offset | offsetToWrite) >= 0 &&
        length > 0 &&
        lengthToWrite > 0 &&
        offset <= ((near.length - length) | 0) &&
        offsetToWrite <= ((near.length - lengthToWrite) | 0)
      ) {
        chain.place(near, offset, length, offsetToWrite, lengthToWrite);
      } else if (!this.fillHere(chain, desc, head) && !this.fill(chain, head)) {
        break;
      }
      chain.id = head;
      this.nextAvail = (this.nextAvail + 1) & 0xffff;
      served += 1;
      let written = handler(chain);
      // So shifted V8 knows that it is not negative, and that what is added below does not overflow.
      const at = ((this.nextUsed & this.mask) << 4) >>> 3;
      if (this.seenGeneration !== this.memory.generation || this.used[at + 1] === undefined) {
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
      this.used[at + 1] = head;
      this.used[at + 2] = written;
      this.nextUsed = (this.nextUsed + 1) & 0xffff;
    }
    this.land(chain);
    if (this.nextUsed !== this.publishedUsed) this.flush();
    return served;
  }

  override publish(): void {
    if (this.nextUsed !== this.publishedUsed && this.ready()) this.flush();
  }

  private flush(): void {
    if (this.mode !== 0) {
      this.flushSpecial();
      return;
    }
    const { eventAt, nextUsed: next, publishedUsed: before } = this;
    this.publishedUsed = next;
    this.usedHalves[1] = next;
    const event = this.availHalves[eventAt] ?? 0;
    if (eventAt === 0 ? (event & AVAIL_F_NO_INTERRUPT) === 0 : passedIndex(event, next, before)) {
      this.options.interrupt();
    }
  }

  private flushSpecial(): void {
    const { eventAt, nextUsed: next, publishedUsed: before } = this;
    this.publishedUsed = next;
    this.runOpen = false;
    this.store(this.usedHalves, 1, next);
    if (this.memory.watched) this.markRing("device");
    const event = this.load(eventAt);
    if (
      ((this.mode & ringNotifyOnEmpty) !== 0 && this.inFlight === 0 && this.load(1) === this.nextAvail) ||
      (eventAt === 0 ? (event & AVAIL_F_NO_INTERRUPT) === 0 : passedIndex(event, next, before))
    ) {
      this.options.interrupt();
    }
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    if (this.eventAt !== 0) {
      this.store(this.usedHalves, 2 + (this.sizeNow << 2), this.nextAvail);
    } else {
      this.usedFlags = 0;
      this.store(this.usedHalves, 0, 0);
    }
    this.spins = -1;
    return this.nextAvail !== this.seenAvail || this.look() > 0;
  }

  override disableNotifications(): void {
    // With EVENT_IDX the event lies behind as soon as the driver has passed it: nothing is to be done.
    if (this.eventAt !== 0 || this.usedFlags === USED_F_NO_NOTIFY || !this.ready()) return;
    this.usedFlags = USED_F_NO_NOTIFY;
    this.store(this.usedHalves, 0, USED_F_NO_NOTIFY);
  }

  protected override restart(): void {
    this.nextAvail = 0;
    this.seenAvail = 0;
    this.nextUsed = 0;
    this.publishedUsed = 0;
    this.usedFlags = 0;
    this.runOpen = false;
    this.near = noRegion;
    this.desc = noWords;
    this.avail = noHalves;
    this.availHalves = noHalves;
    this.used = noWords;
    this.mask = 0;
    this.usedHalves = noHalves;
  }

  protected override attach(parts: RingParts): void {
    this.desc = wordsOf(parts.desc);
    this.availHalves = halvesOf(parts.driver);
    this.avail = this.availHalves.subarray(2);
    this.used = wordsOf(parts.device);
    this.usedHalves = halvesOf(parts.device);
    this.near = parts.desc.region;
    this.mask = (parts.desc.length >> 4) - 1;
    this.eventAt = this.options.features.eventIdx === true ? this.availHalves.length - 1 : 0;
  }

  protected override attached(): boolean {
    return this.desc.length > 0 && this.availHalves.length > 0 && this.used.length > 0;
  }

  protected override answer(chain: Chain, written: number, full: boolean): void {
    // With IN_ORDER one entry stands for a run of buffers, as long as those before the last are written in full.
    if ((this.mode & ringInOrder) === 0 || !this.runOpen) this.runStart = this.nextUsed;
    this.runOpen = full;
    const at = 1 + ((this.runStart & this.mask) << 1);
    const swapped = (this.mode & ringSwapped) !== 0;
    this.used[at] = swapped ? swap32(chain.id) : chain.id;
    this.used[at + 1] = swapped ? swap32(written) : written;
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
  }

  /** How many chains wait. Sees what another thread has published for certain, but not at each look in vain. */
  private look(): number {
    const index = (this.mode & (ringShared | ringSwapped)) === 0 ? (this.availHalves[1] ?? 0) : this.lookSpecial();
    const pending = (index - this.nextAvail) & 0xffff;
    const unpublished = (this.nextUsed - this.publishedUsed) & 0xffff;
    if (pending + this.inFlight + unpublished > this.sizeNow) return this.overrun(pending);
    this.seenAvail = index;
    return pending;
  }

  private overrun(pending: number): number {
    this.break(pending > this.sizeNow ? "avail-index-jump" : "ring-overrun");
    return 0;
  }

  private lookSpecial(): number {
    const index = this.availHalves[1] ?? 0;
    if ((this.mode & ringShared) === 0) return swap16(index);
    const seen = (this.mode & ringSwapped) !== 0 ? swap16(index) : index;
    if (seen === this.nextAvail && (++this.spins & 63) !== 0) return seen;
    return this.load(1);
  }

  /** Fills a chain in from a few direct descriptors, where the last ones were; says whether it is that. */
  private fillHere(chain: Chain, desc: Int32Array, head: number): boolean {
    const { near, few, sizeNow: size } = this;
    chain.empty();
    let at = head;
    for (let count = 0; count < few && at < size; count++) {
      const from = at << 2;
      const link = desc[from + 3] ?? 0;
      if ((link & DESC_F_INDIRECT) !== 0 || !chain.appendHere(desc, from, link & DESC_F_WRITE, near)) return false;
      if ((link & DESC_F_NEXT) === 0) return true;
      at = link >>> 16;
    }
    return false;
  }

  /** Fills a chain in, wherever it leads, or breaks the queue and says false. */
  private fill(chain: Chain, head: number): boolean {
    const fault = head < this.sizeNow ? this.walker.split(chain, this.desc, head) : ("head-out-of-range" as const);
    if (fault === undefined) {
      if (chain.segmentCount > 0 && !chain.first.region.readOnly) this.near = chain.first.region;
      return true;
    }
    chain.empty();
    this.break(fault);
    return false;
  }

  private load(index: number): number {
    const { availHalves: halves, mode } = this;
    const half = (mode & ringShared) !== 0 ? Atomics.load(halves, index) : (halves[index] ?? 0);
    return (mode & ringSwapped) !== 0 ? swap16(half) : half;
  }

  private store(halves: Uint16Array, index: number, value: number): void {
    const half = (this.mode & ringSwapped) !== 0 ? swap16(value) : value;
    if ((this.mode & ringShared) !== 0) Atomics.store(halves, index, half);
    else halves[index] = half;
  }
}
