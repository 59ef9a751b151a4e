import * as fc from "fast-check";
import { expect } from "vitest";
import type { Module } from "../../src/ir/model.ts";
import { evaluate } from "../../src/ir/expression.ts";
import { isThere } from "../../src/runtime/device/operation-server.ts";
import {
  ConfigMemory,
  describeNeedsReset,
  FeatureSet,
  type Incoming,
  type Operation,
  type QueueContext,
  type VirtioDevice,
  type VirtioDriver,
} from "../../src/runtime/index.ts";
import { ValueMaker, type Value, type World } from "../target/typescript/value-maker.ts";
import { featureBits } from "../target/typescript/world.ts";
import { plug, ramAt, type Setting } from "./computer.ts";
import type { DescribedDevice, DescribedOperation } from "./described-devices.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type AnyMethod = (...values: unknown[]) => unknown;

interface LooseCodec {
  readonly byteLength: number | undefined;
  fromBytes(bytes: Uint8Array): Value;
  toBytes(value: Value): Bytes;
  withContext(context: object): LooseCodec;
}

/** What one operation carries. */
interface Traffic {
  /** All bytes of each direction, as the codec of the whole message writes them. */
  readonly sentBytes: Bytes;
  readonly answerBytes: Bytes;
  /** The same, taken apart as the operation has it. */
  readonly sent: Value | undefined;
  readonly input: Bytes;
  readonly answer: Value | undefined;
  readonly output: Bytes;
}

/** What the device's method saw. */
interface Seen {
  readonly name: string;
  readonly value: unknown;
  readonly bytes: Bytes;
  readonly outputLength: number;
  readonly queue: string;
}

/**
 * A device and a driver that were generated, on one thread: every operation that there is under the negotiated
 * features is used once with random values, which are made of the description alone, and held against what arrives.
 */
export class RandomTraffic {
  private readonly type: DescribedDevice;
  private readonly draw: fc.GeneratorValue;
  private readonly features: ReadonlySet<string>;
  private readonly config: Value;
  private readonly device: VirtioDevice;
  private readonly driver: VirtioDriver;
  private expected: Traffic | undefined;
  private seen: Seen | undefined;
  private context: object = {};
  /** What was used, by name. */
  readonly used: Set<string> = new Set();

  /** @param bits the features that are offered and negotiated beside VERSION_1 */
  constructor(type: DescribedDevice, bits: readonly number[], setting: Setting, draw: fc.GeneratorValue) {
    this.type = type;
    this.draw = draw;
    const offered = new Set([...bits, ...setting.ringFeatures]);
    this.features = new Set(
      [...featureBits(type.survey.ir)].flatMap(([name, bit]) => (offered.has(bit) ? [name] : [])),
    );
    this.config = this.drawConfig();
    this.device = new (this.deviceClass())({ features: offered, config: this.config, queueSize: 64 });
    const { driver } = plug(this.device, type.Driver, setting);
    this.driver = driver;
  }

  async run(): Promise<void> {
    const { driver, type } = this;
    await driver.start();
    const { config } = type.description;
    const features = driver.features;
    const known = config?.withContext({ features }).toBytes(driver.readConfig()) ?? new Uint8Array(0);
    this.context = { features, config: new ConfigMemory(new DataView(known.buffer)) };
    this.checkConfig();
    for (const one of type.operations) {
      if (!isReachable(one.operation, type, this.context as never)) continue;
      if (one.operation.message.kind === "event") this.event(one);
      else await this.request(one);
      this.checkHealth(one.name);
      this.used.add(one.name);
    }
    await driver.stop();
    expect(this.device.status).toBe(0);
  }

  private checkHealth(name: string): void {
    const { needsReset } = this.device;
    if (needsReset !== undefined) throw new Error(`${name}: ${describeNeedsReset(needsReset)}`);
    if (this.driver.failure !== undefined) throw this.driver.failure;
  }

  /** The driver reads what the device has, of each member that exists. */
  private checkConfig(): void {
    const { config } = this.type.description;
    if (config === undefined) return;
    const codec = config.withContext({ features: this.driver.features }) as unknown as LooseCodec;
    expect(hexOf(codec.toBytes(this.driver.readConfig() as Value))).toBe(hexOf(codec.toBytes(this.config)));
  }

