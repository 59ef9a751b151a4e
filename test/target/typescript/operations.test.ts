import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cut } from "../../../src/ir/cut.ts";
import { evaluate } from "../../../src/ir/expression.ts";
import type { Field, Module, Part } from "../../../src/ir/model.ts";
import { OperationServer, type OperationHost } from "../../../src/runtime/device/operation-server.ts";
import { ConfigMemory, FeatureSet, type Operation, type QueueContext } from "../../../src/runtime/index.ts";
import type { GuestOrder } from "../../../src/runtime/codec/spec.ts";
import type { NumberField } from "../../../src/runtime/codec/accessors.ts";
import type { Incoming } from "../../../src/runtime/device/incoming.ts";
import { PENDING } from "../../../src/runtime/virtqueue/device-queue.ts";
import { Modules, ModuleContext } from "../../../src/target/typescript/module-context.ts";
import { baseMembers } from "../../../src/target/typescript/operation-names.ts";
import { deviceOperations, type DeviceOperation } from "../../../src/target/typescript/operation-view.ts";
import { standard } from "../c/descriptions.ts";
import { GeneratedModules } from "./generated.ts";
import { LaidChain } from "./laid-chain.ts";
import { Survey, ValueMaker, type Value } from "./value-maker.ts";
import { contextOf, drawWorld, featureBits, withRequest } from "./world.ts";

interface LooseCodec {
  readonly byteLength: number | undefined;
  fromBytes(bytes: Uint8Array): Value;
  toBytes(value: Value): Uint8Array;
  withContext(context: object): LooseCodec;
  guestOrder(order: GuestOrder): LooseCodec;
}

/** The legacy interface of a big-endian guest has its numbers so. */
const orders = fc.constantFrom<GuestOrder>("little", "big");

const ir = cut(standard(), "1.4");
const survey = new Survey(ir);
const devices = ir.modules
  .filter((module) => module.kind === "device")
  .map((module) => ({
    name: module.name,
    module,
    operations: deviceOperations(module, new ModuleContext(module, new Modules(ir))),
  }));
const asked = devices.flatMap(({ module, operations }) =>
  operations
    .filter(({ request }) => request.kind !== "event")
    .map((operation) => ({ title: `${module.name}.${operation.name}`, module, operation })),
);

let generated: GeneratedModules;
const tables = new Map<string, Readonly<Record<string, Operation>>>();
beforeAll(async () => {
  generated = new GeneratedModules("operations", standard());
  for (const { name } of devices)
    tables.set(name, (await generated.load(name))["operations"] as Readonly<Record<string, Operation>>);
});
afterAll(() => generated.remove());

function nothing(): undefined {}

/** Serves one chain, with a method for every operation. */
function serve(
  module: Module,
  queue: string,
  context: object,
  order: GuestOrder,
  laid: LaidChain,
  method: (name: string, request: Incoming) => unknown,
): { readonly written: number; readonly called: readonly string[]; readonly failures: readonly string[] } {
  const called: string[] = [];
  const failures: string[] = [];
  const host: OperationHost = {
    context: context as QueueContext,
    order,
    methodOf: (name) => (request) => {
      called.push(name);
      return method(name, request);
    },
    failed: (_queue, _operation, reason, error) => {
      failures.push(`${reason}${error instanceof Error ? `: ${error.message}` : ""}`);
    },
    complete: () => {},
  };
  const server = new OperationServer({ name: queue, index: 0, number: 0 }, table(module), host);
  return { written: server.serve(laid.chain), called, failures };
}

function table(module: Module): Readonly<Record<string, Operation>> {
  const found = tables.get(module.name);
  if (found === undefined) throw new Error(`'${module.name}' has no operations`);
  return found;
}

