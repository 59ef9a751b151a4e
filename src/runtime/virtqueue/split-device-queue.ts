import { noRegion, type Region } from "../memory/region.ts";
import { type Chain, plainLength } from "./chain.ts";
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
  private desc: Int32Array = noWords;
  private avail: Uint16Array = noHalves;
  private used: Int32Array = noWords;
  private usedHalves: Uint16Array = noHalves;
  private near: Region = noRegion;
  /** Free-running 16-bit indices: the next available entry, those seen to be there, the next used one, those published. */
  private nextAvail = 0;
  private seenAvail = 0;
  private nextUsed = 0;
  private publishedUsed = 0;
  private usedFlags = 0;
  /** With IN_ORDER: where the entry stands that speaks for the run of buffers at hand. */
  private runStart = 0;
  private runOpen = false;

  override pop(): Chain | undefined {
    if (!this.ready()) return undefined;
    if (this.nextAvail === this.seenAvail && this.look() === 0) return undefined;
    const chain = this.takeIdle();
    const entry = this.avail[2 + (this.nextAvail & (this.sizeNow - 1))] ?? 0;
    const head = this.swap ? swap16(entry) : entry;
    if (!this.fill(chain, head)) {
      this.giveBack(chain);
      return undefined;
    }
    chain.id = head;
    this.nextAvail = (this.nextAvail + 1) & 0xffff;
    return this.launch(chain);
  }

  override process(handler: ChainHandler): number {
    if ((this.seenGeneration !== this.memory.generation || this.desc.length === 0) && !this.ready()) return 0;
    if (!this.plain) return this.processStepwise(handler);
    if (this.look() === 0) return 0;
    const { avail, desc, used, memory } = this;
    const limit = this.plainLimit | 0;
    const mask = this.sizeNow - 1;
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
    // Not a count of its own: the handler may serve some by itself.
    while (this.nextAvail !== this.seenAvail && served <= mask) {
      const next = this.nextAvail;
      const head = avail[2 + (next & mask)] ?? 0;
      let at = head;
      let count = 0;
      let readable = 0;
      let readableLength = 0;
      let writableLength = 0;
      // The plain case: few direct descriptors, each in one region. Everything else, and what is wrong, is the walker's.
      let last = DESC_F_NEXT;
      // The plainest: one descriptor to read and one to write in the region at hand. Without a loop it costs an eighth less.
      if (limit > 1 && head <= mask && first !== undefined && second !== undefined) {
        const from = head << 2;
        const link = desc[from + 3] ?? 0;
        const to = (link >>> 16) << 2;
        if ((link & plainFlags) === DESC_F_NEXT && link >>> 16 <= mask) {
          const offset = ((desc[from] ?? 0) - nearLow) | 0;
          const length = desc[from + 2] ?? 0;
          const offsetToWrite = ((desc[to] ?? 0) - nearLow) | 0;
          const lengthToWrite = desc[to + 2] ?? 0;
          if (
            ((desc[to + 3] ?? 0) & plainFlags) === DESC_F_WRITE &&
            desc[from + 1] === nearHigh &&
            desc[to + 1] === nearHigh &&
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
            last = 0;
          }
        }
      }
      while ((last & DESC_F_NEXT) !== 0) {
        if (at > mask || count === limit) {
          count = 0;
          break;
        }
        const from = at << 2;
        const low = desc[from] ?? 0;
        const high = desc[from + 1] ?? 0;
        const length = desc[from + 2] ?? 0;
        last = desc[from + 3] ?? 0;
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
        if (
          segment === undefined ||
          length <= 0 ||
          length > plainLength ||
          offset > nearLength - length ||
          (last & DESC_F_INDIRECT) !== 0
        ) {
          count = 0;
          break;
        }
        if (segment.region !== near) segment.region = near;
        segment.offset = offset;
        segment.length = length;
        count += 1;
        if ((last & DESC_F_WRITE) !== 0) {
          writableLength += length;
        } else if (writableLength === 0) {
          readableLength += length;
          readable = count;
        } else {
          count = 0;
          break;
        }
        at = last >>> 16;
      }
      if (count !== 0) {
        chain.segmentCount = count;
        chain.readableCount = readable;
        chain.readableLength = readableLength;
        chain.writableLength = writableLength;
      } else if (!this.fill(chain, head)) {
        break;
      }
      chain.id = head;
      this.nextAvail = (next + 1) & 0xffff;
      served += 1;
      let written = handler(chain);
      if (this.desc !== desc || desc.length === 0 || memory.generation !== generation) {
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
      const to = 1 + ((this.nextUsed & mask) << 1);
      used[to] = head;
      used[to + 1] = written;
      this.nextUsed = (this.nextUsed + 1) & 0xffff;
    }
    this.near = near;
    this.land(chain);
    if (this.nextUsed !== this.publishedUsed) this.flush();
    return served;
  }

  override publish(): void {
    if (this.nextUsed !== this.publishedUsed && this.ready()) this.flush();
  }

  private flush(): void {
    const next = this.nextUsed;
    const before = this.publishedUsed;
    this.publishedUsed = next;
    this.runOpen = false;
    if (this.shared || !this.plain || this.notifyOnEmpty) {
      this.store(this.usedHalves, 1, next);
      if (this.memory.watched) this.markRing(this.parts?.device);
      if (this.wantsInterrupt(before, next)) this.interrupt();
      return;
    }
    // The same without a call.
    const { avail } = this;
    this.usedHalves[1] = next;
    const event = this.eventIdx ? (avail[2 + this.sizeNow] ?? 0) : next - 1;
    if (!passedIndex(event, next, before)) return;
    if (this.eventIdx || ((avail[0] ?? 0) & AVAIL_F_NO_INTERRUPT) === 0) this.interrupt();
  }

  override enableNotifications(): boolean {
    if (!this.ready()) return false;
    if (this.eventIdx) {
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
    if (this.eventIdx || this.usedFlags === USED_F_NO_NOTIFY || !this.ready()) return;
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
    this.used = noWords;
    this.usedHalves = noHalves;
  }

  protected override attach(parts: RingParts): void {
    this.desc = wordsOf(parts.desc);
    this.avail = halvesOf(parts.driver);
    this.used = wordsOf(parts.device);
    this.usedHalves = halvesOf(parts.device);
    this.near = parts.desc.region;
  }

  protected override attached(): boolean {
    return this.desc.length > 0 && this.avail.length > 0 && this.used.length > 0;
  }

  protected override answer(chain: Chain, written: number, full: boolean): void {
    // With IN_ORDER one entry stands for a run of buffers, as long as those before the last are written in full.
    if (!this.inOrder || !this.runOpen) this.runStart = this.nextUsed;
    this.runOpen = full;
    const at = 1 + ((this.runStart & (this.sizeNow - 1)) << 1);
    this.used[at] = this.swap ? swap32(chain.id) : chain.id;
    this.used[at + 1] = this.swap ? swap32(written) : written;
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
  }

  /** How many chains wait. Sees what another thread has published for certain, but not at each look in vain. */
  private look(): number {
    const index = this.shared || this.swap ? this.lookSpecial() : (this.avail[1] ?? 0);
    const pending = (index - this.nextAvail) & 0xffff;
    const unpublished = (this.nextUsed - this.publishedUsed) & 0xffff;
    if (pending + this.inFlight + unpublished > this.sizeNow) {
      this.break(pending > this.sizeNow ? "avail-index-jump" : "ring-overrun");
      return 0;
    }
    this.seenAvail = index;
    return pending;
  }

  private lookSpecial(): number {
    const index = this.avail[1] ?? 0;
    if (!this.shared) return swap16(index);
    const seen = this.swap ? swap16(index) : index;
    if (seen === this.nextAvail && (++this.spins & 63) !== 0) return seen;
    return this.load(1);
  }

  /** Fills a chain in, wherever it leads, or breaks the queue and says false. */
  private fill(chain: Chain, head: number): boolean {
    const fault = head < this.sizeNow ? this.walker.split(chain, this.desc, head) : ("head-out-of-range" as const);
    if (fault === undefined) return true;
    chain.empty();
    this.break(fault);
    return false;
  }

  /** Whether the driver wants to hear of the used entries from `before` on up to `next`. */
  private wantsInterrupt(before: number, next: number): boolean {
    if (this.notifyOnEmpty && this.inFlight === 0 && this.load(1) === this.nextAvail) return true;
    if (!this.eventIdx) return (this.load(0) & AVAIL_F_NO_INTERRUPT) === 0;
    return passedIndex(this.load(2 + this.sizeNow), next, before);
  }

  private load(index: number): number {
    const half = this.shared ? Atomics.load(this.avail, index) : (this.avail[index] ?? 0);
    return this.swap ? swap16(half) : half;
  }

  private store(halves: Uint16Array, index: number, value: number): void {
    const half = this.swap ? swap16(value) : value;
    if (this.shared) Atomics.store(halves, index, half);
    else halves[index] = half;
  }
}
