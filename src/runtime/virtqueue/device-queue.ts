import type { GuestMemory } from "../memory/guest-memory.ts";
import { Chain, chainHeld, chainIdle, chainInFlight, fewDescriptors } from "./chain.ts";
import type { QueueFault } from "./queue-fault.ts";
import { detachTogether, locateRing, type QueueFeatures, type QueueLayout, type RingParts } from "./queue-setup.ts";
import { ringInOrder, ringNotifyOnEmpty, ringShared, ringShort, ringSwapped, ringWatched } from "./ring-mode.ts";
import { ChainWalker } from "./walk.ts";

/** What a handler returns for a chain that it answers later, by {@link DeviceQueue.push}. */
export const PENDING = -1;

/**
 * Serves one chain. Returns how many bytes it has written to the device-writable part, counted from its beginning, or
 * {@link PENDING}. What it throws goes through to the caller, and the chain stays in flight.
 */
export type ChainHandler = (chain: Chain) => number;

export interface DeviceQueueOptions {
  readonly memory: GuestMemory;
  readonly features: QueueFeatures;
  /** Sends a used buffer notification; called only when the driver wants one. */
  readonly interrupt: () => void;
  /** The queue is broken: the device is to set DEVICE_NEEDS_RESET. Called once until the next reset. */
  readonly onBroken?: (fault: QueueFault) => void;
  /** The most entries that the driver may choose; 32768 if absent. */
  readonly maxSize?: number;
  /** The most descriptors of a chain; as many as the queue has if absent, which is the most that is allowed. */
  readonly maxChainLength?: number;
}

/** What is asked for seldom: how the queue was enabled, where its parts lie, and why it is broken. */
interface Life {
  readonly layout: QueueLayout;
  parts: RingParts | undefined;
  fault: QueueFault | undefined;
}

/**
 * A virtqueue as the device sees it, of either layout. Nothing that the driver or its memory does makes it throw,
 * loop or touch anything outside guest memory: the queue is then {@link broken}, does nothing, and a reset mends it.
 *
 * Either `process` in a loop, or step by step: `pop` a chain, answer it by `push`, `publish` what is answered.
 */
export abstract class DeviceQueue {
  // In this order for V8: see DriverQueue.

  /** Chains that the device has and has not answered. */
  inFlight = 0;
  declare protected readonly memory: GuestMemory;
  /** The memory's generation when the ring was looked up; -1 when that has to be done anew each time. */
  protected seenGeneration = -1;
  /** What is special about the ring: bits of ring-mode.ts. */
  protected mode = 0;
  protected sizeNow = 0;
  /** The one chain that is mostly used: it is taken whenever it is idle, and then in no pool. */
  private spare: Chain = new Chain(this);
  /** The most descriptors of a chain that is followed without the walker. */
  protected few: number = fewDescriptors;
  /** Looks at the ring in vain, between which a plain read may be an old value. */
  protected spins = 0;
  declare protected readonly options: DeviceQueueOptions;
  protected walker: ChainWalker;
  private life: Life | undefined = undefined;
  /** The last call of {@link serve} has left something. */
  unserved = false;
  /** Chains that wait to be popped; the last one first, for it is in the processor's cache. */
  private readonly idle: Chain[] = [];
  /** Every chain of this life of the queue but the spare one, idle or in flight. */
  private chains: Chain[] = [];
  /** With IN_ORDER: chains in flight as they were popped, a ring of the queue's size. */
  private readonly ordered: Chain[] = [];
  private firstOrdered = 0;

  constructor(options: DeviceQueueOptions) {
    this.options = options;
    this.memory = options.memory;
    this.walker = this.createWalker(0);
  }

  /** Entries of the ring; 0 as long as the queue is not enabled. */
  get size(): number {
    return this.sizeNow;
  }

  /** Whether the driver has set it up. It may be broken nevertheless. */
  get enabled(): boolean {
    return this.life !== undefined;
  }

  /** Why the queue does nothing any more; undefined while it works. */
  get broken(): QueueFault | undefined {
    return this.life?.fault;
  }