  private async request(one: DescribedOperation): Promise<void> {
    const { operation, name, described } = one;
    const places = this.driver.queuePlaces.filter((place) => operation.message.queues.includes(place.name));
    const place = places[this.draw(fc.nat, { max: places.length - 1 })];
    if (place === undefined) throw new Error(`there is no queue for ${name}`);
    const byAddress = operation.message.byAddress === true;
    const traffic = byAddress ? nothing : this.traffic(one);
    this.expected = traffic;
    this.seen = undefined;
    const method = methodOf(this.driver, name);
    const ranges = [0, 1].map((index) => ({
      address: ramAt + 0x10_0000 * (3 + index),
      length: 0x1000 * (index + 1),
    }));
    const tags = new Set(described.fixedTags.map((tag) => tag.member));
    const value = Object.fromEntries(Object.entries(traffic.sent ?? {}).filter(([member]) => !tags.has(member)));
    const target = new Uint8Array(traffic.output.length + 3);
    const intoTarget = this.draw(fc.boolean);
    const room =
      operation.message.byAddress === true
        ? ranges
        : intoTarget
          ? target.subarray(0, traffic.output.length)
          : traffic.output.length;
    const result = await method.call(
      this.driver,
      ...parametersOf(method).map((parameter) => {
        switch (parameter) {
          case "value":
            return value;
          case "input":
            return byAddress ? ranges : traffic.input;
          case "output":
            return room;
          case "answerLength":
            return traffic.answerBytes.length;
          case "choice":
            return { kind: place.name, queue: place.index };
          default:
            throw new Error(`${name} has a parameter '${parameter}'`);
        }
      }),
    );
    const seen = this.seen as Seen | undefined;
    expect(seen).toMatchObject({ name, queue: `${place.name}[${place.index}]` });
    if (byAddress) {
      expect(seen?.value).toEqual(ranges);
      return;
    }
    expect(hexOf(seen?.bytes)).toBe(hexOf(traffic.sentBytes));
    expect(seen?.value).toEqual(traffic.sent);
    expect(seen?.outputLength).toBe(operation.output === undefined ? 0 : traffic.output.length);
    expect(result).toEqual(resultOf(operation, described.single !== undefined, traffic));
    if (intoTarget && operation.output !== undefined) expect(hexOf(target)).toBe(`${hexOf(traffic.output)}000000`);
  }

  private event(one: DescribedOperation): void {
    const { name, operation } = one;
    const places = this.driver.queuePlaces.filter((place) => operation.message.queues.includes(place.name));
    const place = places[this.draw(fc.nat, { max: places.length - 1 })];
    if (place === undefined) throw new Error(`there is no queue for ${name}`);
    const traffic = this.traffic(one);
    const heard: { readonly value: unknown; readonly output: string }[] = [];
    methodOf(this.driver, `on${name.charAt(0).toUpperCase()}${name.slice(1)}`).call(
      this.driver,
      (value: unknown, output: Uint8Array) => heard.push({ value, output: hexOf(output) }),
      { queue: place.index, outputLength: 4096, buffers: 2 },
    );
    const method = methodOf(this.device, name);
    const values = parametersOf(method).map((parameter) =>
      parameter === "value" ? traffic.answer : parameter === "index" ? place.index : traffic.output,
    );
    // More often than there are buffers: each comes back.
    for (let count = 0; count < 3; count++) {
      expect(method.call(this.device, ...values)).toBe(true);
      expect(heard[count]).toEqual({ value: traffic.answer, output: hexOf(traffic.output) });
    }
  }

  /** A device whose methods answer what is expected, and say what they saw. */
  private deviceClass(): DescribedDevice["Device"] {
    const { Device, operations } = this.type;
    const Class = class extends Device {};
    for (const { name, operation } of operations) {
      if (operation.message.kind === "event") continue;
      const serve = (request: Incoming): unknown => this.serve(name, operation, request);
      Object.defineProperty(Class.prototype, name, { value: serve, configurable: true, writable: true });
    }
    return Class;
  }

