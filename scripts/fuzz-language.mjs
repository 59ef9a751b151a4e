// Random slips in the descriptions of the standard: tokens lost, doubled and swapped, lines moved, noise, files cut off.
// The compiler has to answer each in time, without a crash, and point at places inside of the file.
//
//   npm run fuzz:language [-- --count N] [--seed S] [--show]
//
// Each run has a seed of its own, which is printed when it fails: `--seed S --count 1` runs it again, `--show` prints the
// description.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** @type {(name: string, otherwise: number) => number} */
function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

const count = option("count", 100_000);
const first = option("seed", 0);
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "virtgen-fuzz-language-"));

try {
  const bundle = await rolldown({ input: join(root, "test/check/fuzz.ts"), platform: "node" });
  await bundle.write({ file: join(folder, "fuzz.mjs"), format: "esm" });
  await bundle.close();
  /** @type {unknown} */
  const module = await import(join(folder, "fuzz.mjs"));
  const { brokenDescription, descriptions, judge } = /** @type {typeof import("../test/check/fuzz.ts")} */ (module);

  const sources = descriptions(root);
  const library = sources.filter((source) => /core\/(config|ids)\.virtio$/.test(source.path));
  const started = Date.now();
  let failed = 0;
  const states = { unreadable: 0, wrong: 0, clean: 0 };
  let slowest = { seed: first, milliseconds: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const { source, slips } = brokenDescription(sources, seed);
    if (process.argv.includes("--show")) console.log(source.text);
    const verdict = judge(library, source);
    states[verdict.state]++;
    if (verdict.milliseconds > slowest.milliseconds) slowest = { seed, milliseconds: verdict.milliseconds };
    if (verdict.complaint === undefined) continue;
    failed++;
    console.error(
      `npm run fuzz:language -- --seed ${seed} --count 1 (${source.path}: ${slips.join(", ")})\n${verdict.complaint}\n`,
    );
    if (failed >= 20) break;
  }
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `${count} broken descriptions from seed ${first} on in ${seconds.toFixed(0)} s: ${failed} not answered as they should`,
  );
  console.log(
    `unreadable ${states.unreadable}, wrong ${states.wrong}, without errors ${states.clean}; the slowest, seed ${slowest.seed}, took ${slowest.milliseconds.toFixed(0)} ms`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
