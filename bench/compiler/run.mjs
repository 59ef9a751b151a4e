// virtgen beside other compilers in one run: cold processes, in turn, so that a machine that slows down slows all of them.
//
//   npm run bench:compiler [-- --rounds N]

import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { cache, ksy, proto, providePeers } from "./peers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const virtgen = join(root, "dist", "bin", "virtgen.js");
const flag = process.argv.indexOf("--rounds");
const rounds = flag < 0 ? 7 : Number(process.argv[flag + 1]);

providePeers();
const work = mkdtempSync(join(tmpdir(), "virtgen-bench-"));
writeFileSync(join(work, "bench.proto"), proto());
writeFileSync(join(work, "bench.ksy"), ksy());
/** A project of somebody's, as `npm ci` leaves it. */
const fresh = join(work, "fresh");
mkdirSync(fresh);

/** Makes virtgen forget what it remembers of it. */
function forget() {
  rmSync(join(fresh, "node_modules"), { recursive: true, force: true });
  mkdirSync(join(fresh, "node_modules"));
}

/** One that is worked on. Its descriptions have paths of their own, so that no tree of them comes with virtgen. */
const known = join(work, "known");
mkdirSync(join(known, "node_modules"), { recursive: true });
cpSync(join(root, "specs"), join(known, "described"), { recursive: true });
const edited = join(known, "described", "device", "blk.virtio");

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(out: string) => string[]} command
 * @property {number} input lines
 * @property {string} [project] the folder that it runs in, where it may use what virtgen has recorded and remembered
 * @property {() => void} [before] what is done before each round, and not measured
 * @property {string} [folder] where it writes, when not in a new folder each time
 */

const specs = lines(join(root, "specs"));
/** @type {Contender[]} */
const contenders = [
  { name: "node -e 0", command: () => ["node", "-e", "0"], input: 0 },
  {
    name: "virtgen check, first after npm ci",
    command: () => ["node", virtgen, "check"],
    input: specs,
    project: fresh,
    before: forget,
  },
  {
    name: "virtgen check, nothing changed",
    command: () => ["node", virtgen, "check"],
    input: specs,
    project: known,
  },
  {
    name: "virtgen check of own files, one edited",
    command: () => ["node", virtgen, "check", "described"],
    input: specs,
    project: known,
    before: () => appendFileSync(edited, "// edited\n"),
  },
  {
    name: "virtgen check, with VIRTGEN_NO_CACHE=1",
    command: () => ["node", virtgen, "check"],
    input: specs,
  },
  {
    name: "virtgen build, nothing changed",
    command: (out) => ["node", virtgen, "build", "--out", out],
    input: specs,
    project: known,
    folder: join(known, "generated"),
  },
  {
    name: "virtgen build, first after npm ci, prettier included",
    command: (out) => ["node", virtgen, "build", "--out", out],
    input: specs,
    project: fresh,
    before: forget,
  },
  {
    name: "virtgen build, prettier included, with VIRTGEN_NO_CACHE=1",
    command: (out) => ["node", virtgen, "build", "--out", out],
    input: specs,
  },
  {
    name: "protoc-gen-es",
    command: (out) => [
      "protoc",
      `--plugin=${join(cache, "node_modules/.bin/protoc-gen-es")}`,
      `--es_out=${out}`,
      "--es_opt=target=ts",
      `--proto_path=${work}`,
      "bench.proto",
    ],
    input: lines(join(work, "bench.proto")),
  },
  {
    name: "kaitai-struct-compiler",
    command: (out) => ["node", join(root, "bench/compiler/kaitai.mjs"), join(work, "bench.ksy"), out],
    input: lines(join(work, "bench.ksy")),
  },
];

/** @type {Map<string, { walls: number[], memory: number, output: number }>} */
const results = new Map(contenders.map(({ name }) => [name, { walls: [], memory: 0, output: 0 }]));
for (let round = 0; round <= rounds; round++) {
  for (const contender of contenders) {
    const out = contender.folder ?? mkdtempSync(join(work, "out-"));
    contender.before?.();
    const { VIRTGEN_NO_CACHE: _, ...env } = process.env;
    const started = performance.now();
    const timed = spawnSync("/usr/bin/time", ["-f", "%M", ...contender.command(out)], {
      cwd: contender.project ?? work,
      encoding: "utf8",
      env: contender.project === undefined ? { ...env, VIRTGEN_NO_CACHE: "1" } : env,
    });
    const wall = (performance.now() - started) / 1000;
    if (timed.status !== 0) throw new Error(`${contender.name} failed:\n${timed.stdout}${timed.stderr}`);
    const memory = Number(timed.stderr.trim().split("\n").at(-1));
    const result = results.get(contender.name);
    // The first round warms the file cache and does not count.
    if (result !== undefined && round > 0) {
      result.walls.push(wall);
      result.memory = Math.max(result.memory, memory);
      result.output = lines(out);
    }
    if (contender.folder === undefined) rmSync(out, { recursive: true });
  }
}
rmSync(work, { recursive: true });

const bare = best("node -e 0");
console.log(`\nminimum and median of ${rounds} rounds, all contenders in turn\n`);
console.log("| | wall s (median) | times node -e 0 | input lines/s | output lines/s | peak MB |");
console.log("|---|---|---|---|---|---|");
for (const { name, input, folder } of contenders) {
  const result = results.get(name);
  if (result === undefined) continue;
  const wall = best(name);
  const median = result.walls.toSorted((a, b) => a - b)[Math.floor(result.walls.length / 2)] ?? 0;
  const rate = (/** @type {number} */ count) => (count === 0 ? "" : Math.round(count / wall).toLocaleString("en-US"));
  console.log(
    `| ${name} | ${wall.toFixed(3)} (${median.toFixed(3)}) | ${(wall / bare).toFixed(1)} | ${rate(input)} | ${folder === undefined ? rate(result.output) : ""} | ${Math.round(result.memory / 1024)} |`,
  );
}

/**
 * @param {string} name
 * @returns {number} the shortest wall time in seconds
 */
function best(name) {
  return Math.min(...(results.get(name)?.walls ?? []));
}

/**
 * @param {string} path a file or a folder
 * @returns {number} the lines in it and below
 */
function lines(path) {
  if (statSync(path).isDirectory()) return readdirSync(path).reduce((sum, name) => sum + lines(join(path, name)), 0);
  return readFileSync(path, "utf8").split("\n").length - 1;
}
