// The runtime's virtqueues beside a minimal ring in C and v86's virtqueue: one thread, a chain of 2 (16 bytes to read,
// 4096 to write), a queue of 256; add, kick, serve, reap. All take turns in short windows, so that a machine that slows
// down slows all of them; what counts is the least of each.
//
//   npm run bench:rings [-- --rounds N]

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { start } from "./program.mjs";
import { compileRings, printTable } from "./table.mjs";
import { provideVirtQueue } from "./v86.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".cache", "rings");
const flag = process.argv.indexOf("--rounds");
const rounds = flag < 0 ? 200 : Number(process.argv[flag + 1]);
const requests = 6400;

mkdirSync(cache, { recursive: true });
const bundle = await rolldown({ input: join(root, "bench/rings/rings.ts"), platform: "node" });
const bundled = join(cache, "rings.mjs");
await bundle.write({ file: bundled, format: "esm" });
await bundle.close();
const rings = compileRings(cache, "ring");
const { shipped, cut } = provideVirtQueue(cache);
const columns = ["split 1", "split 32", "packed 1", "packed 32"];
const contenders = columns.flatMap((column) => {
  const [layout, batch] = column.split(" ");
  const plain = { packed: layout === "packed", batch: Number(batch), shared: false };
  /** @type {(name: string, ...setups: object[]) => import("./program.mjs").Contender} */
  const node = (name, ...setups) =>
    start(name, column, process.execPath, [
      "--expose-gc",
      join(root, "bench/rings/contender.mjs"),
      bundled,
      ...setups.map((setup) => JSON.stringify({ ...plain, ...setup })),
    ]);
  const all = [
    ...rings.map(({ name, binary }) => start(name, column, binary, [])),
    node("virtgen, ArrayBuffer", {}),
    node("virtgen, SharedArrayBuffer", { shared: true }),
    node("virtgen, prepared lists", { prepared: true }),
    node("virtgen, prepared, shared", { shared: true, prepared: true }),
    node("virtgen, memory of 4 regions", { regions: 4 }),
    node("virtgen, indirect", { indirect: true }),
    node("virtgen, both layouts in turn", {}, { packed: !plain.packed }),
  ];
  if (plain.packed) return all;
  return [...all, node("v86, log formatting cut out", { v86: cut }), node("v86, as shipped", { v86: shipped })];
});

const least = contenders.map(() => Infinity);
for (let round = 0; round < rounds; round++) {
  for (const [index, { name, column, ask }] of contenders.entries()) {
    const line = rings.some((ring) => ring.name === name) ? `${column} ${requests}` : `${requests}`;
    least[index] = Math.min(least[index] ?? Infinity, await ask(line));
  }
}

const names = [...new Set(contenders.map((contender) => contender.name))];
printTable(
  `ns a request, least of ${rounds} windows of ${requests}`,
  columns,
  names.map((name) => ({ name, shared: /shared/i.test(name) })),
  (name, column) => least[contenders.findIndex((one) => one.name === name && one.column === column)],
);

console.log("\nheap growth over 10 million requests, bytes a request\n");
for (const { name, column, ask } of contenders) {
  if (!/Buffer$|prepared/.test(name) || !column.endsWith("32")) continue;
  const grown = await ask("heap");
  console.log(`${`${name}, ${column}`.padEnd(40)}${grown.toFixed(5).padStart(10)}`);
}
for (const { end } of contenders) end();
