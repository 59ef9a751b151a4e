import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import type { Plugin } from "prettier";
import type * as Standalone from "prettier/standalone";
import { loadScript, optimizeLater, recordScripts } from "./code-cache.ts";

/** A thread that formats one text after the other: prettier is the slowest step of a build. */
export interface FormatTask {
  readonly id: number;
  readonly text: string;
  readonly style: object;
}

export type FormatAnswer =
  { readonly id: number; readonly text: string } | { readonly id: number; readonly error: string };

// As in the process that made the records of prettier.
optimizeLater();

const fromHere = createRequire(import.meta.url);

function load(file: string): unknown {
  return loadScript(fromHere.resolve(file), join(import.meta.dirname, "code"));
}

const { format } = load("prettier/standalone") as Pick<typeof Standalone, "format">;
// Babel reads TypeScript in little more than half the time of TypeScript's own parser; what is printed is the same.
const plugins = [load("prettier/plugins/estree"), load("prettier/plugins/babel")] as Plugin[];

function formatted(text: string, style: object): Promise<string> {
  return format(text, { ...style, parser: "babel-ts", plugins });
}

parentPort?.on("message", (task: FormatTask) => {
  void formatted(task.text, task.style).then(
    (text) => parentPort?.postMessage({ id: task.id, text } satisfies FormatAnswer),
    (error: unknown) =>
      parentPort?.postMessage({
        id: task.id,
        error: error instanceof Error ? error.message : String(error),
      } satisfies FormatAnswer),
  );
});

/** As a program of its own, which only virtgen's build calls: formats the named files to record prettier's code. */
async function recordCode(files: readonly string[]): Promise<void> {
  for (const file of files) await formatted(readFileSync(file, "utf8"), {});
  recordScripts();
}

if (parentPort === null) void recordCode(process.argv.slice(2));
