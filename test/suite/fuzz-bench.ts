import { F, STATUS } from "../../generated/typescript/config.ts";
import {
  CodecError,
  describeNeedsReset,
  DmaMemory,
  DriverError,
  type DriverOptions,
  type DriverTransport,
  type Framing,
  type QueueLayout,
} from "../../src/runtime/index.ts";
import { type Plug, plugIn, plugs, type Socket, type Target, type Warp } from "./fuzz-bus.ts";
import { Ground, ramLength } from "./fuzz-ground.ts";
import { type Random, type Rider, type Subject, subjects } from "./fuzz-subjects.ts";

/** What came of all cases so far. */
export interface Tally {
  /** Requests that were answered, and those that were rejected. */
  answered: number;
  rejected: number;
  accesses: number;
  /** Chains that no driver of ours made. */
  forged: number;
  /** In milliseconds, of one access. */
  slowest: number;
  readonly reasons: Map<string, number>;
}

export const tally: Tally = { answered: 0, rejected: 0, accesses: 0, forged: 0, slowest: 0, reasons: new Map() };

/** In milliseconds: no access takes so long, even on a busy machine. */
export const longest = 2000;
export const firstFree = 0x1000;

/** Cuts messages at random; what a queue has no descriptors for is one piece. */
function randomFraming(random: Random): Framing {
  const most = 1 + random(600);
  return {
    cut(length) {
      const pieces: number[] = [];
      for (let left = length; left > 0; left -= pieces.at(-1) ?? left) {
        pieces.push(pieces.length === 3 ? left : 1 + random(Math.min(left, most)));
      }
      return pieces;
    },
    scattered: random(2) === 0,
  };
}

export function randomValue(random: Random): number {
  switch (random(8)) {
    case 0:
      return 0;
    case 1:
      return 2 ** random(32);
    case 2:
    case 3:
      return random(17);
    case 4:
      return firstFree + random(64) * 0x1000;
    case 5:
      return 0xffff_ffff;
    default:
      return random(0xffff_ffff);
  }
}

/** One device in one machine, with a driver that may be replaced. */
export class Bench {
  readonly random: Random;
  readonly plug: Plug;
  readonly ground: Ground = new Ground();
  readonly subject: Subject;
  readonly ringFeatures: readonly F[];
  readonly socket: Socket;
  /** Queues as the driver has set them up. */
  readonly layouts: Map<number, QueueLayout> = new Map();
  rider: Rider | undefined;
  /** What the driver says when it must not say anything. */
  escaped: unknown;
  /** Requests that are neither answered nor rejected. */
  open = 0;
  /** Nobody does anything wrong now. */
  good = false;
  private wrong: unknown;

  constructor(kind: string, random: Random, warp: Warp = (_name, value) => value) {
    this.random = random;
    this.plug = plugs[random(plugs.length)] ?? { bus: "mmio" };
    const modern = this.plug.legacy === undefined;
    const choice = modern
      ? [F.INDIRECT_DESC, F.EVENT_IDX, F.RING_PACKED, F.RING_RESET, F.IN_ORDER, F.NOTIFICATION_DATA]
      : [F.INDIRECT_DESC, F.EVENT_IDX];
    this.ringFeatures = choice.filter(() => random(2) === 0);
    this.subject = (subjects[kind] ?? unknownKind(kind))(random, this.ringFeatures);
    this.socket = plugIn(this.subject.device, this.ground.device, this.plug, (vector) => this.interrupt(vector), warp);
  }

  get device(): Subject["device"] {
    return this.subject.device;
  }

  /** A driver that was just loaded. */
  load(options: Partial<DriverOptions<never>> = {}): Rider {
    this.layouts.clear();
    const transport = this.socket.probe();
    const enable = transport.enableQueue.bind(transport);
    transport.enableQueue = (index, layout) => {
      this.layouts.set(index, layout);
      enable(index, layout);
    };
    const memory = new DmaMemory(this.ground.driver, [{ address: firstFree, length: ramLength - firstFree }]);
    const required = this.ringFeatures as readonly never[];
    this.rider = this.subject.drive(transport, {
      memory,
      required,
      queueSize: 16,
      framing: randomFraming(this.random),
      timeout: 40,
      ...options,
    });
    return this.rider;
  }

