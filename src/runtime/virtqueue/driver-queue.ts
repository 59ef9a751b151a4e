import type { GuestMemory } from "../memory/guest-memory.ts";
import { notificationValue } from "./notification.ts";
import type { QueueFault } from "./queue-fault.ts";
import {
  detachTogether,
  locatePart,
  locateRing,
  type QueueFeatures,
  type QueueLayout,
  type RingParts,
  wordsOf,
} from "./queue-setup.ts";
import { ringInOrder, ringShared, ringSwapped, ringTables } from "./ring-mode.ts";
import { DESC_F_WRITE, DESC_SIZE } from "../described/ring-constants.ts";
import { checkElement, type ScatterList } from "./scatter-list.ts";

/**
 * Told of one used buffer: what {@link DriverQueue.add} was given with it, and how many bytes the device has written,
 * counted from the beginning of the writable part. What it throws goes through; the buffer counts as taken.
 */
export type UsedHandler<Token> = (token: Token, written: number) => void;

/** A used buffer. The queue has one such object and fills it in again at the next call. */
export interface UsedBuffer<Token> {
  token: Token;
  /** In bytes. */
  written: number;
}

/** Guest memory for indirect tables: as many tables as the queue has entries, each of `entries` descriptors. */
export interface IndirectTables {
  /** Guest-physical, a multiple of 16. */
  readonly address: number;
  /** Descriptors of a table. A buffer with more of them goes into the ring itself. */
  readonly entries: number;
}

export interface DriverQueueOptions {
  readonly memory: GuestMemory;
  readonly features: QueueFeatures;
  /** Sends an available buffer notification with this value; called only when the device wants one. */
  readonly notify: (value: number) => void;
  /** The queue's index, or the value that a PCI device gave it for notifications. */
  readonly queue?: number;
  /** The device has broken the rules: the driver is to reset it. Called once until the next reset. */
  readonly onBroken?: (fault: QueueFault) => void;
}

const noWords = new Int32Array(0);

/** The indirect tables' memory: their words, those of each (0 where there are none), and where the first one lies. */
export interface TableMemory {
  readonly words: Int32Array;
  readonly stride: number;
  readonly address: number;
}

const noTables: TableMemory = { words: noWords, stride: 0, address: 0 };

/** Room for tokens. Always made in the same way, with holes at first, so that V8 knows what kind of array it is. */
function roomForTokens(size: number): undefined[] {
  const tokens: undefined[] = [];
  tokens.length = size;
  return tokens.fill(undefined);
}

/** What is asked for seldom: how the queue was enabled, and why it is broken. */
interface Life {
  readonly layout: QueueLayout;
  readonly tables: IndirectTables | undefined;
  fault: QueueFault | undefined;
}

/**
 * A virtqueue as the driver sees it, of either layout. The device is not trusted: whatever it writes, nothing throws,
 * loops or touches foreign memory; the queue is then {@link broken} and hands nothing out any more.
 *
 * `begin` and `commit`, or `add` buffers, `kick` the device, then `reap` what it has used, or `get` it one by one.
 */
export abstract class DriverQueue<Token> {
  // V8 follows an object's first 29 fields through a piece of code and forgets, at each write to a later one, what it
  // knew of all: so there are few here, and in the classes below those come first that a request touches. A field
  // that is not given a value here would hold undefined for a moment, after which V8 looks each time at what it holds.

  /** Entries of the ring that are free. */
  free = 0;
  declare protected readonly memory: GuestMemory;
  /** The memory's generation when the ring was looked up; -1 when that has to be done anew each time. */
  protected seenGeneration = -1;
  /** The same; always -1 where buffers are not just written into the ring, in the processor's byte order. */
  protected plainGeneration = -1;
  /** What is special about the ring: bits of ring-mode.ts. */
  protected mode = 0;
  protected sizeNow = 0;
  /** By head or id: what `add` was given. */
  protected tokens: (Token | undefined)[] = roomForTokens(1);
  /**
   * By head or id, two words each: the entries of the ring that it takes and what else the layout needs, and its writable
   * bytes, unsigned. The first word is 0 when it is not in flight.
   */
  protected buffers: Int32Array = noWords;
  /**
   * The buffer that is begun: entries of the ring, elements to come, -1 where none is begun, and the bytes of those that
   * have come.
   */
  protected entries = 0;
  protected missing = -1;
  protected readableNow = 0;
  protected writableNow = 0;
  protected spins = 0;
  protected tables: TableMemory = noTables;
  declare protected readonly options: DriverQueueOptions;
  private life: Life | undefined = undefined;
  /** The buffer that was just taken: how many bytes the device says it wrote. */
  protected readonly usedNow: { token: Token | undefined; written: number } = { token: undefined, written: 0 };

  constructor(options: DriverQueueOptions) {
    this.options = options;
    this.memory = options.memory;
  }

  /** Buffers that the device has, with those that are added and not published. */
  abstract get outstanding(): number;

