// Runs whole devices and their drivers on two threads: the first thread's device, the second's driver, memory of both.

import { join } from "node:path";
import { Worker } from "node:worker_threads";

/**
 * @typedef {import("./thread-case.ts").ThreadCase} ThreadCase
 * @typedef {import("./thread-case.ts").Order} Order
 * @typedef {import("./thread-case.ts").Report} Report
 * @typedef {import("./thread-case.ts").DriverTally & import("./thread-case.ts").DeviceTally} Tally
 */

/** Both threads of a pair, to be bundled. */
export const pairThreads = {
  "device-worker": "test/suite/threads/device-worker.ts",
  "driver-worker": "test/suite/threads/driver-worker.ts",
};

const memoryBytes = 1 << 20;
const mailboxBytes = 128;
/** Milliseconds without an answer after which something is lost: many times what a busy machine takes for one. */
const patience = 10_000;
/** Milliseconds between two looks, and in which a thread has to say something. */
const interval = 250;
const grace = 2_000;

/** A thread that answers orders with one message each. */
class Thread {
  /** @param {string} file */
  constructor(file) {
    this.worker = new Worker(file);
    /** @type {Error | undefined} why it does not live any more */
    this.fault = undefined;
    this.worker.on("error", (error) => (this.fault = error));
  }

  /**
   * @param {Order} order
   * @returns {Promise<Report>}
   */
  tell(order) {
    const { worker } = this;
    return new Promise((resolve, reject) => {
      const done = () => {
        worker.off("message", answered);
        worker.off("error", failed);
      };
      /** @param {Report} message */
      const answered = (message) => {
        done();
        resolve(message);
      };
      /** @param {Error} error */
      const failed = (error) => {
        done();
        reject(error);
      };
      worker.on("message", answered);
      worker.on("error", failed);
      worker.postMessage(order);
    });
  }

  /**
   * The answer, or `undefined` where none comes in time: the thread is stuck.
   * @param {Order} order
   */
  ask(order) {
    return Promise.race([this.tell(order), sleep(grace)]);
  }
}

/**
 * @param {number} milliseconds
 * @returns {Promise<undefined>}
 */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}

/** Two threads, for one case after the other. After a case that has failed they are not to be used any more. */
export class ThreadPair {
  /** @param {string} folder where {@link pairThreads} are bundled */
  constructor(folder) {
    this.device = new Thread(join(folder, "device-worker.js"));
    this.driver = new Thread(join(folder, "driver-worker.js"));
  }

  /**
   * Runs a case to its end.
   * @param {ThreadCase} one
   * @returns {Promise<Tally>}
   * @throws where an answer is wrong, or the two wait for each other
   */
  async run(one) {
    const ground = {
      memory: new SharedArrayBuffer(memoryBytes),
      mailbox: new SharedArrayBuffer(mailboxBytes),
      progress: new SharedArrayBuffer(16),
    };
    const progress = new Int32Array(ground.progress);
    const order = /** @type {const} */ ({ do: "run", case: one, ground });
    await this.device.tell(order);
    const over = this.driver.tell(order);
    let result = await Promise.race([over, sleep(interval)]);
    let seen = -1;
    for (let since = Date.now(); result === undefined; result = await Promise.race([over, sleep(interval)])) {
      if (this.device.fault !== undefined) throw this.device.fault;
      const now = Atomics.load(progress, 0);
      if (now !== seen) {
        seen = now;
        since = Date.now();
      } else if (Date.now() - since > patience) {
        throw new Error(`after ${now} answers none within ${patience} ms: ${await this.examine(progress)}`);
      }
    }
    const { device } = await this.device.tell({ do: "end" });
    if (result.driver === undefined || device === undefined) throw new Error(result.error);
    return { ...result.driver, ...device };
  }

  /**
   * Finds out why nothing happens.
   * @param {Int32Array} progress
   * @returns {Promise<string>}
   */
  async examine(progress) {
    const before = Atomics.load(progress, 0);
    const device = await this.device.ask({ do: "look" });
    if (device === undefined) return "the device's thread is stuck";
    if (device.fault !== undefined) return device.fault;
    await sleep(interval);
    if (Atomics.load(progress, 0) !== before) return "it went on when the device looked: a notification was lost";
    const driver = await this.driver.ask({ do: "look" });
    if (driver === undefined) return "the driver's thread is stuck";
    if (driver.fault !== undefined) return driver.fault;
    await sleep(interval);
    if (Atomics.load(progress, 0) !== before) return "it went on when the driver looked: an interrupt was lost";
    return "neither side finds anything in its queues: requests were lost";
  }

  async close() {
    await Promise.all([this.device.worker.terminate(), this.driver.worker.terminate()]);
  }
}

/**
 * Every type of device, ring format, bus and feature of rings.
 * @param {Pick<ThreadCase, "requests" | "resets" | "resetsWithin">} size
 * @returns {{ name: string, one: ThreadCase }[]}
 */
export function threadCases(size) {
  const choices = /** @type {const} */ ([false, true]);
  const types = /** @type {const} */ (["blk", "entropy", "net"]);
  const buses = /** @type {const} */ (["mmio", "pci"]);
  const cases = types.flatMap((type) =>
    choices.flatMap((packed) =>
      buses.flatMap((bus) =>
        choices.flatMap((eventIdx) =>
          choices.flatMap((indirect) => choices.map((inOrder) => ({ type, packed, bus, eventIdx, indirect, inOrder }))),
        ),
      ),
    ),
  );
  return cases.map((choice, index) => {
    // Each way of interrupts with each way of asking for them.
    const messages = choice.bus === "pci" && choice.indirect !== choice.inOrder;
    const one = { ...choice, ...size, messages, queueSize: choice.packed ? 13 : 16, seed: index + 1 };
    const name = [
      one.type,
      one.packed ? "packed" : "split",
      messages ? "pci by messages" : one.bus,
      ...(one.eventIdx ? ["event index"] : []),
      ...(one.indirect ? ["indirect"] : []),
      ...(one.inOrder ? ["in order"] : []),
    ].join(", ");
    return { name, one };
  });
}
