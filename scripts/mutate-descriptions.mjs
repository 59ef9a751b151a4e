// How many slips would be found: small changes of the real descriptions that mean something else, one at a time.
//
//   npm run mutate [-- FILE…] [--count N] [--seed S] [--survivors FILE] [--all]
//
// Of each description N mutants (200) are compiled. First figure: how many the checks report. Second: how many of the
// others Linux' headers would show. What the descriptions say of them holds, which test/peer/linux-headers.test.ts
// proves by a compiler; so a mutant that says otherwise of a name that Linux has is found there. Third: how many of the
// rest the standard's text shows, whose facts test/standard holds against the descriptions. --survivors writes what is
// left, a line each.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** @type {(name: string) => string | undefined} */
function option(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

const count = process.argv.includes("--all") ? Infinity : Number(option("count") ?? 200);
const seed = Number(option("seed") ?? 1);
const survivorsFile = option("survivors");
const asked = process.argv.slice(2).filter((word) => word.endsWith(".virtio"));
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "virtgen-mutate-"));

/** @type {(input: string, name: string) => Promise<unknown>} */
async function load(input, name) {
  const bundle = await rolldown({ input: join(root, input), platform: "node" });
  await bundle.write({ file: join(folder, name), format: "esm" });
  await bundle.close();
  return import(join(folder, name));
}

