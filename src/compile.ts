import { parse } from '../grammar/parse.ts';
import { rules } from './check/rules.ts';
import type { Rule } from './check/rule.ts';
import type { Diagnostic, Finding } from './diagnostic/diagnostic.ts';
import { build } from './ir/build/build.ts';
import type { Ir } from './ir/model.ts';

/** One description as text. The path goes into places and banners; nothing is read. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface Compilation {
  /** Every revision at once. Absent where there are errors. */
  readonly ir: Ir | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses, builds and checks descriptions together, in every revision at once. Never throws over what they say.
 * Where a text has syntax errors these are all that is reported: what else is wrong cannot be told yet.
 */
export function compile(sources: readonly SourceText[]): Compilation {
  const parsed = sources.map((source) => parse(source.path, source.text));
  const syntax = parsed.flatMap((result) => result.diagnostics);
  if (syntax.length > 0) return { ir: undefined, diagnostics: syntax };
  const diagnostics: Diagnostic[] = [];
  const report = (rule: Rule, finding: Finding): void => {
    diagnostics.push(diagnosticOf(rule, finding));
  };
  const ir = build(
    parsed.flatMap((result) => (result.file === undefined ? [] : [result.file])),
    report,
  );
  for (const rule of rules) {
    for (const finding of rule.check?.(ir) ?? []) report(rule, finding);
  }
  const order = new Map(sources.map((source, index) => [source.path, index]));
  const sorted = diagnostics
    .toSorted((a, b) => (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) || a.at.line - b.at.line || a.at.column - b.at.column)
    // What is used in several places is looked up several times, but wrong only once.
    .filter((one, index, all) => all.findIndex((other) => other.code === one.code && other.message === one.message && samePlace(other, one)) === index);
  return { ir: sorted.some((one) => one.severity === 'error') ? undefined : ir, diagnostics: sorted };
}

function diagnosticOf(rule: Rule, finding: Finding): Diagnostic {
  return {
    code: rule.code,
    severity: rule.severity,
    message: finding.message,
    at: finding.at,
    related: finding.related ?? [],
    ...(finding.label === undefined ? {} : { label: finding.label }),
    ...(finding.help === undefined ? {} : { help: finding.help }),
  };
}

function samePlace(a: Diagnostic, b: Diagnostic): boolean {
  return a.at.file === b.at.file && a.at.line === b.at.line && a.at.column === b.at.column;
}
