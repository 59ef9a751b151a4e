import { F } from "../../../generated/typescript/config.ts";

/** What two threads do: a whole device on one, its driver on the other. Plain data, for it goes to both. */
export interface ThreadCase {
  readonly type: "blk" | "entropy" | "net";
  readonly bus: "mmio" | "pci";
  /** Interrupt messages, on PCI; else the line. */
  readonly messages: boolean;
  readonly packed: boolean;
  readonly eventIdx: boolean;
  readonly indirect: boolean;
  readonly inOrder: boolean;
  readonly queueSize: number;
  readonly requests: number;
  /** How often the device, or one queue of it, is reset in the middle; spread over this many of the first requests. */
  readonly resets: number;
  readonly resetsWithin: number;
  readonly seed: number;
}

/** What both threads have: the guest's memory, the mailbox's, and what they have done so far. */
export interface SharedGround {
  readonly memory: SharedArrayBuffer;
  readonly mailbox: SharedArrayBuffer;
  /** Words: requests that were answered, and what a {@link Meeting} needs. */
  readonly progress: SharedArrayBuffer;
}

/** What the driver's thread has done. */
export interface DriverTally {
  readonly answered: number;
  /** Interrupts that it took: each ended a sleep. */
  readonly interrupts: number;
  readonly resets: number;
}

/** What the device's thread has done. */
export interface DeviceTally {
  /** Notifications that it took: each ended a sleep of a queue. */
  readonly notifications: number;
}

/** What a thread is told. It answers each with one message; the driver's thread to `run` when the case is over. */
export type Order =
  | { readonly do: "run"; readonly case: ThreadCase; readonly ground: SharedGround }
  /** Look at the queues as if the other side had told of something there. */
  | { readonly do: "look" }
  | { readonly do: "end" };

/** What a thread answers. */
export interface Report {
  /** What is wrong with the device or the driver, by its own account; undefined where it works. */
  readonly fault?: string | undefined;
  /** Why the case has failed. */
  readonly error?: string | undefined;
  readonly driver?: DriverTally;
  readonly device?: DeviceTally;
}

/** Where guest memory begins. */
export const ramAt = 0x4000_0000;

/** The features of the rings that are offered, and have to be negotiated. */
export function ringFeaturesOf({ packed, eventIdx, indirect, inOrder }: ThreadCase): readonly F[] {
  return [
    F.RING_RESET,
    ...(packed ? [F.RING_PACKED] : []),
    ...(eventIdx ? [F.EVENT_IDX] : []),
    ...(indirect ? [F.INDIRECT_DESC] : []),
    ...(inOrder ? [F.IN_ORDER] : []),
  ];
}

/** Numbers by chance, the same for each seed. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) | 0;
    return (this.state >>> 8) % end;
  }
}

/** Turns of a loop: about a nanosecond each. */
const shortTurns = 600;
const patientLooks = 5000;
let spun = 0;

function spin(turns: number): void {
  for (let left = turns; left > 0; left--) spun = (spun + left) | 0;
}

/** Which of the two waits for the other: were it both, each would miss the other. */
const waiterAt = 3;

/**
 * Brings two threads together where a wake-up can be lost: one goes to sleep while the other adds something. Left to
 * chance they would meet there once in many millions of requests.
 */
export class Meeting {
  private readonly words: Int32Array;
  private readonly side: number;
  private readonly chance: Chance;

  /** @param side 0 or 1, another on each thread */
  constructor(memory: SharedArrayBuffer, side: 0 | 1, chance: Chance) {
    this.words = new Int32Array(memory);
    this.side = side;
    this.chance = chance;
  }

  /** From now on another side waits, or the same. */
  turn(): void {
    Atomics.store(this.words, waiterAt, this.chance.below(2));
  }

  /** This thread is about to sleep, half a microsecond from now or so. */
  beforeSleep(): void {
    Atomics.add(this.words, 1 + this.side, 1);
    spin(this.chance.below(shortTurns));
  }

  /** This thread is about to add something, and waits a moment for the other to be about to sleep. */
  beforeAdding(): void {
    const { words, side } = this;
    if (Atomics.load(words, waiterAt) !== side) return;
    const other = 2 - side;
    const before = Atomics.load(words, other);
    for (let looks = patientLooks; looks > 0 && Atomics.load(words, other) === before; looks--);
    spin(this.chance.below(shortTurns));
  }
}

/** What can go to sleep: a queue of either side. */
interface Sleeper {
  enableNotifications(): boolean;
}

/** Calls `tell` whenever a queue of one of these classes is about to go to sleep. */
export function beforeEachSleep(classes: readonly { readonly prototype: Sleeper }[], tell: () => void): void {
  for (const { prototype } of classes) {
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const { enableNotifications } = prototype;
    prototype.enableNotifications = function (this: Sleeper) {
      tell();
      return enableNotifications.call(this);
    };
  }
}