  private serve(name: string, operation: Operation, request: Incoming): unknown {
    const { expected } = this;
    if (expected === undefined) throw new Error(`${name} was not asked for`);
    const queue = `${request.queue.name}[${request.queue.index}]`;
    if (operation.message.byAddress === true) {
      const pieces: { address: number; length: number }[] = [];
      request.output.forEach((piece, address) => pieces.push({ address, length: piece.length }));
      request.input.forEach((piece, address) => pieces.push({ address, length: piece.length }));
      this.seen = { name, value: pieces, bytes: new Uint8Array(0), outputLength: 0, queue };
      return undefined;
    }
    const { input, output } = request;
    const sent = this.bound(operation.sent);
    const length = sent === undefined ? 0 : (sent.byteLength ?? request.view.byteLength);
    const head = new Uint8Array(request.view.buffer, request.view.byteOffset + request.at, length).slice();
    const bytes = Uint8Array.from([...head, ...input.toBytes()]);
    this.seen = { name, value: request.value, bytes, outputLength: output.length, queue };
    output.write(0, expected.output);
    const answer = operation.single === undefined ? expected.answer : expected.answer?.[operation.single];
    return this.draw(fc.boolean) ? Promise.resolve().then(() => answer) : answer;
  }

  private bound(codec: unknown): LooseCodec | undefined {
    return (codec as LooseCodec | undefined)?.withContext(this.context);
  }

  private drawConfig(): Value {
    const { module } = this.type;
    const members = module.items.flatMap((item) => (item.kind === "config" ? item.members : []));
    return this.drawn("the configuration", () => {
      const config = { ...this.maker({}).struct(members), ...resetValues(module) };
      fc.pre(this.hasAllQueues(config));
      return config;
    });
  }

  /** Whether there is a queue for every operation: some devices say how many they have. */
  private hasAllQueues(values: Value): boolean {
    const { description, survey, operations } = this.type;
    const features = new FeatureSet(
      [...featureBits(survey.ir)].flatMap(([name, bit]) => (this.features.has(name) ? [bit] : [])),
    );
    const bytes = (description.config as LooseCodec | undefined)?.withContext({ features }).toBytes(values);
    const view = new DataView((bytes ?? new Uint8Array(0)).buffer);
    const context = { features, config: new ConfigMemory(view) };
    const names = new Set(description.queues.places(context).map((place) => place.name));
    return operations.every(
      ({ operation }) =>
        !isReachable(operation, this.type, context) || operation.message.queues.some((one) => names.has(one)),
    );
  }

  private maker(world: Partial<World>): ValueMaker {
    const { survey, module } = this.type;
    const { features, config } = this;
    const whole: World = { features, config: config ?? {}, parameters: {}, messages: {}, ...world };
    return new ValueMaker(survey, module, this.draw, whole);
  }

  /** Draws until a value can be. */
  private drawn<T>(what: string, make: () => T): T {
    for (let attempt = 0; attempt < 2000; attempt++) {
      try {
        return make();
      } catch (error) {
        if (!fc.PreconditionFailure.isFailure(error)) throw error;
      }
    }
    throw new Error(`no value was found for ${what}`);
  }

  private traffic(one: DescribedOperation): Traffic {
    return this.drawn(one.name, () => this.tryTraffic(one));
  }

  private tryTraffic({ operation, described }: DescribedOperation): Traffic {
    const { message } = operation;
    const { parts } = described.request;
    const given = this.tagsOf(described);
    const inEvent = message.kind === "event";
    const request = inEvent ? {} : this.maker({ given }).message(parts, "device-readable");
    const written = this.maker({ request, ...(inEvent ? { given } : {}) }).message(parts, "device-writable");
    const readable = this.bound(message.readable);
    const writable = (message.writable as LooseCodec | undefined)?.withContext({ ...this.context, request });
    const sentBytes = readable?.toBytes(request) ?? new Uint8Array(0);
    const answerBytes = writable?.toBytes(written) ?? new Uint8Array(0);
    fc.pre(sentBytes.length + answerBytes.length > 0);
    const sent = this.bound(operation.sent);
    const answer = this.bound(operation.answer);
    const head = operation.input ? (sent?.byteLength ?? (sent === undefined ? 0 : undefined)) : sentBytes.length;
    const tail = operation.output === undefined ? answerBytes.length : answer === undefined ? 0 : answer.byteLength;
    if (head === undefined || tail === undefined) throw new Error(`${described.name}: bytes beside what varies`);
    const before = operation.output === "before";
    const from = before ? answerBytes.length - tail : 0;
    const traffic = {
      sentBytes,
      answerBytes,
      sent: sent?.fromBytes(sentBytes.slice(0, head)),
      input: sentBytes.slice(head),
      answer: answer?.fromBytes(answerBytes.slice(from, from + tail)),
      output: before ? answerBytes.slice(0, from) : answerBytes.slice(tail),
    };
    expectMembers(traffic.sent, request);
    expectMembers(traffic.answer, written);
    return traffic;
  }

