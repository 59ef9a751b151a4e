import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cut } from "../ir/cut.ts";
import { newestRevision } from "../ir/model.ts";
import { coverageOf, totalOf, type NormativeBlock, type RoleCoverage } from "../standard/coverage.ts";
import { compileAsked } from "./ir.ts";
import { packageFolder } from "./package-folder.ts";
import { wordOf } from "./report.ts";
import { readSources } from "./sources.ts";
import { markdownTable, textTable, type Cells } from "./tables.ts";

export interface CoverageOptions {
  readonly format: string;
}

/** `virtgen coverage`: which normative blocks of the standard the descriptions name, and what kinds of statements they make. */
export async function coverage(names: readonly string[], options: CoverageOptions): Promise<number> {
  const format = wordOf("format", options.format, ["text", "markdown", "json"]);
  const compiled = await compileAsked(await readSources(names));
  if (compiled === undefined) return 1;
  const ir = cut(compiled.ir, newestRevision);
  const asked = ir.modules.filter(({ file }) => compiled.asked.has(file)).map(({ name }) => name);
  const rows = coverageOf(ir, normativeBlocks(), names.length === 0 ? undefined : new Set(asked));
  const write = { text, markdown, json };
  process.stdout.write(write[format](rows));
  return 0;
}

/** The normative blocks of the newest revision. */
function normativeBlocks(): readonly NormativeBlock[] {
  const file = join(packageFolder(), "specs", "normative-blocks.json");
  return JSON.parse(readFileSync(file, "utf8")) as readonly NormativeBlock[];
}

const head: Cells = [
  "Module",
  "Role",
  "Blocks named",
  "MUST in them",
  "Expressions",
  "Held by an element",
  "Documented only",
];
const left = 2;

function cellsOf(rows: readonly RoleCoverage[]): readonly Cells[] {
  return [...rows.map((row) => line(row.module, row.role, row)), line("all", "", totalOf(rows))];
}

function line(module: string, role: string, row: ReturnType<typeof totalOf>): Cells {
  return [
    module,
    role,
    `${row.named} of ${row.blocks}`,
    `${row.mustNamed} of ${row.must}`,
    String(row.expressions),
    String(row.held),
    String(row.documented),
  ];
}

function text(rows: readonly RoleCoverage[]): string {
  const { missing } = totalOf(rows);
  const lines = missing.map(({ at, role, label }) => `  ${at}: ${role}: ${label}`);
  return `${textTable(head, cellsOf(rows), left)}\n${
    lines.length === 0 ? "Every block is named." : `Not named:\n${lines.join("\n")}`
  }\n`;
}

function markdown(rows: readonly RoleCoverage[]): string {
  const { blocks, named, missing } = totalOf(rows);
  const lines = missing.map(({ at, role, label }) => `- \`${at}\`, ${role}: ${label}`);
  return `# Requirements of the standard

The normative blocks of revision ${newestRevision}, by the chapters that they stand in: how many the descriptions name, the
MUST and MUST NOT in those, and the descriptions' own statements. Those are of three kinds: expressions, which
\`virtgen check\` holds against types, ranges and revisions, and the tables show; sentences of which the description
says \`by\` which element they are held, through its range, fixed value, reserved bytes, access right, direction,
condition or dependency; and sentences that are documented only. What an element holds is what generated code enforces,
and \`virtgen check\` finds a \`by\` that holds nothing; expressions are not evaluated by generated code yet. One statement
may say what several of a block's sentences do, and a block that is named may yet hold what no statement says.
\`virtgen coverage\` prints this.

${markdownTable(head, cellsOf(rows), left)}
${lines.length === 0 ? `All ${blocks} blocks are named.` : `${named} of ${blocks} blocks are named. These are not:\n\n${lines.join("\n")}`}
`;
}

function json(rows: readonly RoleCoverage[]): string {
  const { missing: _, ...total } = totalOf(rows);
  return `${JSON.stringify({ revision: newestRevision, total, modules: rows }, undefined, 2)}\n`;
}
