import { compile } from '../compile.ts';
import { isRevision } from '../ir/availability.ts';
import { cut } from '../ir/cut.ts';
import { revisions, type Ir, type Revision } from '../ir/model.ts';
import { CallError } from './call-error.ts';
import { printDiagnostics } from './report.ts';
import { readSources, type Sources } from './sources.ts';

export interface IrOptions {
  readonly revision: string;
}

export function revisionOf(text: string): Revision {
  if (isRevision(text)) return text;
  throw new CallError('V9006', `there is no revision '${text}' of the standard`, `there are ${revisions.join(', ')}`);
}

/** The IR of what a call is about; undefined, and reported, where it has errors. */
export function compileAsked(sources: Sources): { readonly ir: Ir; readonly asked: ReadonlySet<string> } | undefined {
  const all = [...sources.library, ...sources.asked];
  const { ir, diagnostics } = compile(all);
  printDiagnostics(diagnostics, all, 'text');
  if (ir === undefined) return undefined;
  return { ir, asked: new Set(sources.asked.map((source) => source.path)) };
}

/** Only the modules that the call is about. */
export function askedOnly(ir: Ir, asked: ReadonlySet<string>): Ir {
  return { ...ir, modules: ir.modules.filter((module) => asked.has(module.file)) };
}

/** `virtgen ir`: prints the intermediate representation as JSON. */
export function printIr(files: readonly string[], options: IrOptions): number {
  const revision = options.revision === 'all' ? 'all' : revisionOf(options.revision);
  const compiled = compileAsked(readSources(files));
  if (compiled === undefined) return 1;
  const ir = revision === 'all' ? compiled.ir : cut(compiled.ir, revision);
  process.stdout.write(`${JSON.stringify(askedOnly(ir, compiled.asked), undefined, 2)}\n`);
  return 0;
}

