import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Ir, Revision } from '../ir/model.ts';
import type { GeneratedFile } from '../target/target.ts';
import { CallError } from './call-error.ts';
import { askedOnly, compileAsked, revisionOf } from './ir.ts';
import { planOutputs, type Output } from './outputs.ts';
import { packageFolder } from './package-folder.ts';
import { Progress } from './progress.ts';
import { count } from './report.ts';
import { readSources, type Sources } from './sources.ts';
import { compareFolder, hashOf, isIntact, readManifest, writeFolder, type Difference, type Manifest, type ManifestEntry } from './write-files.ts';

export interface BuildOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly revision: string;
  readonly out?: string;
  readonly templates?: string;
  readonly check?: boolean;
  readonly depfile?: string;
  readonly listOutputs?: boolean;
}

interface Written {
  readonly output: Output;
  readonly files: number;
  readonly lines: number;
  readonly difference: Difference;
}

/** `virtgen build`: generates everything that the call asks for, and writes what differs. */
export async function build(files: readonly string[], options: BuildOptions): Promise<number> {
  const started = performance.now();
  if (options.check === true && options.listOutputs === true) throw new CallError('V9008', '--check and --list-outputs contradict each other', 'leave one of them out');
  const revision = revisionOf(options.revision);
  const sources = readSources(files);
  const outputs = planOutputs(options);
  const itself = generatorHash();
  const progress = new Progress(process.stderr);
  const inputs = outputs.map((output) => inputHash(output, sources, revision, itself));
  const manifests = outputs.map((output) => readManifest(output.folder));
  const current = outputs.every((output, index) => {
    const manifest = manifests[index];
    return manifest !== undefined && manifest.input === inputs[index] && isIntact(output.folder, manifest);
  });
  if (current && options.listOutputs !== true && options.depfile === undefined) {
    const number = manifests.reduce((sum, manifest) => sum + Object.keys(manifest.files).length, 0);
    process.stdout.write(`${count(number, 'file')} up to date in ${seconds(started)}\n`);
    return 0;
  }
  progress.show('checking descriptions');
  const compiled = compileAsked(sources);
  if (compiled === undefined) {
    progress.clear();
    return 1;
  }
  const ir = compiled.ir;
  const written: Written[] = [];
  const prepared: { output: Output; files: readonly GeneratedFile[]; manifest: Manifest; next: Manifest }[] = [];
  for (const [index, output] of outputs.entries()) {
    progress.show(`generating ${output.label}`);
    const manifest = manifests[index] ?? { input: '', files: {} };
    const raw = output.generate(ir, compiled.asked, revision);
    const { finished, entries } = await finish(output, raw, manifest);
    prepared.push({ output, files: finished, manifest, next: { input: inputs[index] ?? '', files: entries } });
  }
  for (const { output, files: generated, manifest, next } of prepared) {
    const difference = compareFolder(output.folder, generated, manifest);
    if (options.check !== true && options.listOutputs !== true) {
      progress.show(`writing ${output.folder}`);
      writeFolder(output.folder, difference, manifest, next);
    }
    written.push({ output, files: generated.length, lines: generated.reduce((sum, file) => sum + file.text.split('\n').length - 1, 0), difference });
  }
  progress.clear();
  if (options.depfile !== undefined) await writeDepfile(options.depfile, sources, prepared.map((one) => one.output));
  if (options.listOutputs === true) {
    for (const { output, files: generated } of prepared) for (const file of generated) process.stdout.write(`${join(output.folder, file.path)}\n`);
    return 0;
  }
  if (options.check === true) return reportStale(written);
  summarize(written, askedOnly(ir, compiled.asked), started);
  return 0;
}

/** The hash of everything that an output is made from. */
function inputHash(output: Output, sources: Sources, revision: Revision, itself: string): string {
  const texts = [...sources.library, ...sources.asked].flatMap((source) => [source.path, source.text]);
  const asked = sources.asked.map((source) => source.path).join('\n');
  const templates = [...output.templates].flat();
  return hashOf(itself, output.key, revision, asked, ...texts, ...templates);
}

/** virtgen's own code is an input, too: a new version writes its files anew. */
function generatorHash(): string {
  const dist = join(packageFolder(), 'dist');
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js')).toSorted();
  return hashOf(...names.flatMap((name) => [name, readFileSync(join(dist, name))]));
}

