// Generated codecs beside the same accesses written by hand over a DataView, as a ratio: 1.0 is as quick as by hand.
//
//   node scripts/build.mjs && node bench/codecs.mjs
//
// Each case runs twice: in one bundle, as an application ships it, and as separate modules, as Node runs a package.
// Figures are minima of many short windows, all contenders in turn.

import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { cases, setUp } from "./codecs-cases.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".cache/bench-codecs");
const windows = 4000;
const callsInWindow = 400;

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(calls: number) => number} loop
 * @property {number} best ns a call
 */

/**
 * Writes a module with a loop for each contender: V8 keeps what it learns of a call with the loop around it.
 * @returns {Promise<string>} its path
 */
async function writeContenders() {
  const loops = cases.flatMap(({ name, hand, generated }) =>
    [
      { name: `${name}: hand`, code: hand },
      { name: `${name}: generated`, code: generated },
    ].map(
      (one) =>
        `  { name: ${JSON.stringify(one.name)}, best: Infinity, loop(calls) { let sum = 0; for (let i = 0; i < calls; i++) { const at = (i * 16) & 0xff0; ${one.code}; } return sum; } },`,
    ),
  );
  const path = join(folder, "contenders.mjs");
  await writeFile(
    path,
    `import { blk, net } from "./source/index.ts";\n${setUp}\nconst last = {};\nexport const contenders = [\n${loops.join("\n")}\n];\n`,
  );
  return path;
}

/**
 * Bundles the contenders with the generated modules and the runtime.
 * @param {string} contenders
 * @param {boolean} together in one file, or in a file for each module
 * @returns {Promise<readonly Contender[]>}
 */
async function bundled(contenders, together) {
  const dir = join(folder, together ? "bundle" : "modules");
  const build = await rolldown({
    cwd: root,
    input: contenders,
    platform: "node",
    resolve: { alias: { "virtgen/runtime": join(root, "src/runtime/index.ts") } },
  });
  const { output } = await build.write({
    dir,
    format: "esm",
    preserveModules: !together,
    entryFileNames: "[name].mjs",
  });
  await build.close();
  const entry = output.find((file) => file.type === "chunk" && file.exports.includes("contenders"));
  if (entry === undefined) throw new Error("the bundle has no entry");
  const loaded = /** @type {{ contenders: readonly Contender[] }} */ (
    await import(pathToFileURL(join(dir, entry.fileName)).href)
  );
  return loaded.contenders;
}

/** @param {readonly Contender[]} contenders */
function measure(contenders) {
  for (let window = 0; window < windows; window++) {
    for (const contender of contenders) {
      const start = process.hrtime.bigint();
      contender.loop(callsInWindow);
      const spent = Number(process.hrtime.bigint() - start) / callsInWindow;
      if (spent < contender.best) contender.best = spent;
    }
  }
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const { status, stderr } = spawnSync(
  process.execPath,
  [join(root, "dist/bin/virtgen.js"), "build", "--target", "typescript", "--out", join(folder, "source")],
  { cwd: root, encoding: "utf8" },
);
if (status !== 0) throw new Error(`virtgen build failed: ${stderr}`);

const path = await writeContenders();
console.log("ns a call                                  hand   generated   ratio");
for (const together of [true, false]) {
  console.log(together ? "one bundle" : "separate modules");
  const contenders = await bundled(path, together);
  measure(contenders);
  for (const { name } of cases) {
    const [hand = Number.NaN, generated = Number.NaN] = ["hand", "generated"].map(
      (kind) => contenders.find((one) => one.name === `${name}: ${kind}`)?.best,
    );
    console.log(
      `  ${name.padEnd(36)} ${hand.toFixed(2).padStart(8)} ${generated.toFixed(2).padStart(11)} ${(generated / hand).toFixed(2).padStart(7)}`,
    );
  }
}
