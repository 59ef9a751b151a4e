// A whole request of a disk: 4096 bytes are read, through the generated driver, virtio-mmio and the generated device,
// beside the least that does the same in C (ring.c with -DBLK). Both take turns in short windows, in one run.
//
//   npm run bench:requests [-- --rounds N]

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { start } from "./program.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".cache", "rings");
const flag = process.argv.indexOf("--rounds");
const rounds = flag < 0 ? 200 : Number(process.argv[flag + 1]);
const requests = 6400;

mkdirSync(cache, { recursive: true });
const bundle = await rolldown({
  input: join(root, "bench/rings/requests.ts"),
  platform: "node",
  resolve: { alias: { "virtgen/runtime": join(root, "src/runtime/index.ts") } },
});
const bundled = join(cache, "requests.mjs");
await bundle.write({ file: bundled, format: "esm" });
await bundle.close();
const binary = join(cache, "requests");
execFileSync("gcc", ["-O2", "-DBLK", "-o", binary, join(root, "bench/rings/ring.c")], { stdio: "inherit" });

const columns = ["split 1", "split 32", "packed 1", "packed 32"];
const rows = [
  { name: "C, gcc -O2", shared: undefined },
  { name: "virtgen, ArrayBuffer", shared: false },
  { name: "virtgen, SharedArrayBuffer", shared: true },
];
const contenders = rows.flatMap(({ name, shared }) =>
  columns.map((column) => {
    const [layout, batch] = column.split(" ");
    if (shared === undefined) return start(name, column, binary, []);
    const setup = { packed: layout === "packed", batch: Number(batch), shared };
    const program = join(root, "bench/rings/contender.mjs");
    return start(name, column, process.execPath, ["--expose-gc", program, bundled, JSON.stringify(setup)]);
  }),
);

const least = contenders.map(() => Infinity);
for (let round = 0; round < rounds; round++) {
  for (const [index, { name, column, ask }] of contenders.entries()) {
    const answer = await ask(name === rows[0]?.name ? `${column} ${requests}` : String(requests));
    least[index] = Math.min(least[index] ?? Infinity, answer);
  }
}

console.log(`ns a request of 4096 bytes, least of ${rounds} windows of ${requests}; in brackets times C\n`);
console.log("batch".padEnd(30) + columns.map((column) => column.padStart(16)).join(""));
for (const [row, { name }] of rows.entries()) {
  const cells = columns.map((_, column) => {
    const ns = least[row * columns.length + column] ?? NaN;
    return `${ns.toFixed(1)} (${(ns / (least[column] ?? NaN)).toFixed(2)})`.padStart(16);
  });
  console.log(name.padEnd(30) + cells.join(""));
}

console.log("\nheap growth over 10 million requests, bytes a request\n");
for (const { name, column, ask } of contenders) {
  if (!name.endsWith("ArrayBuffer") || !column.endsWith("32")) continue;
  console.log(`${`${name}, ${column}`.padEnd(40)}${(await ask("heap")).toFixed(5).padStart(10)}`);
}
for (const { end } of contenders) end();
