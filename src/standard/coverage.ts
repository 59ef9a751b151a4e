import type { Ir, Module, Rule } from "../ir/model.ts";

export type Role = "driver" | "device";

/** A normative block of the standard, as `specs/normative-blocks.json` has it: no sentences, only how many there are. */
export interface NormativeBlock {
  readonly role: Role;
  /** Its LaTeX label without `drivernormative:` or `devicenormative:`. */
  readonly label: string;
  /** The module whose chapter it stands in. */
  readonly module: string;
  /** File and line of the standard's LaTeX. */
  readonly at: string;
  readonly must: number;
  readonly mustNot: number;
  readonly should: number;
  readonly shouldNot: number;
  readonly may: number;
}

/** What the descriptions say of one chapter's requirements for one role. */
export interface RoleCoverage {
  readonly module: string;
  /** Empty where nothing describes the chapter. */
  readonly title: string;
  readonly role: Role;
  readonly blocks: number;
  /** Blocks that a statement of a description names. */
  readonly named: number;
  /** MUST and MUST NOT in all blocks, and in those that are named. */
  readonly must: number;
  readonly mustNamed: number;
  /** Statements that are expressions: held against types, ranges and revisions, and not evaluated by generated code. */
  readonly expressions: number;
  /** Sentences that a property of an element holds the role to, which generated code enforces. */
  readonly held: number;
  /** Sentences for readers alone. */
  readonly documented: number;
  readonly missing: readonly NormativeBlock[];
}

export const roles: readonly Role[] = ["driver", "device"];

/**
 * Compares the statements of descriptions with the standard's normative blocks, module by module and role by role.
 * @param ir cut at the revision that the blocks are of; a block of one module may be named by another
 * @param asked the names of the modules that it is about; without, all that there are
 */
export function coverageOf(
  ir: Ir,
  blocks: readonly NormativeBlock[],
  asked?: ReadonlySet<string>,
): readonly RoleCoverage[] {
  const modules = new Map(ir.modules.map((module) => [module.name, module]));
  const known = new Set(blocks.map((block) => key(block.role, block.label)));
  // Two blocks speak to the other role than the one that they name: what they ask stands under their label all the same.
  const named = new Set(
    ir.modules
      .flatMap(rulesOf)
      .flatMap(({ role, label }) =>
        known.has(key(role, label)) ? [key(role, label)] : roles.map((other) => key(other, label)),
      ),
  );
  const names = [...new Set([...modules.keys(), ...blocks.map(({ module }) => module)])].filter(
    (name) => asked?.has(name) !== false,
  );
  return names.flatMap((name) =>
    roles.map((role) => roleCoverage(name, modules.get(name), role, blocks, named)).filter(hasAnything),
  );
}

function roleCoverage(
  name: string,
  module: Module | undefined,
  role: Role,
  all: readonly NormativeBlock[],
  named: ReadonlySet<string>,
): RoleCoverage {
  const blocks = all.filter((block) => block.module === name && block.role === role);
  const missing = blocks.filter((block) => !named.has(key(role, block.label)));
  const must = mustOf(blocks);
  const rules = module === undefined ? [] : rulesOf(module).filter((rule) => rule.role === role);
  const expressions = rules.filter((rule) => rule.sentence === undefined).length;
  const held = rules.filter((rule) => rule.heldBy !== undefined).length;
  return {
    module: name,
    title: module?.title ?? "",
    role,
    blocks: blocks.length,
    named: blocks.length - missing.length,
    must,
    mustNamed: must - mustOf(missing),
    expressions,
    held,
    documented: rules.length - expressions - held,
    missing,
  };
}

/** The rows of a table, added up. */
export function totalOf(rows: readonly RoleCoverage[]): Omit<RoleCoverage, "module" | "title" | "role"> {
  type Count = "blocks" | "named" | "must" | "mustNamed" | "expressions" | "held" | "documented";
  const sum = (part: Count): number => rows.reduce((all, row) => all + row[part], 0);
  return {
    blocks: sum("blocks"),
    named: sum("named"),
    must: sum("must"),
    mustNamed: sum("mustNamed"),
    expressions: sum("expressions"),
    held: sum("held"),
    documented: sum("documented"),
    missing: rows.flatMap((row) => row.missing),
  };
}

/** Statements about what a driver or device does; dependencies of features have no block of their own. */
function rulesOf(module: Module): readonly Rule[] {
  return module.items.filter((item) => item.kind === "rule").filter((rule) => rule.role !== undefined);
}

function mustOf(blocks: readonly NormativeBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.must + block.mustNot, 0);
}

function hasAnything(row: RoleCoverage): boolean {
  return row.blocks + row.expressions + row.held + row.documented > 0;
}

function key(role: string | undefined, label: string | undefined): string {
  return `${role ?? ""}normative:${label ?? ""}`;
}
