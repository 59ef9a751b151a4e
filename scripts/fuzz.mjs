// Random hostile drivers and devices: against the runtime's virtqueues, and against whole devices behind transports
// and the drivers that belong to them.
//
//   npm run fuzz [-- --seconds N] [--seed S] [--cases N] [--kind K]
//
// A kind is `rings`, or a device type, or one of those with what is hostile to it: `blk/hostileDriver`. Each case has a
// seed of its own, which is printed when it fails, with the command that runs it again. At the end another thread writes
// into a ring while a device reads it; that part has no seed.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { rolldown } from "rolldown";

/** @type {(name: string) => string | undefined} */
function text(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** @type {(name: string, otherwise: number) => number} */
function option(name, otherwise) {
  return Number(text(name) ?? otherwise);
}

const mostCases = option("cases", Infinity);
const seconds = option("seconds", mostCases < Infinity ? Infinity : 10);
const seed = option("seed", Date.now() % 1_000_000_000);
const wanted = text("kind");
const folder = await mkdtemp(join(tmpdir(), "virtgen-fuzz-"));

/** @type {(path: string) => string} */
function inProject(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** @type {(what: string, reasons: ReadonlyMap<string, number>) => void} */
function printReasons(what, reasons) {
  if (reasons.size === 0) return;
  console.log(`${what}:`);
  for (const [reason, times] of [...reasons].toSorted(([, a], [, b]) => b - a)) {
    console.log(`${String(times).padStart(10)}  ${reason}`);
  }
}

/** @type {unknown} */
let unhandled;
process.on("unhandledRejection", (error) => {
  unhandled ??= error;
});

try {
  const bundle = await rolldown({
    input: { rings: inProject("test/runtime/virtqueue/fuzz.ts"), suite: inProject("test/suite/fuzz.ts") },
    platform: "node",
    resolve: { alias: { "virtgen/runtime": inProject("src/runtime/index.ts") } },
  });
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" });
  await bundle.close();
  /** @type {unknown} */
  const ringModule = await import(join(folder, "rings.mjs"));
  /** @type {unknown} */
  const suiteModule = await import(join(folder, "suite.mjs"));
  const rings = /** @type {typeof import("../test/runtime/virtqueue/fuzz.ts")} */ (ringModule);
  const suite = /** @type {typeof import("../test/suite/fuzz.ts")} */ (suiteModule);

  /** @type {{ name: string, run: (seed: number) => void | Promise<void>, cases: number, slowest: number }[]} */
  const all = [];
  const { goodPair, hostileDevice, hostileDriver } = rings;
  for (const [name, run] of Object.entries({ hostileDriver, hostileDevice, goodPair })) {
    all.push({ name: `rings/${name}`, run, cases: 0, slowest: 0 });
  }
  for (const kind of suite.kinds) {
    const { hostileDriver: driver, hostileDevice: device } = suite;
    all.push({ name: `${kind}/hostileDriver`, run: (one) => driver(kind, one), cases: 0, slowest: 0 });
    all.push({ name: `${kind}/hostileDevice`, run: (one) => device(kind, one), cases: 0, slowest: 0 });
  }
  const chosen = all.filter(({ name }) => wanted === undefined || name === wanted || name.startsWith(`${wanted}/`));
  if (chosen.length === 0)
    throw new RangeError(`there is no kind ${wanted}: ${all.map(({ name }) => name).join(", ")}`);

  const started = Date.now();
  /** Cases of rings are quick: each of its turns has many. */
  const ringCases = mostCases < Infinity ? 1 : 20;
  let round = 0;
  for (; round < mostCases && Date.now() - started < seconds * 1000; round++) {
    for (const kind of chosen) {
      const count = kind.name.startsWith("rings/") ? ringCases : 1;
      for (let step = 0; step < count; step++) {
        const one = seed + round * count + step;
        const before = performance.now();
        try {
          await kind.run(one);
          await new Promise((resolve) => setImmediate(resolve));
          if (unhandled !== undefined) throw new Error("a rejection is not handled", { cause: unhandled });
        } catch (error) {
          console.error(`${kind.name} fails: npm run fuzz -- --kind ${kind.name} --seed ${one} --cases 1`);
          throw error;
        }
        kind.cases += 1;
        kind.slowest = Math.max(kind.slowest, performance.now() - before);
      }
    }
  }
  const total = chosen.reduce((sum, { cases }) => sum + cases, 0);
  console.log(`${total} cases from seed ${seed} on:`);
  for (const { name, cases, slowest } of chosen) {
    console.log(`${String(cases).padStart(10)}  ${name}, the slowest took ${slowest.toFixed(1)} ms`);
  }
  const { chains, buffers } = rings.tally;
  console.log(`rings: ${chains} chains served, ${buffers} buffers handed back`);
  const { answered, rejected, accesses, forged, slowest } = suite.tally;
  console.log(
    `devices: ${answered} requests answered, ${rejected} rejected, ${forged} forged chains, ` +
      `${accesses} accesses, the slowest took ${slowest.toFixed(1)} ms`,
  );
  printReasons("queues broken", rings.tally.reasons);
  printReasons("devices that need a reset", suite.tally.reasons);

  if (mostCases === Infinity && chosen.some(({ name }) => name.startsWith("rings/"))) {
    let steps = 0;
    const rounds = Math.max(2, Math.min(8, Math.floor(seconds / 3)));
    for (let turn = 0; turn < rounds; turn++) {
      const { memory, from, to, step } = rings.scribbledDevice(seed + turn);
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
