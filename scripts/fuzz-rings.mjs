// Random hostile drivers and devices against the runtime's virtqueues, and good ones against each other.
//
//   npm run fuzz [-- --seconds N] [--seed S] [--cases N]
//
// Each case has a seed of its own, which is printed when it fails: `--seed S --cases 1` runs it again. At the end another
// thread writes into a ring while a device reads it; that part has no seed.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { rolldown } from "rolldown";

/** @type {(name: string, otherwise: number) => number} */
function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

const mostCases = option("cases", Infinity);
const seconds = option("seconds", mostCases < Infinity ? Infinity : 10);
const seed = option("seed", Date.now() % 1_000_000_000);
const folder = await mkdtemp(join(tmpdir(), "virtgen-fuzz-"));

try {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("../test/runtime/virtqueue/fuzz.ts", import.meta.url)),
    platform: "node",
  });
  await bundle.write({ file: join(folder, "fuzz.mjs"), format: "esm" });
  await bundle.close();
  /** @type {unknown} */
  const module = await import(join(folder, "fuzz.mjs"));
  const { goodPair, hostileDevice, hostileDriver, scribbledDevice, tally } =
    /** @type {typeof import("../test/runtime/virtqueue/fuzz.ts")} */ (module);

  const kinds = Object.entries({ hostileDriver, hostileDevice, goodPair });
  const started = Date.now();
  let cases = 0;
  let slowest = 0;
  for (; cases < mostCases && Date.now() - started < seconds * 1000; cases++) {
    for (const [name, run] of kinds) {
      const before = performance.now();
      try {
        run(seed + cases);
      } catch (error) {
        console.error(`${name} fails: npm run fuzz -- --seed ${seed + cases} --cases 1`);
        throw error;
      }
      slowest = Math.max(slowest, performance.now() - before);
    }
  }
  const { chains, buffers, reasons } = tally;
  console.log(`${cases * kinds.length} cases from seed ${seed} on, the slowest took ${slowest.toFixed(1)} ms`);
  console.log(`${chains} chains served, ${buffers} buffers handed back, queues broken:`);
  for (const [reason, times] of [...reasons].toSorted(([, a], [, b]) => b - a)) {
    console.log(`${String(times).padStart(10)}  ${reason}`);
  }

  if (mostCases === Infinity) {
    let steps = 0;
    const rounds = Math.max(2, Math.min(8, Math.floor(seconds / 3)));
    for (let round = 0; round < rounds; round++) {
      const { memory, from, to, step } = scribbledDevice(seed + round);
      const scribbler = new Worker(
        `const { memory, from, to } = require("node:worker_threads").workerData;
         const bytes = new Uint8Array(memory);
         for (let state = 1; ; ) {
           state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
           bytes[from + (state >>> 8) % (to - from)] = state;
           for (let wait = state & 63; wait > 0; wait--) state ^= wait;
         }`,
        { eval: true, workerData: { memory, from, to } },
      );
      try {
        await new Promise((resolve) => scribbler.once("online", resolve));
        const until = Date.now() + 500;
        for (; Date.now() < until; steps++) step();
      } finally {
        await scribbler.terminate();
      }
    }
    console.log(`${steps} times a device served from a ring that another thread was writing to`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
