import { compile } from '../compile.ts';
import { count, formatOf, printDiagnostics } from './report.ts';
import { readSources } from './sources.ts';

export interface CheckOptions {
  readonly format: string;
}

/** `virtgen check`: reads descriptions and reports what is wrong with them, in every revision at once. */
export function check(files: readonly string[], options: CheckOptions): number {
  const format = formatOf(options.format);
  const { asked, library } = readSources(files);
  const all = [...library, ...asked];
  const { diagnostics } = compile(all);
  printDiagnostics(diagnostics, all, format);
  const failed = diagnostics.some((one) => one.severity === 'error');
  if (!failed && format === 'text') {
    const lines = asked.reduce((sum, source) => sum + source.text.split('\n').length - 1, 0);
    process.stdout.write(`${count(asked.length, 'description')} with ${count(lines, 'line')}: ${diagnostics.length === 0 ? 'no findings' : count(diagnostics.length, 'warning')}\n`);
  }
  return failed ? 1 : 0;
}