  /** The driver has set the queue up. False, and broken, when it cannot be used so. */
  enable(layout: QueueLayout): boolean {
    this.reset();
    this.life = { layout, parts: undefined, fault: undefined };
    if (layout.size > (this.options.maxSize ?? 32768)) {
      this.fail("queue-size");
      return false;
    }
    const limit = Math.min(this.options.maxChainLength ?? layout.size, 65536);
    this.walker = this.createWalker(limit);
    this.few = Math.min(limit, fewDescriptors);
    if (!this.locate()) return false;
    this.sizeNow = layout.size;
    return true;
  }

  /**
   * Back to the beginning, not enabled. Chains in flight are forgotten: they are empty, and pushing them does nothing.
   */
  reset(): void {
    // Whoever still holds one that is in flight gets nothing from it, and it serves no other request.
    this.chains = this.chains.filter((chain) => this.keepIdle(chain));
    if (!this.keepIdle(this.spare)) this.spare = new Chain(this);
    this.ordered.length = 0;
    this.firstOrdered = 0;
    this.inFlight = 0;
    this.life = undefined;
    this.seenGeneration = -1;
    this.sizeNow = 0;
    this.spins = 0;
    this.mode = 0;
    this.restart();
  }

  /** The next available chain, filled in; undefined when there is none or the queue is broken. Never throws. */
  abstract pop(): Chain | undefined;

  /**
   * Serves what is available now, at most as many chains as the queue is long, and publishes the answers.
   * @returns how many chains the handler was given
   */
  abstract process(handler: ChainHandler): number;

  /** Makes the answers since the last time visible to the driver, and interrupts it if it wants that. */
  abstract publish(): void;

  /**
   * Asks the driver to notify of the next buffer it makes available. To be called before going to sleep.
   * @returns true when something is available already: do not sleep, it may not be notified of
   */
  abstract enableNotifications(): boolean;

  /** The device looks by itself: notifications are not needed. They may come nevertheless. */
  abstract disableNotifications(): void;

  /**
   * Answers a chain: `written` bytes of its writable part are written, which is cut to what it has. The driver sees
   * it at the next {@link publish}. Ignored for a chain that is not in flight: answered already, of another queue, or
   * from before a reset. With IN_ORDER it waits for all chains before it.
   */
  push(chain: Chain, written: number): void {
    if (chain.stage === chainIdle || chain.owner !== this) return;
    chain.usedLength = Math.min(Math.max(written, 0), chain.writableLength);
    if ((this.mode & ringInOrder) === 0) {
      this.finish(chain);
      return;
    }
    chain.stage = chainHeld;
    for (;;) {
      const oldest = this.ordered[this.firstOrdered];
      if (this.inFlight === 0 || oldest?.stage !== chainHeld) return;
      this.firstOrdered = (this.firstOrdered + 1) % this.sizeNow;
      this.finish(oldest);
    }
  }

  /**
   * Serves until nothing is left, then asks to be notified; at most `rounds` times the queue's length. Where that is not
   * enough, {@link unserved} is set: the driver may not notify of what is left, so the caller comes back for it.
   */
  serve(handler: ChainHandler, rounds = 64): number {
    let served = 0;
    this.unserved = false;
    for (let round = 0; round < rounds; round++) {
      this.disableNotifications();
      for (let count = this.process(handler); count > 0 && round < rounds; count = this.process(handler)) {
        served += count;
        round += 1;
      }
      if (!this.enableNotifications()) return served;
    }
    this.unserved = true;
    return served;
  }

  /** Where the layout's own state begins again. */
  protected abstract restart(): void;

  /** Takes views of the parts. */
  protected abstract attach(parts: RingParts): void;

  /** Whether the views are still those of memory that is there. */
  protected abstract attached(): boolean;

  /** Writes a used entry; not yet visible to the driver. `full`: the whole writable part was written. */
  protected abstract answer(chain: Chain, written: number, full: boolean): void;

