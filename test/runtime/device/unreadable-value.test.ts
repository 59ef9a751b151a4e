import { expect, test } from "vitest";
import { OperationServer } from "../../../src/runtime/device/operation-server.ts";
import type { Answer, Incoming } from "../../../src/runtime/device/incoming.ts";
import {
  ConfigMemory,
  FeatureSet,
  operation,
  struct,
  u8,
  type Chain,
  type Codec,
  type Message,
} from "../../../src/runtime/index.ts";
import { PENDING } from "../../../src/runtime/virtqueue/device-queue.ts";
import { LaidChain } from "../../target/typescript/laid-chain.ts";

interface Set {
  on: number;
}
const Set: Codec<Set> = struct("test_set", { on: u8(0).in(0, 1) });

interface Ack {
  status: number;
}
const Ack: Codec<Ack> = struct("test_ack", { status: u8(0) });

const message: Message<"q", typeof Set, typeof Ack> = {
  kind: "request",
  name: "test_set",
  queues: ["q"],
  readable: Set,
  writable: Ack,
  refusal: { codec: Ack, values: { status: 9 }, atEnd: true },
};
const operations = { set: operation(message, { sent: Set, answer: Ack, single: "status" }) };

/** What comes of one request, at once and in the end. */
async function outcome(
  value: number,
  method: (request: Incoming<Set>) => Answer<number>,
): Promise<{ readonly status: number | undefined; readonly written: number; readonly failures: number }> {
  const laid = new LaidChain(Uint8Array.of(value), 1, 1);
  let written = PENDING;
  let failures = 0;
  const server = new OperationServer({ name: "q", index: 0, number: 0 }, operations, {
    context: { features: new FeatureSet(), config: new ConfigMemory(new DataView(new ArrayBuffer(0))) },
    order: "little",
    methodOf: () => (request) => method(request as Incoming<Set>),
    failed: () => {
      failures++;
    },
    complete: (_chain: Chain, length: number) => {
      written = length;
    },
  });
  const now = server.serve(laid.chain);
  if (now !== PENDING) written = now;
  await new Promise((resolve) => setTimeout(resolve, 0));
  return { status: laid.written[0], written, failures };
}

function atOnce(request: Incoming<Set>): number {
  return request.value.on;
}

async function later(request: Incoming<Set>): Promise<number> {
  await Promise.resolve();
  return request.value.on;
}

test("a value that the description does not allow is refused when the method reads it", async () => {
  for (const method of [atOnce, later]) {
    expect(await outcome(1, method)).toEqual({ status: 1, written: 1, failures: 0 });
    expect(await outcome(2, method)).toEqual({ status: 9, written: 1, failures: 0 });
  }
});

test("what a method throws of its own is the device's fault", async () => {
  expect(
    await outcome(1, () => {
      throw new RangeError("no");
    }),
  ).toEqual({ status: 0xa5, written: PENDING, failures: 1 });
  // A fault of another codec is none of the driver's.
  expect(await outcome(1, () => Set.fromBytes(Uint8Array.of(7)).on)).toMatchObject({ failures: 1 });
});
