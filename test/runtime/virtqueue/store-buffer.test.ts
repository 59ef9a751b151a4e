import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { contiguousLayout, type QueueFeatures } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";

// Two processors as x86 has them, in one thread and the same each time: a plain write stays in its processor's store
// buffer until that processor makes an atomic store, or has the other woken up. Each atomic access may be followed by
// anything that the other does. On real processors what goes wrong here goes wrong once in many millions of requests.

const memoryBytes = 0x2000;
const dataAt = 0x1000;
const dataBytes = 16;
const size = 4;

/** One processor's view of memory: what it has written itself, and what has left the other's store buffer. */
class Processor {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(memoryBytes);
  /** What both see. */
  private readonly drained: Uint8Array<ArrayBuffer> = new Uint8Array(memoryBytes);
  private other: Processor | undefined;

  static pair(): [Processor, Processor] {
    const pair: [Processor, Processor] = [new Processor(), new Processor()];
    [pair[0].other, pair[1].other] = [pair[1], pair[0]];
    return pair;
  }

  get memory(): GuestMemory {
    const { buffer } = this.bytes;
    return new GuestMemory([{ address: 0, byteLength: memoryBytes, buffer: () => buffer, shared: true }]);
  }

  /** Empties the store buffer. */
  drain(): void {
    const { bytes, drained, other } = this;
    if (other === undefined) return;
    for (let at = 0; at < memoryBytes; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === drained[at]) continue;
      drained[at] = byte;
      other.drained[at] = byte;
      other.bytes[at] = byte;
    }
  }
}

/** From 0 to below `end`, the same for each seed. */
function chanceOf(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >>> 8) % end;
  };
}

type Words = Int32Array<ArrayBuffer>;
let onAccess: ((words: Words, stored: boolean) => void) | undefined;
const { load, store } = Atomics;

beforeEach(() => {
  vi.spyOn(Atomics, "load").mockImplementation(((words: Words, index: number) => {
    const value = load(words, index);
    onAccess?.(words, false);
    return value;
  }) as typeof Atomics.load);
  vi.spyOn(Atomics, "store").mockImplementation(((words: Words, index: number, value: number) => {
    store(words, index, value);
    onAccess?.(words, true);
    return value;
  }) as typeof Atomics.store);
});

afterEach(() => {
  onAccess = undefined;
  vi.restoreAllMocks();
});

/** The device's work: the number that it reads plus one. */
function plusOne(chain: Chain): number {
  const input = chain.segment(0);
  const output = chain.segment(chain.readableCount);
  output.view.setInt32(output.offset, input.view.getInt32(input.offset, true) + 1, true);
  return 4;
}

/** Runs a driver and a device until neither has anything to do. @returns requests that were answered */
function race(features: QueueFeatures, requests: number, seed: number): number {
  const [driverSide, deviceSide] = Processor.pair();
  const chance = chanceOf(seed);
  let driverAwake = false;
  let deviceAwake = false;
  let sent = 0;
  let answered = 0;
  const slots = Array.from({ length: size }, (_, slot) => slot);
  const sentBy = new Map<number, number>();
  const numbers = new DataView(driverSide.bytes.buffer);
  const driver = createDriverQueue<number>({
    memory: driverSide.memory,
    features,
    notify: () => {
      driverSide.drain();
      deviceAwake = true;
    },
  });
  const device = createDeviceQueue({
    memory: deviceSide.memory,
    features,
    interrupt: () => {
      deviceSide.drain();
      driverAwake = true;
    },
  });
  const layout = contiguousLayout(size, 0, features.packed === true);
  driver.enable(layout);
  driverSide.drain();
  device.enable(layout);
  const list = new ScatterList();

  const used = (slot: number, written: number): void => {
    const number = numbers.getInt32(dataAt + slot * dataBytes + 4, true);
    expect([written, number]).toEqual([4, (sentBy.get(slot) ?? 0) + 1]);
    slots.push(slot);
    answered += 1;
  };
  function add(): void {
    const slot = slots.pop();
    if (slot === undefined) return;
    const at = dataAt + slot * dataBytes;
    numbers.setInt32(at, sent, true);
    list
      .clear()
      .readable(at, 4)
      .writable(at + 4, 4);
    if (!driver.add(list, slot)) {
      slots.push(slot);
      return;
    }
    sentBy.set(slot, sent);
    sent += 1;
  }
  function drive(): void {
    if (driverAwake && chance(2) === 0) {
      driverAwake = false;
      do {
        driver.disableNotifications();
        driver.reap(used);
      } while (driver.enableNotifications());
    } else {
      for (let count = chance(2); count >= 0 && sent < requests; count--) add();
      driver.kick();
    }
    driverSide.drain();
  }
  function serve(): void {
    if (!deviceAwake) return;
    deviceAwake = false;
    device.serve(plusOne);
    deviceSide.drain();
  }

  let inside = false;
  const between = (act: () => void): void => {
    // What comes in between is not divided itself: where the roles are the other way round it is.
    if (inside || chance(3) > 0) return;
    inside = true;
    act();
    inside = false;
  };
  onAccess = (words, stored) => {
    for (const [side, other] of [
      [driverSide, serve],
      [deviceSide, drive],
    ] as const) {
      if (words.buffer !== side.bytes.buffer) continue;
      if (stored) side.drain();
      between(other);
    }
  };
  const goesOn = (): boolean => sent < requests || driverAwake || deviceAwake;
  while (goesOn()) {
    const before = sent + answered;
    if (chance(2) === 0) serve();
    else drive();
    // Both sleep, and the driver has no room: who is to wake whom?
    const stuck = sent + answered === before && !driverAwake && !deviceAwake && (slots.length === 0 || driver.free < 2);
    if (stuck) break;
  }
  expect([driver.broken, device.broken]).toEqual([undefined, undefined]);
  return answered;
}

const kinds = [false, true].flatMap((packed) =>
  [false, true].flatMap((eventIdx) => [false, true].map((inOrder): QueueFeatures => ({ packed, eventIdx, inOrder }))),
);

describe("processors with store buffers", () => {
  it.each(kinds)("lose no wake-up: packed $packed, event index $eventIdx, in order $inOrder", (features) => {
    for (let seed = 1; seed <= 20; seed++) expect([seed, race(features, 100, seed)]).toEqual([seed, 100]);
  });
});