  /** Entries of the ring; 0 as long as the queue is not enabled. */
  get size(): number {
    return this.sizeNow;
  }

  /** Why the queue does nothing any more; undefined while it works. */
  get broken(): QueueFault | undefined {
    return this.life?.fault;
  }

  /**
   * Clears the ring's memory and begins. What the device is told comes after this.
   * @returns false, and broken, when the queue cannot lie there
   */
  enable(layout: QueueLayout, tables?: IndirectTables): boolean {
    this.reset();
    this.life = {
      layout,
      tables: this.options.features.indirectDesc === true ? tables : undefined,
      fault: undefined,
    };
    const parts = this.locate();
    if (parts === undefined) return false;
    for (const part of [parts.desc, parts.driver, parts.device]) {
      part.region.bytes.fill(0, part.offset, part.offset + part.length);
      part.region.written(part.offset, part.length);
    }
    const { size } = layout;
    this.sizeNow = size;
    this.free = size;
    this.tokens = roomForTokens(size);
    this.buffers = new Int32Array(size * 2);
    this.prepare(size);
    return true;
  }

  /**
   * Forgets everything. To be called when the device, or this queue of it, has been reset: then the device does not
   * touch the buffers any more. Those that it has not used are given back, in no particular order.
   */
  reset(unused?: (token: Token) => void): void {
    const { tokens, buffers } = this;
    this.sizeNow = 0;
    this.free = 0;
    this.life = undefined;
    this.seenGeneration = -1;
    this.plainGeneration = -1;
    this.spins = 0;
    this.tokens = roomForTokens(1);
    this.buffers = noWords;
    this.tables = noTables;
    this.usedNow.token = undefined;
    this.missing = -1;
    this.mode = 0;
    this.restart();
    if (unused === undefined) return;
    for (const [id, token] of tokens.entries()) if (buffers[id * 2] !== 0) unused(token as Token);
  }

  /**
   * Begins a buffer of this many elements, which come next: first what the device reads, by {@link readable}, then what
   * it writes, by {@link writable}, then {@link commit}. What was begun before and not committed is dropped.
   * @returns false when there is no room now, or the queue is broken or not enabled
   * @throws RangeError where there is no such buffer, or it can never fit
   */
  abstract begin(elements: number): boolean;

  // The bodies from here to `commit` are small on purpose: together they fit into what V8 makes a part of a loop.

  /**
   * The next element: `length` bytes for the device to read at a guest-physical address below 2^53.
   * @throws RangeError where a number cannot be an address or a length, and where nothing for the device to read is due
   */
  readable(address: number, length: number): void {
    if (this.writableNow !== 0) this.misplaced(address, length);
    const total = this.readableNow + length;
    this.element(address, length, 0, total);
    this.readableNow = total;
  }

  /** The next element: bytes for the device to write. @throws RangeError as {@link readable} */
  writable(address: number, length: number): void {
    const total = this.writableNow + length;
    this.element(address, length, DESC_F_WRITE, total);
    this.writableNow = total;
  }

  /**
   * Ends a buffer; the device sees it at the next {@link publish} or {@link kick}. `token` comes back with it.
   * @throws RangeError where elements are missing, and where buffers were taken off the ring since it was begun
   */
  abstract commit(token: Token): void;

  /**
   * Does all of this with a list that is put together already, and that may be used again at once. What was begun and
   * not committed is dropped. That is convenient where the same buffers come again and again; element by element is as
   * quick or a little quicker (bench/rings).
   * @returns false when there is no room now, or the queue is broken or not enabled
   * @throws RangeError where the list is empty, or can never fit
   */
  add(buffer: ScatterList, token: Token): boolean {
    const { count, readableCount, addresses, lengths } = buffer;
    if (!this.begin(count)) return false;
    for (let index = 0; index < count; index++) {
      if (index < readableCount) this.readable(addresses[index] ?? 0, lengths[index] ?? 0);
      else this.writable(addresses[index] ?? 0, lengths[index] ?? 0);
    }
    this.commit(token);
    return true;
  }

  /**
   * Makes what was committed available. What is begun and not committed is dropped.
   * @returns whether the device wants to be notified of it
   */
  abstract publish(): boolean;

  /** Hands out every used buffer that is there. @returns how many */
  abstract reap(handler: UsedHandler<Token>): number;

  /**
   * Asks the device to notify of the next used buffer. To be called before going to sleep.
   * @returns true when one is there already: do not sleep, it may not be notified of
   */
  abstract enableNotifications(): boolean;

  /** The driver looks by itself: notifications are not needed. They may come nevertheless. */
  abstract disableNotifications(): void;

  /** Makes what was added available, and notifies the device if it wants that. @returns whether it did */
  kick(): boolean {
    if (!this.publish()) return false;
    this.options.notify(this.notification);
    return true;
  }

  /** The value of a notification now. */
  get notification(): number {
    const { queue = 0, features } = this.options;
    if (features.notificationData !== true) return queue;
    return notificationValue(queue, this.nextOff, this.nextWrap);
  }