/** The parts of an alternative, with its tags as values that they always have. */
function taggedParts({ path }: DeviceOperation): readonly Part[] {
  return path.parts.map((part) => ({
    ...part,
    members: part.members.map((member) => {
      const tag = path.tags.find(({ by }) => by.op === "member" && by.path[0]?.name === member.name);
      return tag?.tag.kind === "value" && member.kind === "field"
        ? ({ ...member, value: tag.tag.value } satisfies Field)
        : member;
    }),
  }));
}

/** Writes the tags that stand in a struct of the message. */
function tagNested({ path }: DeviceOperation, request: Value): void {
  for (const { by, tag } of path.tags) {
    if (by.op !== "member" || tag.kind !== "value") continue;
    const [outer, inner] = by.path;
    const struct = inner === undefined ? undefined : request[outer?.name ?? ""];
    const value = evaluate(tag.value, () => undefined);
    if (typeof struct === "object" && struct !== null && inner !== undefined && value !== undefined)
      (struct as Value)[inner.name] = Number(value);
  }
}

interface Exchange {
  readonly context: object;
  readonly readable: Uint8Array;
  readonly writable: Uint8Array;
}

/** Draws bytes of an operation by the codecs of its message, which know nothing of operations. */
async function draw(
  module: Module,
  operation: DeviceOperation,
  gen: fc.GeneratorValue,
  order: GuestOrder,
): Promise<Exchange> {
  const world = drawWorld(survey, gen, module, "all");
  const parts = taggedParts(operation);
  const asking = withRequest(survey, gen, module, world, parts);
  tagNested(operation, asking.request ?? {});
  const answering = new ValueMaker(survey, module, gen, asking);
  const context = await contextOf(survey, asking, module, generated);
  const message = table(module)[operation.name]?.message;
  const readable = message?.readable as LooseCodec | undefined;
  const writable = message?.writable as LooseCodec | undefined;
  const exists = new ValueMaker(survey, module, gen, world).holds(operation.needs, []);
  fc.pre(exists);
  const bytes = (codec: LooseCodec | undefined, value: () => Value): Uint8Array =>
    codec === undefined ? new Uint8Array(0) : codec.withContext(context).guestOrder(order).toBytes(value());
  return {
    context,
    readable: bytes(readable, () => asking.request ?? {}),
    writable: bytes(writable, () => answering.message(parts, "device-writable")),
  };
}

/** What a method does that answers with these bytes. */
function answerWith(
  bytes: Uint8Array,
  operation: Operation,
  context: object,
  order: GuestOrder,
  request: Incoming,
): unknown {
  const codec = (operation.answer as unknown as LooseCodec | undefined)?.withContext(context).guestOrder(order);
  const length = codec === undefined ? 0 : (codec.byteLength ?? bytes.length);
  const at = operation.output === "before" ? bytes.length - length : 0;
  const beside = operation.output === "before" ? bytes.subarray(0, at) : bytes.subarray(length);
  if (operation.output === undefined) expect(beside.length).toBe(0);
  else {
    expect(request.output.length).toBe(beside.length);
    request.output.write(0, beside);
  }
  const value = codec?.fromBytes(bytes.slice(at, at + length));
  return operation.single === undefined ? value : value?.[operation.single];
}