  /** What a request of the driver's comes to; whatever it is but a DriverError is a failure. */
  follow<Value>(work: Promise<Value>): Promise<Value | undefined> {
    this.open += 1;
    return work.then(
      (value) => {
        this.open -= 1;
        tally.answered += 1;
        return value;
      },
      (error: unknown) => {
        this.open -= 1;
        tally.rejected += 1;
        this.note(error);
        return undefined;
      },
    );
  }

  /** Runs what may throw a DriverError, and nothing else. */
  allow(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.note(error);
    }
  }

  /** Lets what is due happen; what the store holds back is answered when it gets that far. */
  async turn(release: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.subject.store?.release(release);
  }

  /** Waits for what has to end, with a store that answers late. @throws where it does not end */
  async ended<Value>(work: Promise<Value>, what: string): Promise<Value> {
    const state = { over: false };
    const watched = work.finally(() => (state.over = true));
    watched.catch(() => {});
    const from = performance.now();
    for (let turns = 0; !state.over; turns++) {
      if (turns > 200 && performance.now() - from > longest) throw new Error(`${what} does not end`);
      await this.turn(2);
      if (turns > 200) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return watched;
  }

  access(target: Target): void {
    const { random } = this;
    const offset = random(4) > 0 ? (target.offsets[random(target.offsets.length)] ?? 0) : random(target.reach) - 4;
    const width = random(10) === 0 ? random(10) : ([1, 2, 4, 4][random(4)] ?? 4);
    const from = performance.now();
    if (random(3) === 0) {
      const value = target.read(offset, width);
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * Math.max(width, 1)))
        throw new Error(`${target.name}: ${width} bytes at ${offset} read as ${value}`);
    } else target.write(offset, width, randomValue(random));
    this.took(from);
  }

  took(from: number): void {
    const time = performance.now() - from;
    tally.accesses += 1;
    tally.slowest = Math.max(tally.slowest, time);
    if (time > longest) throw new Error(`an access takes ${time.toFixed(0)} ms`);
  }

  /** @throws where something came out that must not, or the device does not say how it is */
  check(): void {
    if (this.wrong !== undefined) throw this.wrong as Error;
    if (this.escaped !== undefined) throw new Error("an interrupt makes the driver throw", { cause: this.escaped });
    const { device, plug } = this;
    const cause = device.needsReset;
    const says = (device.status & STATUS.DEVICE_NEEDS_RESET) !== 0;
    if (cause === undefined) {
      if (says) throw new Error("the device needs a reset and does not know why");
      return;
    }
    if (cause.kind === "handler" || cause.kind === "hook")
      throw new Error(describeNeedsReset(cause), { cause: cause.error });
    if (
      plug.legacy !== undefined
        ? says && plug.interfaces !== "transitional"
        : !says && plug.interfaces !== "transitional"
    )
      throw new Error(`the status is ${device.status} where ${describeNeedsReset(cause)}`);
  }

  /** What the guest sees of a device that nobody uses. */
  snapshot(transport: DriverTransport): string {
    const words = [0, 1, 2, 3].map((index) => transport.offeredWord(index));
    const queues = Array.from({ length: 6 }, (_, index) => transport.queueMaxSize(index));
    const bytes = Array.from({ length: 64 }, (_, index) => transport.config.read8(index));
    return JSON.stringify({
      status: transport.readStatus(),
      words,
      queues,
      bytes,
      causes: this.plug.msix === true ? 0 : transport.acknowledge(),
      enabled: queues.map((_, index) => this.device.queueEnabled(index)),
    });
  }

  private interrupt(vector: number | undefined): void {
    try {
      this.rider?.driver.interrupt(vector);
    } catch (error) {
      this.escaped ??= error;
    }
  }

  private note(error: unknown): void {
    // How long some requests are stands in the configuration space, which the other side may have changed.
    if (error instanceof CodecError && !this.good) return;
    if (!(error instanceof DriverError)) this.wrong ??= error;
    else if (error.code === "misuse" && !/driver is/.test(error.message)) this.wrong ??= error;
  }
}

function unknownKind(kind: string): never {
  throw new Error(`there is no ${kind}: take one of ${Object.keys(subjects).join(", ")}`);
}
