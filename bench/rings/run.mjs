// The runtime's virtqueues beside a minimal ring in C and v86's virtqueue: one thread, a chain of 2 (16 bytes to read,
// 4096 to write), a queue of 256; add, kick, serve, reap. All take turns in short windows, so that a machine that slows
// down slows all of them; what counts is the least of each.
//
//   npm run bench:rings [-- --rounds N]

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { provideVirtQueue, virtQueueDevice } from "./v86.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".cache", "rings");
const flag = process.argv.indexOf("--rounds");
const rounds = flag < 0 ? 200 : Number(process.argv[flag + 1]);
const requests = 12_800;

mkdirSync(cache, { recursive: true });
const bundle = await rolldown({ input: join(root, "bench/rings/rings.ts"), platform: "node" });
await bundle.write({ file: join(cache, "rings.mjs"), format: "esm" });
await bundle.close();
/** @type {unknown} */
const bundled = await import(join(cache, "rings.mjs"));
const { checksum, createWindow } = /** @type {typeof import("./rings.ts")} */ (bundled);

const binary = join(cache, "ring");
execFileSync("gcc", ["-O2", "-o", binary, join(root, "bench/rings/ring.c")], { stdio: "inherit" });
const ring = spawn(binary, [], { stdio: ["pipe", "pipe", "ignore"] });
const answers = createInterface({ input: ring.stdout })[Symbol.asyncIterator]();

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {"split" | "packed"} layout
 * @property {number} batch
 * @property {() => number | Promise<number>} window nanoseconds a request
 */

/** @type {Contender[]} */
const contenders = [];
const { shipped, cut } = await provideVirtQueue(cache);
for (const layout of /** @type {const} */ (["split", "packed"])) {
  for (const batch of [1, 32]) {
    const packed = layout === "packed";
    /** @type {(name: string, window: Contender["window"]) => void} */
    const add = (name, window) => contenders.push({ name, layout, batch, window });
    /** @type {(name: string, setup?: Partial<import("./rings.ts").Setup>) => void} */
    const addWindow = (name, setup) => {
      const window = createWindow({ packed, batch, shared: false, ...setup });
      add(name, () => window(requests));
    };
    add("C, gcc -O2", async () => {
      ring.stdin.write(`${layout} ${batch} ${requests}\n`);
      return Number((await answers.next()).value);
    });
    addWindow("virtgen, ArrayBuffer");
    addWindow("virtgen, SharedArrayBuffer", { shared: true });
    addWindow("virtgen, 4 regions", { regions: 4 });
    addWindow("virtgen, indirect", { indirect: true });
    if (!packed) {
      addWindow("v86, log formatting cut out", { device: virtQueueDevice(cut) });
      addWindow("v86, as shipped", { device: virtQueueDevice(shipped) });
    }
  }
}

const least = contenders.map(() => Infinity);
for (let round = 0; round < rounds; round++) {
  for (const [index, contender] of contenders.entries()) {
    least[index] = Math.min(least[index] ?? Infinity, await contender.window());
  }
}
ring.stdin.end();

/** The bytes of live objects after a collection. */
function heapUsed() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

console.log(`ns a request, least of ${rounds} windows of ${requests}; in brackets times C\n`);
const columns = ["split 1", "split 32", "packed 1", "packed 32"];
console.log([`batch`.padEnd(30), ...columns.map((column) => column.padStart(16))].join(""));
for (const name of new Set(contenders.map((contender) => contender.name))) {
  const cells = columns.map((column) => {
    const [layout, batch] = column.split(" ");
    /** @type {(name: string) => number | undefined} */
    const find = (name) =>
      least[contenders.findIndex((one) => one.name === name && one.layout === layout && one.batch === Number(batch))];
    const ns = find(name);
    if (ns === undefined) return "".padStart(16);
    return `${ns.toFixed(1)} (${(ns / (find("C, gcc -O2") ?? NaN)).toFixed(2)})`.padStart(16);
  });
  console.log([name.padEnd(30), ...cells].join(""));
}

if (globalThis.gc === undefined) {
  console.log("\nheap growth is measured with node --expose-gc");
} else {
  console.log("\nheap growth over 10 million requests, bytes a request");
  for (const layout of ["split", "packed"]) {
    for (const shared of [false, true]) {
      const window = createWindow({ packed: layout === "packed", batch: 32, shared });
      window(100_000);
      const before = heapUsed();
      window(10_000_000);
      const grown = process.memoryUsage().heapUsed - before;
      const name = `${layout}, ${shared ? "SharedArrayBuffer" : "ArrayBuffer"}`;
      console.log(`${name.padEnd(30)}${(grown / 10_000_000).toFixed(5).padStart(16)}`);
    }
  }
}
if (!Number.isFinite(checksum())) throw new Error("the requests were not served");
