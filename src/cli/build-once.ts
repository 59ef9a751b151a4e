import { utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { existsAt } from "../ir/availability.ts";
import type { Module, Revision } from "../ir/model.ts";
import { apply, compare, type Difference } from "./compare-outputs.ts";
import { CallError } from "./call-error.ts";
import { depfileText } from "./depfile.ts";
import { Formatter } from "./formatter.ts";
import { finish, type Finished } from "./finish-files.ts";
import { callOf, isPlain, templatesOf, type BuildOptions } from "./build.ts";
import { compileAsked, revisionOf } from "./ir.ts";
import { remember } from "./last-run.ts";
import { manifestName, readManifest } from "./manifest.ts";
import { planOutputs, type Output } from "./outputs.ts";
import { Progress } from "./progress.ts";
import { readIfThere, replaceFiles } from "./replace-files.ts";
import { count, grouped } from "./report.ts";
import { readSources, type Sources } from "./sources.ts";
import { staleReport } from "./stale-report.ts";

/** Everything that a call makes, in memory. */
interface Made {
  readonly sources: Sources;
  readonly outputs: readonly { readonly output: Output; readonly difference: Difference }[];
  /** Those asked for that exist in the revision. */
  readonly modules: readonly Module[];
}

/** One run of `virtgen build`, without `--watch`. */
export async function buildOnce(names: readonly string[], options: BuildOptions): Promise<number> {
  const started = performance.now();
  const progress = new Progress(process.stderr);
  try {
    const made = await make(names, options, progress);
    progress.clear();
    if (made === undefined) return 1;
    if (made.modules.length === 0)
      process.stderr.write(
        `warning: nothing of ${made.sources.asked.map((source) => `'${source.file}'`).join(", ")} exists in revision ${options.revision}\n`,
      );
    const differences = made.outputs.map((one) => one.difference);
    if (options.listOutputs === true) {
      process.stdout.write(
        outputPaths(differences)
          .map((path) => `${path}\n`)
          .join(""),
      );
      return 0;
    }
    if (options.check === true) return reportStale(differences);
    if (options.depfile !== undefined) refuseOwnOutput(options.depfile, differences);
    apply(differences);
    if (isPlain(names, options)) {
      const again = summary(
        { ...made, outputs: made.outputs.map((one) => ({ ...one, difference: settled(one.difference) })) },
        options.revision,
      );
      remember(
        callOf(names, options),
        made.sources,
        outputPaths(differences),
        `${again}, nothing to do\n`,
        templatesOf(options),
      );
    }
    if (options.depfile !== undefined) writeDepfile(options.depfile, made, differences);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    process.stdout.write(`${summary(made, options.revision)} in ${seconds} s\n`);
    return 0;
  } finally {
    progress.clear();
  }
}

async function make(names: readonly string[], options: BuildOptions, progress: Progress): Promise<Made | undefined> {
  const revision = revisionOf(options.revision);
  const sources = await readSources(names);
  const outputs = planOutputs(options, revision, sources.names);
  // The threads load prettier while this one checks the descriptions.
  const formats = options.listOutputs !== true && outputs.some((output) => output.prettier !== undefined);
  const formatter = formats ? new Formatter() : undefined;
  try {
    return await makeWith(formatter, sources, outputs, revision, options, progress);
  } finally {
    await formatter?.close();
  }
}

async function makeWith(
  formatter: Formatter | undefined,
  sources: Sources,
  outputs: readonly Output[],
  revision: Revision,
  options: BuildOptions,
  progress: Progress,
): Promise<Made | undefined> {
  progress.show("checking descriptions");
  const compiled = await compileAsked(sources, () => progress.clear());
  if (compiled === undefined) return undefined;
  const { ir, asked } = compiled;
  // What prettier formats comes first: its threads work while the rest is generated.
  const finishing = new Map<Output, Promise<Finished>>();
  for (const output of outputs.toSorted(
    (a, b) => Number(b.prettier !== undefined) - Number(a.prettier !== undefined),
  )) {
    progress.show(`generating ${output.label}`);
    const raw = output.generate(ir, asked, revision);
    // `--check` takes nobody's word for what the formatter would say.
    const known = options.check === true ? {} : (readManifest(output.folder).outputs[output.key] ?? {});
    finishing.set(
      output,
      finish(raw, options.listOutputs === true ? undefined : output.prettier, output.folder, known, formatter),
    );
  }
  const made: { output: Output; difference: Difference }[] = [];
  for (const [output, promise] of outputs.map((one) => [one, finishing.get(one)] as const)) {
    if (promise === undefined) continue;
    const { files, entries } = await promise;
    const wanted = { folder: output.folder, key: output.key, files, entries };
    made.push({
      output,
      difference:
        options.listOutputs === true ? { wanted, stale: [], missing: [], extra: [], foreign: [] } : compare(wanted),
    });
  }
  return {
    sources,
    outputs: made,
    modules: ir.modules.filter((module) => asked.has(module.file) && existsAt(module, revision)),
  };
}

/** Every file that a call writes, the manifests among them. */
function outputPaths(differences: readonly Difference[]): readonly string[] {
  return differences.flatMap(({ wanted }) =>
    wanted.files.length === 0
      ? []
      : [join(wanted.folder, manifestName), ...wanted.files.map((file) => join(wanted.folder, file.path))],
  );
}

/** @throws CallError when the list of what outputs depend on would be written over one of them */
function refuseOwnOutput(depfile: string, differences: readonly Difference[]): void {
  const path = resolve(depfile);
  if (outputPaths(differences).some((output) => resolve(output) === path))
    throw new CallError(
      "V9008",
      `--depfile names '${depfile}', which is one of the outputs`,
      "name a file for it that virtgen does not generate",
    );
}

function writeDepfile(path: string, made: Made, differences: readonly Difference[]): void {
  const descriptions = [...made.sources.asked, ...made.sources.library]
    .map((source) => source.file)
    .filter((file) => file !== "<stdin>");
  const templates = made.outputs.flatMap(({ output }) => [...output.templates.files.values()]);
  const text = depfileText(outputPaths(differences), [...descriptions, ...new Set(templates)]);
  if (readIfThere(path) !== text) replaceFiles([{ path, text }]);
  // A build tool that ran us takes a manifest for up to date only if it is newer than what changed.
  const now = new Date();
  for (const { wanted } of differences)
    if (wanted.files.length > 0) utimesSync(join(wanted.folder, manifestName), now, now);
}

function reportStale(differences: readonly Difference[]): number {
  const report = staleReport(differences);
  if (report === "") {
    process.stdout.write(
      `${count(
        differences.reduce((sum, one) => sum + one.wanted.files.length, 0),
        "file",
      )} up to date\n`,
    );
    return 0;
  }
  process.stdout.write(report);
  process.stderr.write("generated files are not up to date: run the same 'virtgen build' without --check\n");
  return 1;
}

/** A difference that has been applied. */
function settled(difference: Difference): Difference {
  return { ...difference, stale: [], missing: [], extra: [], foreign: [] };
}

/** What was made, as a table, and in all. */
function summary(made: Made, revision: string): string {
  const rows = made.outputs.map(({ output, difference }) => {
    const changed = difference.stale.length + difference.missing.length;
    const removed = difference.extra.length;
    const did =
      changed === 0 && removed === 0 ? "unchanged" : `${changed} written${removed > 0 ? `, ${removed} removed` : ""}`;
    return [
      output.label,
      output.folder,
      count(difference.wanted.files.length, "file"),
      `${grouped(linesIn([difference]))} lines`,
      did,
    ];
  });
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)),
    [],
  );
  const table = rows.map((row) =>
    `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd(),
  );
  const devices = made.modules.filter((module) => module.kind === "device").length;
  const others = made.modules.length - devices;
  const what =
    others === 0
      ? count(devices, "device")
      : `${count(devices, "device")} and ${others} other ${others === 1 ? "part" : "parts"} of the standard`;
  const differences = made.outputs.map((one) => one.difference);
  const files = differences.reduce((sum, one) => sum + one.wanted.files.length, 0);
  return `${table.join("\n")}\n${what} at revision ${revision}: ${count(files, "file")}, ${grouped(linesIn(differences))} lines`;
}

function linesIn(differences: readonly Difference[]): number {
  return differences.reduce(
    (sum, one) => sum + one.wanted.files.reduce((lines, file) => lines + file.text.split("\n").length - 1, 0),
    0,
  );
}
