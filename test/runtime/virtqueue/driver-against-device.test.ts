import { describe, expect, it } from "vitest";

import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { PENDING } from "../../../src/runtime/virtqueue/device-queue.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { createRig, enableBoth, everyFeatureSet, randomNumbers, type Rig } from "./rig.ts";

/** Cuts `length` bytes from `at` on into at most `most` pieces. */
function cut(random: (below: number) => number, at: number, length: number, most: number): [number, number][] {
  const pieces: [number, number][] = [];
  for (let done = 0; done < length;) {
    const left = length - done;
    const size = pieces.length + 1 === most ? left : 1 + random(left);
    pieces.push([at + done, size]);
    done += size;
  }
  return pieces;
}

/** The device of these tests: writes each readable byte plus one, as far as there is room. */
function increment(chain: Chain): number {
  const input = new Uint8Array(chain.readableLength);
  if (chain.read(0, input) !== input.length) throw new Error("the chain is shorter than it says");
  return chain.write(
    0,
    input.map((byte) => byte + 1),
  );
}

interface Request {
  readonly input: Uint8Array;
  readonly at: number;
  readonly room: number;
}

/** Many requests of random size and framing, in batches of random size, answered now or later and in any order. */
function exchange(rig: Rig<Request>, random: (below: number) => number, rounds: number): number {
  const waiting: Chain[] = [];
  const slots = Array.from({ length: rig.layout.size }, (_, index) => index);
  const list = new ScatterList();
  let answered = 0;
  let added = 0;
  const answer = (chain: Chain): number => {
    if (random(3) !== 0) return increment(chain);
    waiting.push(chain);
    return PENDING;
  };
  const check = (request: Request, written: number): void => {
    // Not by expect: it takes longer than all the rest.
    if (written !== Math.min(request.input.length, request.room)) throw new Error(`${written} bytes written`);
    for (const [index, byte] of request.input.slice(0, written).entries()) {
      if (rig.bytes[request.at + 128 + index] !== ((byte + 1) & 0xff)) throw new Error(`byte ${index} is wrong`);
    }
    slots.push((request.at - rig.dataAt) / 256);
    answered += 1;
  };
  for (let round = 0; round < rounds; round++) {
    for (let batch = random(rig.layout.size + 1); batch >= 0 && slots.length > 0; batch--) {
      const input = Uint8Array.from({ length: 1 + random(100) }, () => random(256));
      const request = {
        input,
        at: rig.dataAt + (slots.at(-1) ?? 0) * 256,
        room: rig.layout.size === 1 ? 0 : random(100),
      };
      rig.bytes.set(input, request.at);
      const most = Math.max(1, Math.floor(rig.layout.size / 2));
      list.clear();
      for (const [at, length] of cut(random, request.at, input.length, most)) list.readable(at, length);
      for (const [at, length] of cut(random, request.at + 128, request.room, most)) list.writable(at, length);
      if (list.count > rig.layout.size || !rig.driver.add(list, request)) break;
      slots.pop();
      added += 1;
    }
    rig.driver.kick();
    if (random(2) === 0) {
      rig.device.process(answer);
    } else {
      for (let chain = rig.device.pop(); chain !== undefined; chain = rig.device.pop()) {
        const written = answer(chain);
        if (written >= 0) rig.device.push(chain, written);
      }
    }
    while (waiting.length > random(3)) {
      const [chain] = waiting.splice(random(waiting.length), 1);
      if (chain !== undefined) rig.device.push(chain, increment(chain));
    }
    rig.device.publish();
    if (random(2) === 0) {
      rig.driver.reap(check);
    } else {
      for (let used = rig.driver.get(); used !== undefined; used = rig.driver.get()) check(used.token, used.written);
    }
  }
  for (const chain of waiting) rig.device.push(chain, increment(chain));
  rig.device.publish();
  rig.driver.reap(check);
  expect(rig.seen.device).toEqual([]);
  expect(rig.seen.driver).toEqual([]);
  expect(rig.driver.outstanding).toBe(0);
  expect(rig.device.inFlight).toBe(0);
  expect(rig.driver.free).toBe(rig.layout.size);
  expect(answered).toBe(added);
  return answered;
}

describe.each(everyFeatureSet)("$name", (features) => {
  const sizes = features.packed ? [1, 2, 3, 7, 16, 100] : [1, 2, 4, 16, 128];

  it.each(sizes)("carries requests of any framing through a queue of %i", (size) => {
    const random = randomNumbers(size * 77 + 5);
    const rig = createRig<Request>({ size, features, data: size * 256 });
    let answered = exchange(rig, random, 200);
    rig.device.reset();
    rig.driver.reset();
    enableBoth(rig);
    answered += exchange(rig, random, 20);
    expect(answered).toBeGreaterThan(60);
  });

  it("does the same in memory that threads share", () => {
    const rig = createRig<Request>({ size: 16, features, data: 16 * 256, shared: true });
    expect(exchange(rig, randomNumbers(3), 200)).toBeGreaterThan(60);
  });
});
