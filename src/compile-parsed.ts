import type { ParseResult } from "../grammar/parse.ts";
import type { Rule } from "./check/rule.ts";
import { rules } from "./check/rules.ts";
import { structInItself } from "./check/struct-in-itself.ts";
import { Survey } from "./check/survey/survey.ts";
import { diagnosticOf, type Diagnostic, type Finding } from "./diagnostic/diagnostic.ts";
import { build } from "./ir/build/build.ts";
import { Written } from "./ir/build/written.ts";
import type { Ir } from "./ir/model.ts";

/** One description as text. The path goes into places and banners; nothing is read. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface Compilation {
  /** Every revision at once. Absent where there are errors. */
  readonly ir: Ir | undefined;
  /** In the order of the sources and of their lines; at most {@link mostDiagnostics}. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many more were found: nobody reads a thousand, and most of them follow from the first. At {@link enough} the search ends. */
  readonly omitted: number;
}

export const mostDiagnostics = 200;

/** A description with so many errors is no description. */
const enough = 2000;

/** Ends building and checking early; never leaves {@link compileParsed}. */
class Enough extends Error {}

/**
 * What `compile` does behind the parser, without loading that. Where a text has syntax errors these are all that
 * is reported.
 * @param parsed one for each of the sources, in their order
 */
export function compileParsed(sources: readonly SourceText[], parsed: readonly ParseResult[]): Compilation {
  const syntax = parsed.flatMap((result) => result.diagnostics);
  if (syntax.length > 0) return limited(undefined, syntax);
  const diagnostics: Diagnostic[] = [];
  let errors = 0;
  const report = (rule: Rule, finding: Finding): void => {
    diagnostics.push(diagnosticOf(rule, finding));
    if (rule.severity === "error" && ++errors >= enough) throw new Enough();
  };
  let ir: Ir | undefined;
  try {
    const written = new Written();
    ir = build(
      parsed.flatMap((result) => (result.file === undefined ? [] : [result.file])),
      report,
      written,
    );
    check(new Survey(ir, written), diagnostics, report);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  const order = new Map(sources.map((source, index) => [source.path, index]));
  const sorted = unique(diagnostics).toSorted(
    (a, b) =>
      (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) || a.at.line - b.at.line || a.at.column - b.at.column,
  );
  return limited(sorted.some((one) => one.severity === "error") ? undefined : ir, sorted);
}

function check(
  survey: Survey,
  diagnostics: readonly Diagnostic[],
  report: (rule: Rule, finding: Finding) => void,
): void {
  const complete = diagnostics.every((one) => one.severity !== "error");
  // What walks from struct to struct would not come back from a circle, so that is looked for first.
  const before = diagnostics.length;
  for (const finding of structInItself.check?.(survey) ?? []) report(structInItself, finding);
  if (diagnostics.length > before) return;
  for (const rule of rules) {
    if (rule === structInItself || rule.check === undefined || (rule.needsAll === true && !complete)) continue;
    for (const finding of rule.check(survey)) report(rule, finding);
  }
}

function limited(ir: Ir | undefined, diagnostics: readonly Diagnostic[]): Compilation {
  const omitted = Math.max(0, diagnostics.length - mostDiagnostics);
  if (omitted === 0) return { ir, diagnostics, omitted };
  // Warnings may be many; an error behind them is what has to be known.
  const errors = diagnostics.filter((one) => one.severity === "error").slice(0, mostDiagnostics);
  const others = diagnostics.filter((one) => one.severity !== "error").slice(0, mostDiagnostics - errors.length);
  const kept = new Set([...errors, ...others]);
  return { ir, diagnostics: diagnostics.filter((one) => kept.has(one)), omitted };
}

/** What is used in several places is looked up several times, but wrong only once. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((one) => {
    const key = `${one.code} ${one.at.line}:${one.at.column} ${one.at.file} ${one.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
