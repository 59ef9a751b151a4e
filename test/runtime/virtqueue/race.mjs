// Two threads race over one queue in shared memory: a driver and a device that go to sleep whenever they can.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { rolldown } from "rolldown";

/**
 * @typedef {object} RaceSetup
 * @property {import("../../../src/runtime/virtqueue/queue-setup.ts").QueueFeatures} features
 * @property {number} size
 * @property {number} requests
 * @property {number} seed
 *
 * @typedef {object} Side
 * @property {number} sleeps how often it went to sleep, and was woken up
 * @property {number} rang how often it notified the other
 */

/**
 * Runs a race to its end.
 * @param {string} worker the bundled worker
 * @param {RaceSetup} setup
 * @returns {Promise<{ driver: Side, device: Side }>}
 * @throws when a request is lost, answered wrongly, or nobody wakes a sleeper up
 */
export async function race(worker, setup) {
  const memory = new SharedArrayBuffer(0x8_0000);
  /** @type {(role: "driver" | "device") => { worker: Worker, ready: Promise<void>, done: Promise<Side> }} */
  const start = (role) => {
    const thread = new Worker(worker, { workerData: { role, setup, memory } });
    /** @type {Promise<Side>} */
    const done = new Promise((resolve, reject) => {
      thread.on("message", (/** @type {Side | "ready"} */ message) => message !== "ready" && resolve(message));
      thread.on("error", reject);
    });
    /** @type {Promise<void>} */
    const ready = new Promise((resolve, reject) => {
      thread.on("message", (message) => message === "ready" && resolve());
      thread.on("error", reject);
    });
    return { worker: thread, ready, done };
  };
  // The driver clears the ring before the device looks at it.
  const driver = start("driver");
  await driver.ready;
  const device = start("device");
  try {
    await device.ready;
    const bells = new Int32Array(memory, 0, 32);
    Atomics.store(bells, 8, 1);
    Atomics.notify(bells, 8);
    const [one, other] = await Promise.all([driver.done, device.done]);
    return { driver: one, device: other };
  } finally {
    await Promise.all([driver.worker.terminate(), device.worker.terminate()]);
  }
}

/**
 * Bundles the worker, which is TypeScript, into a folder of its own.
 * @returns {Promise<{ worker: string, dispose: () => Promise<void> }>}
 */
export async function bundleWorker() {
  const folder = await mkdtemp(join(tmpdir(), "virtgen-race-"));
  const worker = join(folder, "race-worker.mjs");
  const bundle = await rolldown({
    input: fileURLToPath(new URL("race-worker.ts", import.meta.url)),
    platform: "node",
  });
  await bundle.write({ file: worker, format: "esm" });
  await bundle.close();
  return { worker, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** @type {{ name: string, features: RaceSetup["features"] }[]} */
export const raceKinds = [false, true].flatMap((packed) =>
  [
    { name: "flags", eventIdx: false, inOrder: false },
    { name: "event index", eventIdx: true, inOrder: false },
    { name: "event index, in order", eventIdx: true, inOrder: true },
  ].map(({ name, ...features }) => ({
    name: `${packed ? "packed" : "split"}, ${name}`,
    features: { packed, ...features },
  })),
);