describe.each(asked)("$title", ({ module, operation: described }) => {
  const { name, request } = described;
  const queue = request.queues[0] ?? "";

  it("comes to its method as it was sent, and the answer goes back", async () => {
    let tried = 0;
    const property = fc.asyncProperty(fc.gen(), fc.integer({ min: 1, max: 4 }), orders, async (gen, pieces, order) => {
      const { context, readable, writable } = await draw(module, described, gen, order);
      const operation = table(module)[name];
      if (operation === undefined) throw new Error(`there is no '${name}'`);
      const byAddress = operation.message.byAddress === true;
      const laid = new LaidChain(readable, byAddress ? 64 : writable.length, pieces);
      const result = serve(module, queue, context, order, laid, (_name, incoming) => {
        if (byAddress) {
          const pages: number[] = [];
          incoming.output.forEach((piece, address) => pages.push(address, piece.length));
          expect(pages).toHaveLength(2 * laid.chain.segmentCount);
          return undefined;
        }
        const sent = (operation.sent as unknown as LooseCodec | undefined)?.withContext(context).guestOrder(order);
        const back = sent === undefined ? new Uint8Array(0) : sent.toBytes(incoming.value as Value);
        const input = operation.input ? incoming.input.toBytes() : new Uint8Array(0);
        expect(Buffer.concat([back, input]).toString("hex")).toBe(Buffer.from(readable).toString("hex"));
        return answerWith(writable, operation, context, order, incoming);
      });
      expect(result.failures).toEqual([]);
      expect(result.called).toEqual([name]);
      expect(result.written).toBe(writable.length);
      if (!byAddress) expect(Buffer.from(laid.written).toString("hex")).toBe(Buffer.from(writable).toString("hex"));
      expect(laid.untouched).toBe(true);
      tried++;
    });
    await fc.assert(property, { numRuns: 4, maxSkipsPerRun: 300, endOnFailure: true });
    expect(tried).toBeGreaterThan(0);
  });

  it("is refused, or ends the device, where the driver breaks its rules", async () => {
    const property = fc.asyncProperty(fc.gen(), orders, async (gen, order) => {
      const { context, readable, writable } = await draw(module, described, gen, order);
      const operation = table(module)[name];
      if (operation === undefined) throw new Error(`there is no '${name}'`);
      const sent = (operation.sent as unknown as LooseCodec | undefined)?.withContext(context).guestOrder(order);
      const length = operation.sent === undefined ? 0 : sent?.byteLength;
      const bad: LaidChain[] = [];
      if (operation.message.byAddress === true) return;
      if (operation.message.anyLength === true) {
        // No length breaks a rule: the request comes to the method, which has no answer here.
        const { called } = serve(module, queue, context, order, new LaidChain(readable, 0, 2), nothing);
        expect(called).toHaveLength(1);
        return;
      }
      if (length !== undefined && length > 0)
        bad.push(new LaidChain(readable.slice(0, length - 1), writable.length, 2));
      if (length !== undefined && !operation.input)
        bad.push(new LaidChain(Buffer.concat([readable, Uint8Array.of(7)]), writable.length, 2));
      for (const laid of bad) {
        const { written, called, failures } = serve(module, queue, context, order, laid, nothing);
        expect(called).toEqual([]);
        if (failures.length === 0) expectRefusal(operation, laid, written);
        else expect(written).toBe(PENDING);
        expect(laid.untouched).toBe(true);
      }
      // Without room for the answer there is nothing to say it with.
      if (operation.answer !== undefined) {
        const result = serve(module, queue, context, order, new LaidChain(readable, 0, 2), nothing);
        expect(result.written).toBe(PENDING);
        expect(result.failures).toHaveLength(1);
      }
    });
    await fc.assert(property, { numRuns: 2, maxSkipsPerRun: 300, endOnFailure: true });
  });
});

/**
 * The number that was written is the description's answer to what is unknown, all other bytes are 0, or those that the
 * driver sent.
 */