  /** The next used buffer; undefined when there is none or the queue is broken. */
  get(): UsedBuffer<Token> | undefined {
    const id = this.take();
    if (id < 0) return undefined;
    this.usedNow.token = this.tokens[id];
    this.tokens[id] = undefined;
    return this.usedNow as UsedBuffer<Token>;
  }

  /** Where the next buffer will be made available, as NOTIFICATION_DATA has it. */
  protected abstract get nextOff(): number;
  protected abstract get nextWrap(): number;

  /** Takes the next used buffer off the ring: its head or id, or -1. How much was written is in {@link usedNow}. */
  protected abstract take(): number;

  /** Where the layout's own state begins again, without and with a ring. */
  protected abstract restart(): void;
  protected abstract prepare(size: number): void;

  /** Takes views of the parts. */
  protected abstract attach(parts: RingParts): void;

  /** Whether the views are still those of memory that is there. */
  protected abstract attached(): boolean;

  /**
   * Whether the ring can be used at this moment. To be asked at each entry: memory comes, goes and grows. Where
   * {@link seenGeneration} is the memory's and one of the views is not empty, nothing has happened and this need not be
   * asked.
   */
  protected ready(): boolean {
    if (this.sizeNow === 0 || this.life?.fault !== undefined) return false;
    if (this.seenGeneration === this.memory.generation && this.attached()) return true;
    return this.locate() !== undefined;
  }

  protected break(fault: QueueFault): void {
    if (this.life === undefined || this.life.fault !== undefined) return;
    this.life.fault = fault;
    this.seenGeneration = -1;
    this.plainGeneration = -1;
    this.options.onBroken?.(fault);
  }

  /**
   * Writes the next element's descriptor. `total`: the bytes of its kind, with it.
   * @throws RangeError as {@link readable}
   */
  protected abstract element(address: number, length: number, flags: number, total: number): void;

  /** The upper half of an address, where it is large or something else is. @throws RangeError where something is wrong */
  protected checkedHigh(address: number, length: number): number {
    checkElement(address, length, this.readableNow + this.writableNow + length, this.missing);
    return (address / 0x1_0000_0000) | 0;
  }

  private misplaced(address: number, length: number): never {
    checkElement(address, length, length, this.missing);
    throw new RangeError("what the device reads comes before what it writes");
  }

  /** @throws RangeError which says why a buffer cannot be committed */
  protected misused(): never {
    if (this.missing > 0) throw new RangeError(`${this.missing} elements are missing`);
    throw new RangeError("no buffer is begun, or others were taken off the ring meanwhile");
  }

  /** Says no to a buffer for which there is no room. @throws RangeError where it is empty, or can never fit */
  protected refuse(count: number): boolean {
    if (!(count >= 1 && count <= this.sizeNow)) {
      throw new RangeError(`a buffer has 1 to ${this.sizeNow} elements in this queue, not ${count}`);
    }
    return false;
  }

  /**
   * The bytes that the device says it has written, cut to what it may write: a device that counts too many, as QEMU's
   * SCSI host does with what it reads, has filled the buffer.
   */
  protected cutLength(id: number, said: number): number {
    return Math.min(said >>> 0, (this.buffers[id * 2 + 1] ?? 0) >>> 0);
  }

  /** Hands out one by one, where the quick way does not fit. */
  protected reapStepwise(handler: UsedHandler<Token>): number {
    let count = 0;
    for (let id = this.take(); id >= 0; id = this.take()) {
      const token = this.tokens[id] as Token;
      this.tokens[id] = undefined;
      count += 1;
      handler(token, this.usedNow.written);
    }
    return count;
  }

  private locate(): RingParts | undefined {
    const { life, memory } = this;
    if (life === undefined) return undefined;
    const { layout, tables } = life;
    const { features } = this.options;
    this.seenGeneration = memory.generation;
    const parts = locateRing(memory, layout, features.packed === true);
    if (typeof parts === "string") {
      this.break(parts);
      return undefined;
    }
    if (tables !== undefined) {
      const { address, entries } = tables;
      const part = locatePart(memory, address, entries * DESC_SIZE * layout.size, DESC_SIZE);
      if (typeof part === "string") {
        this.break(part);
        return undefined;
      }
      this.tables = { words: wordsOf(part), stride: Math.min(entries, layout.size) << 2, address };
    }
    const shared = parts.desc.region.shared || parts.driver.region.shared || parts.device.region.shared;
    this.mode =
      (shared ? ringShared : 0) |
      (features.legacy === true && features.bigEndian === true ? ringSwapped : 0) |
      (features.inOrder === true ? ringInOrder : 0) |
      (this.tables.stride > 4 ? ringTables : 0);
    this.attach(parts);
    if (!detachTogether(parts)) this.seenGeneration = -1;
    this.plainGeneration = (this.mode & (ringSwapped | ringTables)) === 0 ? this.seenGeneration : -1;
    return parts;
  }
}
