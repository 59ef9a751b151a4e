import { existsSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../diagnostic/suggest.ts";
import { compareRevisions, existsAt, isRevision } from "../ir/availability.ts";
import { cut } from "../ir/cut.ts";
import { compare } from "../ir/diff/compare.ts";
import type { Change, Differences } from "../ir/diff/model.ts";
import { newestRevision, type Ir, type Revision } from "../ir/model.ts";
import { comparisonMarkdown } from "../target/docs/comparison-markdown.ts";
import { CallError } from "./call-error.ts";
import { comparisonText } from "./diff-text.ts";
import { compileAsked, revisionOf } from "./ir.ts";
import { packageFolder } from "./package-folder.ts";
import { palette, wordOf } from "./report.ts";
import { isDescriptionName, readSources } from "./sources.ts";
import { readTemplates } from "./template-files.ts";

export interface DiffOptions {
  readonly format: string;
  readonly revision?: string;
  readonly only?: string;
  readonly failOn?: string;
  readonly schema?: boolean;
}

const kinds = ["breaking", "wire", "negotiation", "name", "requirement", "documentation"] as const;

/** What is compared, and of which modules. */
interface Compared {
  readonly before: Ir;
  readonly after: Ir;
  /** The modules of the descriptions that the call names. */
  readonly asked: ReadonlySet<string>;
  /** Every revision at once, of both sides. */
  readonly whole: readonly Ir[];
  readonly title: string;
}

/**
 * `virtgen diff`: what changed between two revisions, or between two descriptions, and whom it breaks.
 * @returns 1 where `--fail-on` finds something, or a description has errors
 */
export async function diff(
  sides: readonly [string | undefined, string | undefined],
  names: readonly string[],
  options: DiffOptions,
): Promise<number> {
  const [a, b] = sides;
  if (options.schema === true) {
    if (a !== undefined)
      throw new CallError("V9008", "--schema prints the schema of every comparison", "leave the rest of the call out");
    const { diffSchemaText } = await import("./schema-file.ts");
    process.stdout.write(diffSchemaText());
    return 0;
  }
  const format = wordOf("format", options.format, ["text", "markdown", "json"]);
  const only =
    options.only === undefined ? kinds : options.only.split(",").map((one) => wordOf("kind of change", one, kinds));
  const failOn =
    options.failOn === undefined ? undefined : wordOf("case for --fail-on", options.failOn, ["any", "breaking"]);
  if (a === undefined || b === undefined)
    throw new CallError(
      "V9001",
      a === undefined ? "there is nothing to compare" : `there is nothing to compare '${a}' with`,
      "name two revisions (virtgen diff 1.2 1.4), or two descriptions (virtgen diff old.virtio new.virtio)",
    );
  const compared = await (looksLikeRevision(a) || looksLikeRevision(b)
    ? revisionsOf(a, b, names, options)
    : descriptionsOf(a, b, names, options));
  if (compared === undefined) return 1;
  const shown = modulesNamed(names, compared);
  const whole = compare(compared.before, compared.after);
  const comparison: Differences = {
    ...whole,
    modules: whole.modules
      .filter((module) => shown.has(module.name))
      .map((module) => ({ ...module, changes: module.changes.filter((change) => isAsked(change, only)) }))
      .filter((module) => module.changes.length > 0),
  };
  process.stdout.write(textOf(comparison, compared, format) + (format === "text" ? absent(names, compared) : ""));
  const all = comparison.modules.flatMap((module) => module.changes);
  const failed = failOn === "breaking" ? all.some((change) => change.breaks.length > 0) : all.length > 0;
  return failOn !== undefined && failed ? 1 : 0;
}

function isAsked(change: Change, only: readonly string[]): boolean {
  return only.includes(change.category) || (only.includes("breaking") && change.breaks.length > 0);
}

function textOf(comparison: Differences, compared: Compared, format: "text" | "markdown" | "json"): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(comparison, undefined, 2)}\n`;
    case "markdown": {
      const templates = readTemplates(join(packageFolder(), "templates", "docs"));
      return comparisonMarkdown(comparison, compared.before, compared.after, compared.title, templates.texts);
    }
    case "text":
      return comparisonText(comparison, compared.title, palette(process.stdout));
  }
}

/** A number with points that is no file: a revision, or a slip of one. */
function looksLikeRevision(text: string): boolean {
  return isRevision(text) || (/^v?\d+(?:\.\d+)*$/.test(text) && !existsSync(text));
}

async function revisionsOf(
  a: string,
  b: string,
  names: readonly string[],
  options: DiffOptions,
): Promise<Compared | undefined> {
  if (options.revision !== undefined)
    throw new CallError("V9008", "--revision is for two descriptions", "leave it out: A and B are the revisions");
  const description = [a, b].find((one) => !looksLikeRevision(one));
  if (description !== undefined)
    throw new CallError(
      "V9008",
      `'${description}' and a revision cannot be compared`,
      `name two revisions and then the description (virtgen diff 1.2 1.4 ${description}), or two descriptions`,
    );
  const [from, to] = [revisionOf(a), revisionOf(b)];
  const compiled = await compileAsked(await readSources(names.filter((name) => isDescriptionName(name))));
  if (compiled === undefined) return undefined;
  const [before, after] = [cut(compiled.ir, from), cut(compiled.ir, to)];
  return {
    before,
    after,
    asked: modulesIn(compiled.ir, compiled.asked),
    whole: [compiled.ir],
    title: `virtio ${from} → ${to}`,
  };
}

async function descriptionsOf(
  a: string,
  b: string,
  names: readonly string[],
  options: DiffOptions,
): Promise<Compared | undefined> {
  if (a === "-" && b === "-")
    throw new CallError("V9008", "standard input cannot be both sides", "name a file for one of them");
  const file = names.find((name) => isDescriptionName(name));
  if (file !== undefined)
    throw new CallError(
      "V9008",
      `'${file}' is a third description`,
      "two are compared; put several files of a side into a folder and name that",
    );
  const revision: Revision = options.revision === undefined ? newestRevision : revisionOf(options.revision);
  const earlier = await compileAsked(await readSources([a]));
  const later = await compileAsked(await readSources([b]));
  if (earlier === undefined || later === undefined) return undefined;
  const asked = new Set([...modulesIn(earlier.ir, earlier.asked), ...modulesIn(later.ir, later.asked)]);
  // Of virtgen's own descriptions a side has only those that its files name.
  const common = (ir: Ir, other: Ir): Ir => ({
    ...ir,
    modules: ir.modules.filter(
      (module) => asked.has(module.name) || other.modules.some((one) => one.name === module.name),
    ),
  });
  return {
    before: cut(common(earlier.ir, later.ir), revision),
    after: cut(common(later.ir, earlier.ir), revision),
    asked,
    whole: [earlier.ir, later.ir],
    title: `${a} → ${b}, virtio ${revision}`,
  };
}

function modulesIn(ir: Ir, files: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(ir.modules.filter((module) => files.has(module.file)).map((module) => module.name));
}

/** The modules that a call names, or all that it is about. @throws CallError for one that there is not. */
function modulesNamed(names: readonly string[], { asked }: Compared): ReadonlySet<string> {
  const words = names.filter((name) => !isDescriptionName(name));
  if (words.length === 0) return asked;
  for (const word of words) {
    if (asked.has(word)) continue;
    const meant = nearest(word, asked);
    throw new CallError(
      "V9006",
      `there is no device '${word}'`,
      meant === undefined ? `there are ${[...asked].join(", ")}` : `did you mean '${meant}'?`,
    );
  }
  return new Set(words);
}

/** Of what is named and on neither side, since when it is there. */
function absent(names: readonly string[], { whole, before, after }: Compared): string {
  const [from, to] = [before.revision, after.revision];
  const lines = names.flatMap((name) => {
    const module = whole.flatMap((ir) => ir.modules).find((one) => one.name === name);
    if (module === undefined || from === "all" || to === "all") return [];
    if (existsAt(module, from) || existsAt(module, to)) return [];
    const is =
      compareRevisions(module.since, from) > 0 ? `it came with ${module.since}` : `it is gone since ${module.until}`;
    return [`'${name}' is in neither: ${is}\n`];
  });
  return lines.join("");
}
