import { compileParsed } from "../compile-parsed.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { isRevision } from "../ir/availability.ts";
import { cut } from "../ir/cut.ts";
import { revisions, type Ir, type Revision } from "../ir/model.ts";
import { CallError } from "./call-error.ts";
import { parseSources } from "./parse-sources.ts";
import { printDiagnostics } from "./report.ts";
import { readSources, type Sources } from "./sources.ts";

export interface IrOptions {
  readonly revision: string;
  readonly schema?: boolean;
}

/** @throws CallError for a revision that does not exist. */
export function revisionOf(text: string): Revision {
  if (isRevision(text)) return text;
  throw new CallError("V9006", `there is no revision '${text}' of the standard`, `there are ${revisions.join(", ")}`);
}

/** What a call's descriptions say, or what is wrong with them; of virtgen's own only what is an error. */
export async function compileSources(sources: Sources): Promise<{
  readonly ir: Ir | undefined;
  readonly asked: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
  readonly omitted: number;
}> {
  const asked = new Set(sources.asked.map((source) => source.path));
  const all = [...sources.library, ...sources.asked];
  const { ir, diagnostics, omitted } = compileParsed(all, await parseSources(all));
  const shown = diagnostics.filter((one) => one.severity === "error" || asked.has(one.at.file));
  return { ir, asked, diagnostics: shown, omitted };
}

/** The IR of what a call is about; undefined, and reported, where it has errors. `before` runs ahead of any output. */
export async function compileAsked(
  sources: Sources,
  before: () => void = () => {},
): Promise<{ readonly ir: Ir; readonly asked: ReadonlySet<string> } | undefined> {
  const { ir, asked, diagnostics, omitted } = await compileSources(sources);
  before();
  printDiagnostics(diagnostics, sources, "text", omitted);
  return ir === undefined ? undefined : { ir, asked };
}

/** `virtgen ir`: prints the intermediate representation as JSON, or its schema. */
export async function printIr(names: readonly string[], options: IrOptions): Promise<number> {
  if (options.schema === true) {
    if (names.length > 0)
      throw new CallError("V9008", "--schema prints the schema of every IR", "leave the descriptions out");
    const { irSchemaText } = await import("./schema-file.ts");
    process.stdout.write(irSchemaText());
    return 0;
  }
  const revision = options.revision === "all" ? "all" : revisionOf(options.revision);
  const compiled = await compileAsked(await readSources(names));
  if (compiled === undefined) return 1;
  const ir = revision === "all" ? compiled.ir : cut(compiled.ir, revision);
  const asked: Ir = { ...ir, modules: ir.modules.filter((module) => compiled.asked.has(module.file)) };
  process.stdout.write(`${JSON.stringify(asked, undefined, 2)}\n`);
  return 0;
}