/** @type {(part: number, whole: number) => string} */
function share(part, whole) {
  return `${String(part).padStart(5)} of ${String(whole).padStart(5)}  ${whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`}`;
}

try {
  const { descriptions, seeded } = /** @type {typeof import("../test/check/fuzz.ts")} */ (
    await load("test/check/fuzz.ts", "fuzz.mjs")
  );
  const { meaningOf, mutantsOf, slipKinds } = /** @type {typeof import("../test/check/mutants.ts")} */ (
    await load("test/check/mutants.ts", "mutants.mjs")
  );
  const { compile, cut } = /** @type {typeof import("../src/index.ts")} */ (await load("src/index.ts", "index.mjs"));
  const { linuxFacts } = /** @type {typeof import("../test/peer/linux-facts.ts")} */ (
    await load("test/peer/linux-facts.ts", "linux-facts.mjs")
  );

  // The facts are read from beside the program.
  cpSync(join(root, "test/standard/facts"), join(folder, "facts"), { recursive: true });
  const { constantDifferences, listDifferences, mmioRegisters, moduleOf, numbersIn } =
    /** @type {typeof import("../test/standard/list-differences.ts")} */ (
      await load("test/standard/list-differences.ts", "list-differences.mjs")
    );
  const { layoutDifferences } = /** @type {typeof import("../test/standard/layout-differences.ts")} */ (
    await load("test/standard/layout-differences.ts", "layout-differences.mjs")
  );
  const { textRevisions } = /** @type {typeof import("../test/standard/reader/document.ts")} */ (
    await load("test/standard/reader/document.ts", "document.mjs")
  );

  const sources = descriptions(root);
  const original = compile(sources);
  if (original.ir === undefined) throw new Error("the descriptions themselves have errors: npx virtgen check");
  const meaning = meaningOf(original.ir);

  const ownOnly = /** @type {{ header: string, names: string[] }[]} */ (
    JSON.parse(readFileSync(join(root, "test/peer/not-in-linux.json"), "utf8"))
  );
  const notInLinux = new Set(ownOnly.flatMap(({ header, names }) => names.map((name) => `${header} ${name}`)));
  /** @type {(ir: import("../src/ir/model.ts").Ir) => Set<string>} */
  const factsOf = (ir) =>
    new Set(
      linuxFacts(cut(ir, "1.4"))
        .filter((fact) => !notInLinux.has(`${fact.header} ${fact.name}`))
        .map((fact) => `${fact.header} ${fact.name} ${fact.what} ${fact.expression}`),
    );
  const facts = factsOf(original.ir);
  /** @type {(ir: import("../src/ir/model.ts").Ir) => string} */
  const standardOf = (ir) =>
    JSON.stringify([
      mmioRegisters(cut(ir, "0.9.5"), true),
      ...textRevisions.map((revision) => {
        const now = cut(ir, revision);
        return [
          mmioRegisters(now, false),
          numbersIn(moduleOf(now, "ids"), "ID"),
          listDifferences(now, ir, revision),
          constantDifferences(now, revision),
          layoutDifferences(now, revision, () => {}),
        ];
      }),
    ]);
  const heldByStandard = standardOf(original.ir);

  /** @type {Map<string, Tally>} */
  const bySlip = new Map();
  /** @type {Map<string, Tally>} */
  const byFile = new Map();
  /** @type {Map<string, number>} */
  const byCode = new Map();
  /** @type {string[]} */
  const survivors = [];
  const random = seeded(seed);
  for (const source of sources) {
    if (asked.length > 0 && !asked.some((path) => source.path.endsWith(path) || path.endsWith(source.path))) continue;
    const all = mutantsOf(source.text);
    const chosen =
      count === Infinity
        ? all
        : all
            .map((mutant) => ({ mutant, rank: random() }))
            .toSorted((a, b) => a.rank - b.rank)
            .slice(0, count)
            .map((one) => one.mutant);
    for (const mutant of chosen) {
      const { ir, diagnostics } = compile(
        sources.map((one) => (one.path === source.path ? { path: one.path, text: mutant.text } : one)),
      );
      if (ir !== undefined && diagnostics.length === 0 && meaningOf(ir) === meaning) continue;
      const tallies = [tallyOf(bySlip, mutant.slip), tallyOf(byFile, source.path)];
      for (const tally of tallies) tally.mutants++;
      const [first] = diagnostics;
      if (first !== undefined) {
        for (const tally of tallies) tally.reported++;
        byCode.set(first.code, (byCode.get(first.code) ?? 0) + 1);
        continue;
      }
      const changed = ir === undefined ? facts : factsOf(ir);
      const shown = changed.size !== facts.size || [...changed].some((fact) => !facts.has(fact));
      if (shown) for (const tally of tallies) tally.linux++;
      else if (ir !== undefined && standardOf(ir) !== heldByStandard) for (const tally of tallies) tally.standard++;
      else
        survivors.push(
          `${source.path}:${mutant.line}:${mutant.column}\t${mutant.slip}\t${mutant.before.replaceAll(/\s+/g, " ")}\t${mutant.after.replaceAll(/\s+/g, " ")}`,
        );
    }
  }

  const total = { mutants: 0, reported: 0, linux: 0, standard: 0 };
  for (const tally of byFile.values())
    for (const key of /** @type {(keyof Tally)[]} */ (Object.keys(total))) total[key] += tally[key];
  console.log("slip".padEnd(28), "reported by the checks".padEnd(28), "by Linux' headers", "by the standard");
  for (const [key, tally] of [
    ...slipKinds.map((kind) => /** @type {const} */ ([kind, tallyOf(bySlip, kind)])),
    ...byFile,
  ]) {
    console.log(
      key.padEnd(28),
      share(tally.reported, tally.mutants).padEnd(28),
      String(tally.linux).padStart(17),
      String(tally.standard).padStart(15),
    );
  }
  console.log(
    "\nfirst code:",
    [...byCode]
      .toSorted(([, a], [, b]) => b - a)
      .map(([code, times]) => `${code} ${times}`)
      .join(", "),
  );
  console.log(`\nchecks alone: ${share(total.reported, total.mutants).trim()}`);
  console.log(`with Linux' headers: ${share(total.reported + total.linux, total.mutants).trim()}`);
  const all = total.reported + total.linux + total.standard;
  console.log(`with the standard's text: ${share(all, total.mutants).trim()}`);
  if (survivorsFile !== undefined) writeFileSync(survivorsFile, `${survivors.join("\n")}\n`);
} finally {
  await rm(folder, { recursive: true });
}

/** @typedef {{ mutants: number, reported: number, linux: number, standard: number }} Tally */

/**
 * @param {Map<string, Tally>} map
 * @param {string} key
 * @returns {Tally} the counts under the key, begun at zero
 */
function tallyOf(map, key) {
  const tally = map.get(key) ?? { mutants: 0, reported: 0, linux: 0, standard: 0 };
  map.set(key, tally);
  return tally;
}