  /** A number for each tag that means this operation, by the member's name. */
  private tagsOf({ path }: DescribedOperation["described"]): ReadonlyMap<string, bigint> {
    const given = new Map<string, bigint>();
    for (const { by, tag, arm } of path.tags) {
      if (by.op !== "member") throw new Error("a tag that is no member");
      const name = by.path.at(-1)?.name ?? "";
      if (tag.kind === "default") {
        // Whatever no other alternative has.
        given.set(
          name,
          this.otherTag(
            name,
            path.tags.findIndex((one) => one.arm === arm),
          ),
        );
      } else if (tag.kind === "value") given.set(name, fixed(tag.value));
      else given.set(name, this.draw(fc.bigInt, { min: fixed(tag.from), max: fixed(tag.to) }));
    }
    return given;
  }

  private otherTag(member: string, level: number): bigint {
    const taken = this.type.operations.flatMap(({ described }) => {
      const one = described.path.tags[level];
      if (one === undefined || one.by.op !== "member" || one.by.path.at(-1)?.name !== member) return [];
      return one.tag.kind === "value" ? [fixed(one.tag.value)] : [];
    });
    const value = this.draw(fc.bigInt, { min: 0n, max: 255n });
    fc.pre(!taken.includes(value));
    return value;
  }
}

/** Whether an operation belongs to these features. Some that a description knows are of no use without a queue of others. */
function isReachable(operation: Operation, { description }: DescribedDevice, context: QueueContext): boolean {
  if (operation.legacy || !isThere(operation, context)) return false;
  return operation.message.queues.some((name) => {
    const rule = description.queues.rules[name];
    return rule !== undefined && rule.exists?.(context, 0) !== false;
  });
}

/** What the driver may write to has these values after a reset, whatever the device was made with. */
function resetValues(module: Module): Value {
  return Object.fromEntries(
    module.items
      .flatMap((item) => (item.kind === "config" ? item.members : []))
      .flatMap((member) => {
        const access = "access" in member ? member.access : undefined;
        return access?.reset === undefined || access.keptOverReset === true
          ? []
          : [[member.name, Number(access.reset)]];
      }),
  );
}

const nothing: Traffic = {
  sentBytes: new Uint8Array(0),
  answerBytes: new Uint8Array(0),
  sent: undefined,
  input: new Uint8Array(0),
  answer: undefined,
  output: new Uint8Array(0),
};

function fixed(expression: Parameters<typeof evaluate>[0]): bigint {
  return evaluate(expression, () => undefined) ?? -1n;
}

/** What the driver's method resolves with. */
function resultOf(operation: Operation, single: boolean, { answer, output }: Traffic): unknown {
  if (operation.answer === undefined) return operation.output === undefined ? undefined : output;
  if (operation.output !== undefined) return { ...answer, output };
  return single ? answer?.[operation.single ?? ""] : answer;
}

/** The members that both have are the same. A union without a tag is read with all its alternatives. */
function expectMembers(found: Value | undefined, made: Value): void {
  if (found === undefined) return;
  const both = Object.fromEntries(Object.entries(made).filter(([name]) => name in found));
  expect(found).toMatchObject(both);
}

function methodOf(object: object, name: string): AnyMethod {
  const method: unknown = Reflect.get(object, name);
  if (typeof method !== "function") throw new Error(`there is no method '${name}'`);
  return method as AnyMethod;
}

/** The names of a method's parameters, as its source has them. */
function parametersOf(method: AnyMethod): readonly string[] {
  const [, list = ""] = /\(([^)]*)\)/.exec(method.toString()) ?? [];
  return list.split(",").flatMap((one) => one.trim().match(/^\w+/) ?? []);
}

function hexOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("hex");
}
