import { structuredPatch, formatPatch } from 'diff';
import { format } from '../../grammar/format/format.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { count, printDiagnostics } from './report.ts';
import { readSources } from './sources.ts';
import { replaceFile } from './write-files.ts';

export interface FormatOptions {
  readonly check: boolean;
}

/** `virtgen fmt`: brings descriptions into the one layout; `-` is formatted to standard output. */
export function formatFiles(files: readonly string[], options: FormatOptions): number {
  const { asked } = readSources(files);
  const diagnostics: Diagnostic[] = [];
  const changed: { readonly path: string; readonly before: string; readonly after: string }[] = [];
  for (const source of asked) {
    const result = format(source.text, source.path);
    if ('diagnostics' in result) diagnostics.push(...result.diagnostics);
    else if (source.path === '<stdin>' && !options.check) process.stdout.write(result.text);
    else if (result.text !== source.text) changed.push({ path: source.path, before: source.text, after: result.text });
  }
  printDiagnostics(diagnostics, asked, 'text');
  for (const file of changed) {
    if (options.check) process.stdout.write(formatPatch(structuredPatch(file.path, file.path, file.before, file.after)));
    else replaceFile(file.path, file.after);
  }
  if (asked.every((source) => source.path !== '<stdin>')) {
    const what = options.check ? 'would change' : 'changed';
    process.stderr.write(`${count(asked.length, 'description')}, ${changed.length} ${what}\n`);
  }
  return diagnostics.length > 0 || (options.check && changed.length > 0) ? 1 : 0;
}

