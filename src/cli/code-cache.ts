import { readFileSync } from "node:fs";
import { createRequire, wrap } from "node:module";
import { basename, dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { constants, Script } from "node:vm";
import { readRecord, recordPath, writeRecord } from "./record-file.ts";

/** V8's own value, in Node 20. */
const usualBudget = 67_584;
/** In bytes of bytecode that a function runs through before V8 thinks of optimizing it. */
export const largeBudget = 2_000_000;

/**
 * Delays V8's optimizing compiler until a function has run much longer than usual. Most runs end before optimized code
 * would pay, and it compiled for half of a build's time. Long runs still get it. V8 takes a record only where this is as
 * it was when the record was made.
 */
export function optimizeLater(): void {
  setBudget(largeBudget);
}

/** Undoes {@link optimizeLater}, so that V8 takes what Node itself has recorded of its modules. */
export function optimizeAsUsual(): void {
  setBudget(usualBudget);
}

function setBudget(bytes: number): void {
  // Other versions may not know the flag, and would say so on standard error.
  if (process.versions.node.startsWith("20.")) setFlagsFromString(`--interrupt-budget=${bytes}`);
}

interface Loaded {
  readonly holder: { exports: unknown };
  /** Records what V8 has compiled of the script by now. */
  record(): void;
}

const loaded = new Map<string, Loaded>();

/**
 * Runs a CommonJS file, and those beside it that it requires, each once. It starts with what V8 made of its text in an
 * earlier process: reading and compiling is a third of a short run. The build of virtgen records that; a run only reads
 * it. A record that is missing, damaged, of another text or of another V8 is left alone, and the text is compiled as
 * always.
 * @param records the folder of the records
 * @returns what the file exports
 */
export function loadScript(file: string, records: string): unknown {
  const before = loaded.get(file);
  if (before !== undefined) return before.holder.exports;
  const source = readFileSync(file);
  const path = recordPath(records, basename(file));
  const cachedData = readRecord(path, source);
  const script = new Script(wrap(source.toString("utf8")), {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const holder: { exports: unknown } = { exports: {} };
  loaded.set(file, { holder, record: () => writeRecord(path, source, script.createCachedData()) });
  const outside = createRequire(file);
  const inside = (name: string): unknown =>
    name.startsWith(".") ? loadScript(join(dirname(file), name), records) : outside(name);
  const run = script.runInThisContext() as (...values: readonly unknown[]) => void;
  run.call(holder.exports, holder.exports, inside, holder, file, dirname(file));
  return holder.exports;
}

/** Records every script that this process has loaded. */
export function recordScripts(): void {
  for (const one of loaded.values()) one.record();
}
