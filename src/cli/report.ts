import type { SourceText } from '../compile.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { draw, linesOf, plain, type Palette } from '../diagnostic/draw.ts';
import { CallError } from './call-error.ts';

export type Format = 'text' | 'json';

export function formatOf(text: string): Format {
  if (text === 'text' || text === 'json') return text;
  throw new CallError('V9008', `there is no format '${text}'`, "possible are 'text' and 'json'");
}

/** Colour only where a person looks, as NO_COLOR and FORCE_COLOR say. */
export function palette(stream: NodeJS.WriteStream): Palette {
  const { NO_COLOR: never, FORCE_COLOR: always } = process.env;
  const coloured = always !== undefined && always !== '0' ? true : stream.isTTY && (never === undefined || never === '') && process.env['TERM'] !== 'dumb';
  if (!coloured) return plain;
  const paint = (code: string) => (text: string) => `\u001B[${code}m${text}\u001B[0m`;
  return { error: paint('1;31'), warning: paint('1;33'), frame: paint('36'), bold: paint('1') };
}

/** More than this in one run helps nobody; what is left out is counted. */
const most = 50;

/** Prints what was found: frames to standard error, or all of it as JSON to standard output. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], sources: readonly SourceText[], format: Format): void {
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify({ diagnostics }, undefined, 2)}\n`);
    return;
  }
  if (diagnostics.length === 0) return;
  const colours = palette(process.stderr);
  const lineOf = linesOf(sources);
  const drawn = diagnostics.slice(0, most).map((one) => draw(one, lineOf, colours));
  if (diagnostics.length > most) drawn.push(`and ${diagnostics.length - most} more`);
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const counts = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter((part) => part !== '');
  const first = diagnostics[0]?.code ?? '';
  process.stderr.write(`${drawn.join('\n\n')}\n\n${counts.join(', ')}; 'virtgen explain ${first}' says more\n`);
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
