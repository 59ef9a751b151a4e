// A whole request of a disk: 4096 bytes are read, through the generated driver, virtio-mmio and the generated device,
// beside the least that does the same in C (ring.c with -DBLK). Both take turns in short windows, in one run.
//
//   npm run bench:requests [-- --rounds N]

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { start } from "./program.mjs";
import { compileRings, printTable } from "./table.mjs";

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
const rings = compileRings(cache, "requests", ["-DBLK"]);

const columns = ["split 1", "split 32", "packed 1", "packed 32"];
const rows = [
  ...rings.map(({ name, binary }) => ({ name, binary, shared: false })),
  { name: "virtgen, ArrayBuffer", binary: undefined, shared: false },
  { name: "virtgen, SharedArrayBuffer", binary: undefined, shared: true },
];
const contenders = rows.flatMap(({ name, binary, shared }) =>
  columns.map((column) => {
    const [layout, batch] = column.split(" ");
    if (binary !== undefined) return { ...start(name, column, binary, []), line: `${column} ${requests}` };
    const setup = { packed: layout === "packed", batch: Number(batch), shared };
    const program = join(root, "bench/rings/contender.mjs");
    const contender = start(name, column, process.execPath, ["--expose-gc", program, bundled, JSON.stringify(setup)]);
    return { ...contender, line: String(requests) };
  }),
);

const least = contenders.map(() => Infinity);
for (let round = 0; round < rounds; round++) {
  for (const [index, { ask, line }] of contenders.entries()) {
    least[index] = Math.min(least[index] ?? Infinity, await ask(line));
  }
}

printTable(
  `ns a request of 4096 bytes, least of ${rounds} windows of ${requests}`,
  columns,
  rows,
  (name, column) => least[contenders.findIndex((one) => one.name === name && one.column === column)],
);

console.log("\nheap growth over 10 million requests, bytes a request\n");
for (const { name, column, ask } of contenders) {
  if (!name.endsWith("ArrayBuffer") || !column.endsWith("32")) continue;
  console.log(`${`${name}, ${column}`.padEnd(40)}${(await ask("heap")).toFixed(5).padStart(10)}`);
}
for (const { end } of contenders) end();
