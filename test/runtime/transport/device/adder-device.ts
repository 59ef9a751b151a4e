import type { Codec } from "../../../../src/runtime/codec/codec.ts";
import { nativeStruct } from "../../../../src/runtime/codec/codec.ts";
import { le16, le32, le64, reserved, u8 } from "../../../../src/runtime/codec/fields.ts";
import { features as coreFeatures, F as Core } from "../../../../src/runtime/described/config.ts";
import type { DeviceDescription } from "../../../../src/runtime/device/device-description.ts";
import type { NeedsReset } from "../../../../src/runtime/device/device-error.ts";
import type { Answer, Incoming } from "../../../../src/runtime/device/incoming.ts";
import type { DeviceOptions } from "../../../../src/runtime/device/device-options.ts";
import { VirtioDevice } from "../../../../src/runtime/device/virtio-device.ts";
import type { FeatureSet } from "../../../../src/runtime/features.ts";
import { featureTable } from "../../../../src/runtime/features.ts";
import type { Message } from "../../../../src/runtime/message.ts";
import { operation } from "../../../../src/runtime/operation.ts";
import { queueTable, type Negotiated, type QueuePlace } from "../../../../src/runtime/queues.ts";

// A small device for tests of transports: it adds two numbers, and sends ticks.

export const F = { LIMIT: 0, EXTRA: 1, TICKS: 2, BOTH: 70, OLD: 5 } as const;
export type Feature = (typeof F)[keyof typeof F] | (typeof Core)[keyof typeof Core];
export { Core };

export interface Config {
  capacity: bigint;
  /** The driver's, at any time. */
  mode: number;
  /** The driver's until DRIVER_OK. */
  early: number;
  /** Also before negotiation. */
  emergency: number;
  events: number;
  clear: number;
  limit?: number;
  extra?: number;
}

export const Config: Codec<Config, Negotiated> = nativeStruct<Config, Negotiated>("adder_config", {
  capacity: le64(0),
  mode: le16(8).in(0, 0x1ff).access({ writable: "always", reset: 3 }),
  reserved: reserved(10, 2),
  early: le32(12).access({ writable: { before: "DRIVER_OK" } }),
  emergency: u8(16).access({ writable: "any time", keptOverReset: true }),
  events: u8(17),
  clear: u8(18).access({ writable: "always", writeClears: "events" }),
  reserved1: reserved(19, 1),
  limit: le32(20).if(F.LIMIT),
  extra: le16(24).if(F.EXTRA),
});

interface Pair {
  a: number;
  b: number;
}

const Pair: Codec<Pair> = nativeStruct<Pair>("adder_pair", { a: le32(0), b: le32(4) });
const Sum: Codec<{ sum: number }> = nativeStruct<{ sum: number }>("adder_sum", { sum: le32(0) });

const add: Message<"addq", typeof Pair, typeof Sum> = {
  kind: "request",
  name: "adder_add",
  queues: ["addq"],
  readable: Pair,
  writable: Sum,
};

const tick: Message<"tickq", undefined, typeof Sum> = {
  kind: "event",
  name: "adder_tick",
  queues: ["tickq"],
  readable: undefined,
  writable: Sum,
};

export const operations = {
  add: operation(add, { sent: Pair, answer: Sum, single: "sum" }),
  tick: operation(tick, { needs: [F.TICKS], answer: Sum, single: "sum" }),
};

/** Two queues for requests; the second one's absence is a hole where ticks are off. */
export const description: DeviceDescription<Config> = {
  name: "adder",
  id: 42,
  decides: [],
  features: featureTable(
    F,
    { legacy: ["OLD"], requires: [[F.EXTRA, [F.LIMIT]]], conflicts: [[F.TICKS, F.BOTH]] },
    coreFeatures,
  ),
  queues: queueTable({
    addq: { each: () => [0, 1], number: (index) => index * 2 },
    tickq: { exists: (c) => c.features.has(F.TICKS), number: () => 1 },
  }),
  config: Config,
  operations,
};

export const config: Config = {
  capacity: 0x1122_3344_5566_7788n,
  mode: 5,
  early: 9,
  emergency: 0,
  events: 7,
  clear: 0,
};

/** Everything that a test wants to see of it. */
export class AdderDevice extends VirtioDevice<Feature, Config> {
  readonly seen: string[] = [];
  readonly causes: NeedsReset[] = [];
  /** Answers are held back while this is true. */
  slow = false;
  /** Refuses any features. */
  stubborn = false;
  /** Throws from everything that it is called by. */
  faulty = false;
  private readonly waiting: (() => void)[] = [];

  constructor(options: DeviceOptions<Feature, Config> = {}, as: Partial<DeviceDescription<Config>> = {}) {
    super({ ...description, ...as }, { config, ...options });
  }

  add(request: Incoming<Pair>): Answer<number> {
    this.call("add");
    const { a, b } = request.value;
    const sum = (a + b) >>> 0;
    if (!this.slow) return sum;
    return new Promise((resolve) => {
      this.waiting.push(() => resolve(sum));
    });
  }

  /** Answers everything that was held back. */
  async answerAll(): Promise<void> {
    for (const answer of this.waiting.splice(0)) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }

  tick(value: number): boolean {
    return this.send(operations.tick, value);
  }

  change(values: Partial<Config>, tell?: boolean): void {
    this.changeConfig(values, tell);
  }

  breakDown(): void {
    this.giveUp({ kind: "status", reason: "for a test" });
  }

  protected override acceptFeatures(_features: FeatureSet<Feature>): boolean {
    this.call("acceptFeatures");
    return !this.stubborn;
  }

  protected override started(): void {
    this.call("started");
  }

  protected override wasReset(queue?: QueuePlace): void {
    this.call(queue === undefined ? "wasReset" : `wasReset ${queue.name} ${queue.index}`);
  }

  protected override configWritten(names: readonly string[]): void {
    this.call(`configWritten ${names.join(" ")}`);
  }

  protected override buffersAdded(queue: QueuePlace): void {
    this.call(`buffersAdded ${queue.name}`);
  }

  protected override gaveUp(cause: NeedsReset): void {
    this.causes.push(cause);
    this.call("gaveUp");
  }

  private call(name: string): void {
    this.seen.push(name);
    if (this.faulty) throw new Error(`faulty ${name}`);
  }
}

/** An adder of the id of the block device: one that there are transitional devices of. */
export function transitionalAdder(options: DeviceOptions<Feature, Config> = {}): AdderDevice {
  return new AdderDevice(options, { name: "adder as a disk", id: 2 });
}
