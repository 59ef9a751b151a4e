import { parentPort, workerData } from "node:worker_threads";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { contiguousLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import type { RaceSetup } from "./race.mjs";

// One side of a race. It sleeps whenever it has nothing to do, on a word that the other side counts up to wake it; a
// wake-up that does not come within seconds is a lost one.

const {
  role,
  setup,
  memory: buffer,
} = workerData as {
  readonly role: "driver" | "device";
  readonly setup: RaceSetup;
  readonly memory: SharedArrayBuffer;
};

/** Words of the two doorbells, in memory that is not the ring's. */
const bells = new Int32Array(buffer, 0, 32);
const driverBell = 0;
const deviceBell = 16;
const patience = 10_000;
const dataAt = 0x4_0000;

const memory = GuestMemory.over(buffer);
const layout = contiguousLayout(setup.size, 0x1000, setup.features.packed === true);
let sleeps = 0;
let rang = 0;

function ring(bell: number): void {
  rang += 1;
  Atomics.add(bells, bell, 1);
  Atomics.notify(bells, bell);
}

/** Sleeps until the bell has another value than `before`. */
function sleep(bell: number, before: number): void {
  sleeps += 1;
  if (Atomics.wait(bells, bell, before, patience) === "timed-out") {
    throw new Error(`${role}: nobody woke it up after ${sleeps} sleeps`);
  }
}

function drive(): void {
  const { features, size, requests } = setup;
  const queue = createDriverQueue<number>({ memory, features, notify: () => ring(deviceBell) });
  queue.enable(layout);
  parentPort?.postMessage("ready");
  Atomics.wait(bells, 8, 0);
  const words = new Int32Array(buffer);
  const list = new ScatterList();
  const free = Array.from({ length: size }, (_, index) => index);
  const sent = new Int32Array(size);
  let added = 0;
  let answered = 0;
  let state = setup.seed;
  const check = (slot: number, written: number): void => {
    const at = (dataAt + slot * 64) >> 2;
    if (written !== 8) throw new Error(`${written} bytes written`);
    if (words[at + 8] !== (sent[slot] ?? 0) + 1) throw new Error(`request ${sent[slot]} answered by ${words[at + 8]}`);
    words[at + 8] = 0;
    answered += 1;
    free.push(slot);
  };
  for (;;) {
    if (answered === requests) return;
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    // Mostly one at a time: then both sides go to sleep as often as they can.
    const batch = (state >>> 16) % 4 === 0 ? (state >>> 20) % 8 : 1;
    for (let count = 0; count < batch && added < requests; count++) {
      const slot = free.pop();
      if (slot === undefined) break;
      const at = dataAt + slot * 64;
      words[at >> 2] = added;
      sent[slot] = added;
      if (
        !queue.add(
          list
            .clear()
            .readable(at, 4)
            .readable(at + 4, 4)
            .writable(at + 32, 8),
          slot,
        )
      ) {
        free.push(slot);
        break;
      }
      added += 1;
    }
    queue.kick();
    const before = Atomics.load(bells, driverBell);
    queue.disableNotifications();
    const got = queue.reap(check);
    if (queue.broken !== undefined) throw new Error(`driver: ${queue.broken}`);
    const stuck = added === requests || free.length === 0 || (state >>> 24) % 4 === 0;
    if (got === 0 && stuck && queue.outstanding > 0 && !queue.enableNotifications()) sleep(driverBell, before);
  }
}

/** The device's work: the number that it reads plus one. */
function answer(chain: Chain): number {
  const input = chain.segment(0);
  const output = chain.segment(chain.readableCount);
  output.view.setInt32(output.offset, input.view.getInt32(input.offset, true) + 1, true);
  return 8;
}

function serve(): void {
  const { features, requests } = setup;
  const queue = createDeviceQueue({ memory, features, interrupt: () => ring(driverBell) });
  queue.enable(layout);
  let served = 0;
  parentPort?.postMessage("ready");
  while (served < requests) {
    const before = Atomics.load(bells, deviceBell);
    queue.disableNotifications();
    const count = queue.process(answer);
    served += count;
    if (queue.broken !== undefined) throw new Error(`device: ${queue.broken}`);
    if (count === 0 && served < requests && !queue.enableNotifications()) sleep(deviceBell, before);
  }
}

if (role === "driver") drive();
else serve();
parentPort?.postMessage({ sleeps, rang });
