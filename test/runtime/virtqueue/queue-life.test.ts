import { describe, expect, it } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { PENDING } from "../../../src/runtime/virtqueue/device-queue.ts";
import { contiguousLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { createRig, enableBoth, everyFeatureSet, type Rig } from "./rig.ts";

function list(rig: Rig<number>): ScatterList {
  return new ScatterList().readable(rig.dataAt, 8).writable(rig.dataAt + 8, 8);
}

function addTokens(rig: Rig<number>, ...tokens: number[]): void {
  for (const token of tokens) expect(rig.driver.add(list(rig), token)).toBe(true);
}

/** The queue works from the beginning to the end. */
function expectWorking(rig: Rig<number>): void {
  addTokens(rig, 91, 92);
  rig.driver.kick();
  expect(rig.device.process((chain) => chain.writableLength)).toBe(2);
  const got: number[][] = [];
  rig.driver.reap((token, written) => got.push([token, written]));
  expect(got).toEqual([
    [91, 8],
    [92, 8],
  ]);
  expect(rig.driver.free).toBe(rig.layout.size);
  expect(rig.seen.device).toEqual([]);
  expect(rig.seen.driver).toEqual([]);
}

function resetBoth(rig: Rig<number>): number[] {
  const unused: number[] = [];
  rig.device.reset();
  rig.driver.reset((token) => unused.push(token));
  enableBoth(rig);
  return unused.toSorted((a, b) => a - b);
}

describe.each(everyFeatureSet)("reset, $name:", (features) => {
  // Each brings a queue to a point in its life and says which requests nobody has answered then.
  const points: readonly (readonly [string, (rig: Rig<number>) => number[]])[] = [
    ["at the beginning", () => []],
    ["added and not published", (rig) => (addTokens(rig, 1, 2), [1, 2])],
    ["published", (rig) => (addTokens(rig, 1, 2), rig.driver.kick(), [1, 2])],
    [
      "popped",
      (rig) => {
        addTokens(rig, 1, 2);
        rig.driver.kick();
        expect(rig.device.pop()).toBeDefined();
        return [1, 2];
      },
    ],
    [
      "pushed and not published",
      (rig) => {
        addTokens(rig, 1, 2);
        rig.driver.kick();
        const chain = rig.device.pop();
        if (chain !== undefined) rig.device.push(chain, 8);
        return [1, 2];
      },
    ],
    [
      "answered and not reaped",
      (rig) => {
        addTokens(rig, 1, 2);
        rig.driver.kick();
        rig.device.process(() => 8);
        return [1, 2];
      },
    ],
    [
      "half reaped",
      (rig) => {
        addTokens(rig, 1, 2);
        rig.driver.kick();
        rig.device.process(() => 0);
        expect(rig.driver.get()?.token).toBe(1);
        return [2];
      },
    ],
    [
      "all reaped, in the middle of the ring",
      (rig) => {
        expectWorking(rig);
        return [];
      },
    ],
  ];

  it.each(points)("%s", (_, reach) => {
    const rig = createRig({ size: 8, features });
    const left = reach(rig);
    expect(resetBoth(rig)).toEqual(left);
    expectWorking(rig);
    expect(resetBoth(rig)).toEqual([]);
    expectWorking(rig);
  });

  it("from within the device's handler, and the chain is nobody's any more", () => {
    const rig = createRig({ size: 8, features });
    addTokens(rig, 1, 2, 3);
    rig.driver.kick();
    const held: Chain[] = [];
    const served = rig.device.process((chain) => {
      held.push(chain);
      if (held.length === 2) resetBoth(rig);
      return 8;
    });
    expect(served).toBe(2);
    expect(rig.driver.get()).toBeUndefined();
    const [, chain] = held;
    expect(chain?.readableLength).toBe(0);
    expect(chain?.write(0, Uint8Array.of(1))).toBe(0);
    expectWorking(rig);
  });

  it("from within the driver's handler", () => {
    const rig = createRig({ size: 8, features });
    addTokens(rig, 1, 2, 3);
    rig.driver.kick();
    rig.device.process(() => 0);
    const got: number[] = [];
    rig.driver.reap((token) => {
      got.push(token);
      if (token === 2) expect(resetBoth(rig)).toEqual([3]);
    });
    expect(got).toEqual([1, 2]);
    expectWorking(rig);
  });

  it("and an answer from before it comes to nothing", () => {
    const rig = createRig({ size: 8, features });
    addTokens(rig, 1, 2, 3);
    rig.driver.kick();
    const held: Chain[] = [];
    rig.device.process((chain) => (held.push(chain), PENDING));
    expect(rig.device.inFlight).toBe(3);
    resetBoth(rig);
    addTokens(rig, 4);
    rig.driver.kick();
    const now = rig.device.pop();
    for (const chain of held) {
      expect(now).not.toBe(chain);
      rig.device.push(chain, 8);
    }
    rig.device.publish();
    expect(rig.driver.get()).toBeUndefined();
    if (now !== undefined) rig.device.push(now, 8);
    rig.device.publish();
    expect(rig.driver.get()).toEqual({ token: 4, written: 8 });
    expectWorking(rig);
  });

  it("and the queue is another size elsewhere afterwards", () => {
    const rig = createRig({ size: 8, features });
    expectWorking(rig);
    rig.device.reset();
    rig.driver.reset();
    const layout = contiguousLayout(4, 0x100, features.packed === true);
    expect(rig.driver.enable(layout)).toBe(true);
    expect(rig.device.enable(layout)).toBe(true);
    expectWorking({ ...rig, layout });
  });

  it("not before a queue is enabled, and nothing works until then", () => {
    const rig = createRig({ size: 8, features });
    rig.device.reset();
    rig.driver.reset();
    expect(rig.device.enabled).toBe(false);
    expect(rig.device.pop()).toBeUndefined();
    expect(rig.device.process(() => 0)).toBe(0);
    expect(rig.device.enableNotifications()).toBe(false);
    rig.device.publish();
    expect(rig.driver.add(list(rig), 1)).toBe(false);
    expect(rig.driver.get()).toBeUndefined();
    expect(rig.driver.reap(() => {})).toBe(0);
  });
});

describe.each(everyFeatureSet)("answers, $name:", (features) => {
  it("in any order; with IN_ORDER the driver sees them in the order of the requests", () => {
    const rig = createRig({ size: 16, features });
    addTokens(rig, 1, 2, 3, 4, 5);
    rig.driver.kick();
    const held: Chain[] = [];
    rig.device.process((chain) => (held.push(chain), PENDING));
    const seen: number[][] = [];
    for (const index of [3, 1, 0, 4, 2]) {
      const chain = held[index];
      if (chain !== undefined) rig.device.push(chain, index + 1);
      rig.device.publish();
      rig.driver.reap((token, written) => seen.push([token, written]));
    }
    const order = features.inOrder ? [1, 2, 3, 4, 5] : [4, 2, 1, 5, 3];
    expect(seen).toEqual(order.map((token) => [token, token]));
    expectWorking(rig);
  });

  it("not twice, not for another queue's chain, and never more than there is room for", () => {
    const rig = createRig({ size: 8, features });
    const other = createRig({ size: 8, features });
    addTokens(rig, 1, 2);
    rig.driver.kick();
    const chain = rig.device.pop();
    if (chain === undefined) throw new Error("nothing popped");
    other.device.push(chain, 8);
    expect(other.device.inFlight).toBe(0);
    rig.device.push(chain, 1_000_000);
    rig.device.push(chain, 3);
    rig.device.publish();
    expect(rig.driver.get()).toEqual({ token: 1, written: 8 });
    expect(rig.driver.get()).toBeUndefined();
    expect(rig.device.process(() => -0.5)).toBe(1);
    expect(rig.device.inFlight).toBe(1);
  });

  it("what a handler throws goes through, and its chain can still be answered", () => {
    const rig = createRig({ size: 8, features });
    addTokens(rig, 1, 2);
    rig.driver.kick();
    const held: Chain[] = [];
    const fail = (chain: Chain): number => {
      held.push(chain);
      throw new Error("the disk is gone");
    };
    expect(() => rig.device.process(fail)).toThrow("the disk is gone");
    expect(rig.device.inFlight).toBe(1);
    for (const chain of held) rig.device.push(chain, 0);
    rig.device.process(() => 0);
    const got: number[] = [];
    rig.driver.reap((token) => got.push(token));
    expect(got).toEqual([1, 2]);
    expectWorking(rig);
  });

  it("chains are served from within a handler too", () => {
    const rig = createRig({ size: 8, features });
    addTokens(rig, 1, 2, 3);
    rig.driver.kick();
    let inner = 0;
    const outer = rig.device.process(() => {
      if (inner === 0) inner = rig.device.process(() => 8);
      return 8;
    });
    expect([outer, inner]).toEqual([1, 2]);
    const got: number[] = [];
    rig.driver.reap((token) => got.push(token));
    expect(got.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expectWorking(rig);
  });
});

describe("a queue's memory", () => {
  it.each([false, true])("goes away: the queue is broken, and again whole with a reset, packed: %s", (packed) => {
    const buffer = new ArrayBuffer(0x10000);
    const source = { address: 0, byteLength: buffer.byteLength, buffer: () => buffer };
    const memory = new GuestMemory([source]);
    const faults: string[] = [];
    const features = { packed };
    const layout = contiguousLayout(8, 0x1000, packed);
    const driver = createDriverQueue<number>({ memory, features, notify: () => {} });
    const device = createDeviceQueue({
      memory,
      features,
      interrupt: () => {},
      onBroken: (fault) => faults.push(fault),
    });
    driver.enable(layout);
    device.enable(layout);
    driver.add(new ScatterList().readable(0x4000, 8).writable(0x5000, 8), 1);
    driver.add(new ScatterList().readable(0x4000, 8).writable(0x5000, 8), 2);
    driver.kick();
    const served = device.process((chain) => {
      memory.remove(source);
      expect(chain.read(0, new Uint8Array(8))).toBe(0);
      expect(chain.write(0, new Uint8Array(8))).toBe(0);
      return 8;
    });
    expect(served).toBe(1);
    expect(faults).toEqual(["ring-outside-memory"]);
    expect(device.pop()).toBeUndefined();
    memory.add(source);
    device.reset();
    driver.reset();
    expect(driver.enable(layout)).toBe(true);
    expect(device.enable(layout)).toBe(true);
    driver.add(new ScatterList().writable(0x5000, 8), 3);
    driver.kick();
    expect(device.process((chain) => chain.writableLength)).toBe(1);
    expect(driver.get()).toEqual({ token: 3, written: 8 });
  });
});

describe("what a driver hands over", () => {
  it("is refused where there is no room, and an error where there never is", () => {
    const rig = createRig({ size: 4 });
    addTokens(rig, 1, 2);
    expect(rig.driver.add(list(rig), 3)).toBe(false);
    expect(() => rig.driver.add(new ScatterList(), 3)).toThrow("a buffer has 1 to 4 elements in this queue, not 0");
    const five = new ScatterList();
    for (let count = 0; count < 5; count++) five.readable(0, 1);
    expect(() => rig.driver.add(five, 3)).toThrow("not 5");
  });

  it("is checked as it is put together", () => {
    const buffer = new ScatterList().readable(2 ** 40, 1).writable(0x9000_0000, 0x9000_0000);
    expect([buffer.addresses, buffer.lengths]).toEqual([
      [2 ** 40, 0x9000_0000],
      [1, 0x9000_0000],
    ]);
    expect(() => buffer.readable(0, 1)).toThrow("comes before");
    expect(() => buffer.writable(0, 0x7000_0000)).toThrow("less than 2^32");
    expect(() => buffer.writable(-1, 1)).toThrow("-1 is no address");
    expect(() => buffer.writable(0.5, 1)).toThrow("0.5 is no address");
    expect(() => buffer.writable(2 ** 53, 1)).toThrow("no address");
    for (const length of [0, -1, 1.5, 2 ** 32, NaN]) expect(() => buffer.writable(0, length)).toThrow("an element has");
    expect(buffer.count).toBe(2);
    expect(buffer.clear().byteLength).toBe(0);
  });
});

describe.each(everyFeatureSet)("a buffer in place, $name:", (features) => {
  it("comes element by element, and what is not committed leaves nothing behind", () => {
    const rig = createRig({ size: 8, features });
    const at = rig.dataAt;
    for (let round = 0; round < 20; round++) {
      // Some rounds drop buffers at every stage, in a batch and at its beginning.
      expect(rig.driver.begin(3)).toBe(true);
      rig.driver.readable(at, 8);
      if (round % 2 === 0) rig.driver.writable(at + 8, 8);
      if (round % 4 === 0) rig.driver.writable(at + 16, 8);
      if (round % 3 === 0) rig.driver.publish();
      expect(rig.driver.begin(1)).toBe(true);
      rig.driver.readable(at, 8);
      rig.driver.commit(round);
      expect(rig.driver.begin(2)).toBe(true);
      rig.driver.readable(at, 8);
      rig.driver.writable(at + 8, 8);
      expect(rig.driver.begin(2)).toBe(true);
      rig.driver.readable(at, 8);
      rig.driver.writable(at + 8, 8);
      rig.driver.commit(round + 100);
      if (round % 2 === 0) {
        expect(rig.driver.begin(2)).toBe(true);
        rig.driver.readable(at, 8);
      }
      rig.driver.kick();
      expect(rig.device.process((chain) => chain.writableLength)).toBe(2);
      const got: number[][] = [];
      rig.driver.reap((token, written) => got.push([token, written]));
      expect(got).toEqual([
        [round, 0],
        [round + 100, 8],
      ]);
    }
    expectWorking(rig);
  });

  it("is held to what was begun", () => {
    const rig = createRig({ size: 8, features });
    expect(() => rig.driver.readable(rig.dataAt, 8)).toThrow("none is begun");
    expect(() => rig.driver.commit(1)).toThrow("no buffer is begun");
    expect(() => rig.driver.begin(9)).toThrow("not 9");
    rig.driver.begin(2);
    rig.driver.writable(rig.dataAt, 8);
    expect(() => rig.driver.commit(1)).toThrow("1 elements are missing");
    expect(() => rig.driver.readable(rig.dataAt, 8)).toThrow("comes before");
    expect(() => rig.driver.writable(rig.dataAt, 0)).toThrow("an element has");
    rig.driver.writable(2 ** 40, 0x8000_0000);
    expect(() => rig.driver.writable(rig.dataAt, 8)).toThrow("all its elements");
    rig.driver.begin(2);
    rig.driver.writable(rig.dataAt, 0xffff_0000);
    expect(() => rig.driver.writable(rig.dataAt, 0x1_0000)).toThrow("less than 2^32");
    expectWorking(rig);
    addTokens(rig, 1);
    rig.driver.kick();
    rig.device.process(() => 0);
    rig.driver.begin(1);
    rig.driver.readable(rig.dataAt, 8);
    expect(rig.driver.get()?.token).toBe(1);
    if (features.inOrder !== true) expect(() => rig.driver.commit(2)).toThrow("taken off the ring meanwhile");
    else rig.driver.commit(2);
  });
});