/** Formats what prettier knows; a file whose text before formatting is the same as last time keeps its formatted text. */
async function finish(output: Output, raw: readonly GeneratedFile[], manifest: Manifest): Promise<{ finished: readonly GeneratedFile[]; entries: Record<string, ManifestEntry> }> {
  const entries: Record<string, ManifestEntry> = {};
  const finished: GeneratedFile[] = [];
  for (const file of raw) {
    const parser = output.prettier;
    if (parser === undefined) {
      entries[file.path] = { hash: hashOf(file.text) };
      finished.push(file);
      continue;
    }
    const rawHash = hashOf(file.text);
    const known = manifest.files[file.path];
    const kept = known?.raw === rawHash ? readKept(join(output.folder, file.path), known.hash) : undefined;
    const text = kept ?? (await formatWith(parser, file));
    entries[file.path] = { hash: hashOf(text), raw: rawHash };
    finished.push({ path: file.path, text });
  }
  return { finished, entries };
}

function readKept(path: string, hash: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return hashOf(text) === hash ? text : undefined;
  } catch {
    return undefined;
  }
}

async function formatWith(parser: NonNullable<Output['prettier']>, file: GeneratedFile): Promise<string> {
  // Prettier is the slowest thing to load, so it is loaded only when something is to be formatted.
  const { format } = await import('prettier');
  return await format(file.text, { parser, printWidth: 120, singleQuote: true, filepath: file.path });
}

/** Make's syntax, which Ninja and Bazel read as well: outputs: inputs. */
async function writeDepfile(path: string, sources: Sources, outputs: readonly Output[]): Promise<void> {
  const { replaceFile } = await import('./write-files.ts');
  const escape = (name: string): string => name.replaceAll(/([ #\\])/g, '\\$1').replaceAll('$', '$$$$');
  const inputs = [...sources.library, ...sources.asked].map((source) => source.path).filter((name) => name !== '<stdin>');
  const stamps = outputs.map((output) => escape(join(output.folder, '.virtgen.json')));
  replaceFile(resolve(path), `${stamps.join(' ')}: \\\n${inputs.map((name) => `  ${escape(name)}`).join(' \\\n')}\n`);
}

async function patch(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  return createTwoFilesPatch(path, path, before, after, 'on disk', 'generated');
}

async function reportStale(written: readonly Written[]): Promise<number> {
  const lines: string[] = [];
  for (const { output, difference } of written) {
    for (const file of difference.stale) lines.push(`stale: ${join(output.folder, file.path)}`, await patch(join(output.folder, file.path), file.before, file.after));
    for (const file of difference.missing) lines.push(`missing: ${join(output.folder, file.path)}`);
    for (const path of difference.extra) lines.push(`extra: ${join(output.folder, path)}`);
  }
  if (lines.length === 0) {
    process.stdout.write(`${count(written.reduce((sum, one) => sum + one.files, 0), 'file')} up to date\n`);
    return 0;
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stderr.write("generated files are not up to date: run the same 'virtgen build' without --check\n");
  return 1;
}

function summarize(written: readonly Written[], ir: Ir, started: number): void {
  const rows = written.map((one) => {
    const changed = one.difference.stale.length + one.difference.missing.length;
    const removed = one.difference.extra.length;
    return [one.output.label, one.output.folder, count(one.files, 'file'), `${one.lines.toLocaleString('en-US')} lines`, changed === 0 && removed === 0 ? 'unchanged' : `${changed} written${removed > 0 ? `, ${removed} removed` : ''}`];
  });
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)), []);
  const devices = ir.modules.filter((module) => module.kind === 'device').length;
  const others = ir.modules.length - devices;
  const files = written.reduce((sum, one) => sum + one.files, 0);
  const lines = written.reduce((sum, one) => sum + one.lines, 0);
  const table = rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd());
  const what = others === 0 ? count(devices, 'device') : `${count(devices, 'device')} and ${others} other ${others === 1 ? 'part' : 'parts'} of the standard`;
  process.stdout.write(`${table.join('\n')}\n${what}: ${count(files, 'file')}, ${lines.toLocaleString('en-US')} lines in ${seconds(started)}\n`);
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(2)} s`;
}
