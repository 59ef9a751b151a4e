// How the time of `check` grows with its input: parts of specs/, all of it, and all of it with copies of every device,
// everything checked anew each time. The cost of a line must not grow with the number of lines.
//
//   npm run bench:growth [-- --rounds N]

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const virtgen = join(root, "dist", "bin", "virtgen.js");
const flag = process.argv.indexOf("--rounds");
const rounds = flag < 0 ? 7 : Number(process.argv[flag + 1]);
const devices = readdirSync(join(root, "specs", "device"));

/**
 * The description of another device, which is the same but for its names.
 * @param {string} text
 * @param {number} copy
 */
function renamed(text, copy) {
  return text
    .replace(/^device (\w+) = (\d+)/m, (_, name, id) => `device ${name}_${copy} = ${Number(id) + 100 * copy}`)
    .replace(/\blinux\b/g, `linux${copy}`)
    .replace(/\b(virtio|VIRTIO)_/g, `$1${copy}_`);
}

/**
 * @typedef {object} Size
 * @property {string} name
 * @property {string} folder
 * @property {number} lines
 * @property {number} best seconds
 */

const work = mkdtempSync(join(tmpdir(), "virtgen-growth-"));

/**
 * Everything but devices, and of these so many: whole sets, then the first of one more.
 * @param {string} name
 * @param {number} sets
 * @returns {Size}
 */
function size(name, sets) {
  const folder = join(work, `x${sets}`);
  mkdirSync(join(folder, "device"), { recursive: true });
  for (const part of ["core", "transport"]) cpSync(join(root, "specs", part), join(folder, part), { recursive: true });
  for (let copy = 0; copy < sets; copy++) {
    for (const file of devices.slice(0, Math.ceil(devices.length * Math.min(1, sets - copy)))) {
      const text = readFileSync(join(root, "specs", "device", file), "utf8");
      const copied = `${basename(file, ".virtio")}_${copy}.virtio`;
      writeFileSync(join(folder, "device", copy === 0 ? file : copied), copy === 0 ? text : renamed(text, copy));
    }
  }
  const lines = ["core", "transport", "device"].reduce((sum, part) => sum + linesIn(join(folder, part)), 0);
  return { name, folder, lines, best: Infinity };
}

/** @param {string} folder */
function linesIn(folder) {
  return readdirSync(folder).reduce(
    (sum, file) => sum + readFileSync(join(folder, file), "utf8").split("\n").length - 1,
    0,
  );
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {number} seconds
 */
function time(args, cwd) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...process.env, VIRTGEN_NO_CACHE: "1" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

try {
  const sizes = [
    size("a quarter of the devices", 0.25),
    size("half of them", 0.5),
    size("specs/", 1),
    size("twice", 2),
    size("four times", 4),
    size("eight times", 8),
  ];
  let nothing = Infinity;
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`growth: round ${round + 1} of ${rounds}\n`);
    nothing = Math.min(nothing, time(["-e", "0"], root));
    for (const one of sizes) one.best = Math.min(one.best, time([virtgen, "check", one.folder], one.folder));
  }
  console.log("| `virtgen check` of | lines | s | µs a line, start of node left out |");
  console.log("|---|---|---|---|");
  for (const { name, lines, best } of sizes) {
    console.log(`| ${name} | ${lines} | ${best.toFixed(2)} | ${(((best - nothing) / lines) * 1e6).toFixed(1)} |`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