  /**
   * Whether the ring can be used at this moment. To be asked at each entry: memory comes, goes and grows. Where
   * {@link seenGeneration} is the memory's and one of the views is not empty, nothing has happened and this need not be
   * asked.
   */
  protected ready(): boolean {
    if (this.sizeNow === 0 || this.life?.fault !== undefined) return false;
    if (this.seenGeneration === this.memory.generation && this.attached()) return true;
    return this.locate();
  }

  /** Ends this life of the queue. What is answered already still gets to the driver. */
  protected break(fault: QueueFault): void {
    this.publish();
    this.fail(fault);
  }

  /** A chain to be filled in, from the pool, which counts as one that the device has. */
  protected launch(): Chain {
    let chain = this.spare;
    if (chain.stage !== chainIdle) chain = this.pooled();
    chain.stage = chainInFlight;
    this.inFlight += 1;
    return chain;
  }

  /** With IN_ORDER: chains are answered in the order in which they come by here. */
  protected order(chain: Chain): void {
    this.ordered[(this.firstOrdered + this.inFlight - 1) % this.sizeNow] = chain;
  }

  /** Takes a chain back that has not been handed out, or for which there is no more use. */
  protected land(chain: Chain): void {
    // Unless a reset has happened meanwhile.
    if (chain.stage === chainIdle) return;
    chain.stage = chainIdle;
    this.inFlight -= 1;
    if (chain !== this.spare) this.idle.push(chain);
  }

  /** Serves step by step, where the tight loop does not fit. */
  protected processStepwise(handler: ChainHandler): number {
    let served = 0;
    while (served < this.sizeNow) {
      const chain = this.pop();
      if (chain === undefined) break;
      served += 1;
      const written = handler(chain);
      if (written >= 0) this.push(chain, written);
    }
    this.publish();
    return served;
  }

  /** Tells the memory's owner that the device has written to a part of the ring. */
  protected markRing(which: "desc" | "device"): void {
    const part = this.life?.parts?.[which];
    if (part !== undefined) part.region.written(part.offset, part.length);
  }

  /** Empties a chain that is in flight when the queue is reset, and says that it is lost to the queue. */
  private keepIdle(chain: Chain): boolean {
    if (chain.stage === chainIdle) return true;
    chain.stage = chainIdle;
    chain.empty();
    return false;
  }

  private finish(chain: Chain): void {
    this.land(chain);
    if (this.ready()) {
      if (this.memory.watched) chain.markWritten();
      this.answer(chain, chain.usedLength, chain.usedLength === chain.writableLength);
    }
    chain.empty();
  }

  private pooled(): Chain {
    const idle = this.idle.pop();
    if (idle !== undefined) return idle;
    const chain = new Chain(this);
    this.chains.push(chain);
    return chain;
  }

  private locate(): boolean {
    const { life, memory } = this;
    if (life === undefined) return false;
    const { features } = this.options;
    this.seenGeneration = memory.generation;
    const parts = locateRing(memory, life.layout, features.packed === true);
    if (typeof parts === "string") {
      this.fail(parts);
      return false;
    }
    life.parts = parts;
    const shared = parts.desc.region.shared || parts.driver.region.shared || parts.device.region.shared;
    this.mode =
      (shared ? ringShared : 0) |
      (this.swapped ? ringSwapped : 0) |
      (features.inOrder === true ? ringInOrder : 0) |
      (memory.watched ? ringWatched : 0) |
      (this.few < 2 ? ringShort : 0) |
      (features.notifyOnEmpty === true ? ringNotifyOnEmpty : 0);
    this.attach(parts);
    if (!detachTogether(parts)) this.seenGeneration = -1;
    return true;
  }

  private fail(fault: QueueFault): void {
    if (this.life === undefined || this.life.fault !== undefined) return;
    this.life.fault = fault;
    this.seenGeneration = -1;
    this.options.onBroken?.(fault);
  }

  /** Whether the guest's byte order is not the processor's. */
  private get swapped(): boolean {
    const { legacy, bigEndian } = this.options.features;
    return legacy === true && bigEndian === true;
  }

  private createWalker(limit: number): ChainWalker {
    return new ChainWalker(this.memory, limit, this.options.features.indirectDesc === true, this.swapped);
  }
}