function expectRefusal(operation: Operation, laid: LaidChain, written: number): void {
  const { refusal } = operation.message;
  if (refusal === undefined) throw new Error(`'${operation.message.name}' has no refusal, and did not fail`);
  if (refusal === "nothing") {
    expect(written).toBe(0);
    expect(laid.written.every((byte) => byte === 0xa5)).toBe(true);
    return;
  }
  const fields = refusal.codec as unknown as Readonly<Record<string, NumberField>>;
  if (refusal.sentBack === true) {
    const sent = new Uint8Array(refusal.codec.byteLength ?? 0);
    laid.chain.read(0, sent);
    for (const [name, value] of Object.entries(refusal.values)) fields[name]?.set(new DataView(sent.buffer), 0, value);
    expect(written).toBe(sent.length);
    expect(Buffer.from(laid.written).subarray(0, written).toString("hex")).toBe(Buffer.from(sent).toString("hex"));
    return;
  }
  const bytes = laid.written;
  const values = bytes.filter((byte) => byte !== 0xa5 && byte !== 0);
  const answer = Object.entries(refusal.values).flatMap(([name, value]) =>
    Array.from({ length: fields[name]?.byteLength ?? 0 }, (_, byte) => Math.floor(value / 2 ** (8 * byte)) % 256),
  );
  expect([...values]).toEqual(answer.filter((byte) => byte !== 0));
  expect(written).toBeLessThanOrEqual(bytes.length);
  expect(written).toBeGreaterThanOrEqual(0);
}

describe.each(devices)("operations of $name", ({ module, operations }) => {
  it("are those of the standard, in its order, and their names are no members of the base classes", () => {
    expect(Object.keys(table(module))).toEqual(operations.map((one) => one.name));
    expect(new Set(operations.map((one) => one.name)).size).toBe(operations.length);
    for (const one of operations) expect(baseMembers.has(one.name)).toBe(false);
  });

  it("are unknown where a feature that they need was not negotiated, or their tags are nobody's", () => {
    const config = new ConfigMemory(new DataView(new ArrayBuffer(256)));
    const context = { features: new FeatureSet(), config };
    for (const one of operations) {
      const operation = table(module)[one.name];
      if (operation === undefined || one.request.kind === "event" || one.needs === undefined) continue;
      const { tags } = operation.message;
      if (tags === undefined) continue;
      const readable = new Uint8Array(tags.codec.byteLength ?? 0);
      const laid = new LaidChain(readable, 64, 2);
      const result = serve(module, one.request.queues[0] ?? "", context, "little", laid, nothing);
      expect(result.called.filter((called) => called === one.name)).toEqual([]);
    }
    for (const { request } of operations) {
      const operation = Object.values(table(module)).find((one) => one.message.name === request.cName);
      const tags = operation?.message.tags;
      if (operation === undefined || tags === undefined) continue;
      const every = { features: new FeatureSet(featureBits(ir).values()), config };
      const laid = new LaidChain(new Uint8Array(tags.codec.byteLength ?? 0).fill(0x77), 64, 2);
      const result = serve(module, request.queues[0] ?? "", every, "little", laid, nothing);
      expect(result.called).toEqual([]);
      if (operation.message.refusal === undefined) {
        expect(result.failures).toHaveLength(1);
        continue;
      }
      expect(result.failures).toEqual([]);
      expectRefusal(operation, laid, result.written);
    }
  });

  it("stand any bytes: nothing is thrown, nothing is written beside the chain", () => {
    const config = new ConfigMemory(new DataView(new ArrayBuffer(256)));
    const queues = [...new Set(operations.flatMap(({ request }) => request.queues))];
    const bits = [...featureBits(ir).values()];
    const property = fc.property(
      fc.uint8Array({ maxLength: 90 }),
      fc.nat({ max: 90 }),
      fc.constantFrom(...queues),
      fc.subarray(bits),
      orders,
      (bytes, writable, queue, features, order) => {
        // Numbers that are tags are small: others would mostly be refused at once.
        const readable = bytes.map((byte, index) => (index < 4 ? byte % 20 : byte));
        const laid = new LaidChain(readable, writable, 3);
        const context = { features: new FeatureSet(features), config };
        const result = serve(module, queue, context, order, laid, (_name, request) => {
          expect(request.value).toBe(request.value);
          request.output.fill(0, 0x5a);
          return 0;
        });
        expect(result.written).toBeLessThanOrEqual(writable);
        if (result.failures.length > 0) expect(result.written).toBe(PENDING);
        expect(result.called.length).toBeLessThanOrEqual(1);
        expect(laid.untouched).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 80 });
  });
});
