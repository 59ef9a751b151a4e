import type { Differences } from "../../ir/diff/model.ts";
import type { Ir, Module, Revision } from "../../ir/model.ts";
import { changeRows, changesTable, isWhole, stepHeading, type Sides } from "./changes-view.ts";
import { headingLink, pageOf } from "./links.ts";
import { counted, link, table, type TableView } from "./markdown.ts";

/** What changed from one description to another, module by module; what breaks somebody comes first. */
export interface StepView {
  readonly summary: string;
  readonly breaking: TableView | null;
  /** Links to the modules that are new, or the names of those that have gone. */
  readonly came: string;
  readonly gone: string;
  readonly modules: readonly { readonly heading: string; readonly table: TableView | null }[];
}

/** The page of a step, beside the others. */
export function stepPage(to: Revision): string {
  return `changes-${to}.md`;
}

/** Gives a module's page, if it has one: then what is described on it is linked to. */
export type PageModule = (name: string) => Module | undefined;

/**
 * @param before what was compared, and {@link after}
 * @param pageModule none where no pages are written
 */
export function stepView(
  comparison: Differences,
  before: Ir,
  after: Ir,
  pageModule: PageModule = () => undefined,
): StepView {
  const title = (name: string, text: string): string => {
    const module = pageModule(name);
    return module === undefined ? text : link(text, pageOf(module));
  };
  const modules = comparison.modules.map((changes) => {
    const module = pageModule(changes.name);
    return {
      changes,
      title: title(changes.name, changes.title),
      rows: isWhole(changes) ? [] : changeRows(changes, sidesOf(changes.name, before, after)),
      linkTo: (heading: string): string =>
        module === undefined ? heading : headingLink(module, heading, pageOf(module)),
    };
  });
  const breaking = modules.flatMap((module) =>
    module.rows.filter((row) => row.breaks !== "").map((row) => ({ ...row, module })),
  );
  const whole = (what: "added" | "removed"): string =>
    modules
      .filter(({ changes }) => changes.changes.some((one) => one.subject === "module" && one.what === what))
      .map((module) => module.title)
      .join(", ");
  return {
    summary: summaryOf(comparison),
    breaking: table(breaking, [
      { title: "Of", cell: (row) => row.module.title },
      { title: "Change", cell: (row) => row.kind },
      { title: "Where", cell: (row) => row.module.linkTo(row.place) },
      { title: "What", cell: (row) => row.what },
      { title: "Breaks", cell: (row) => row.breaks },
    ]),
    came: whole("added"),
    gone: whole("removed"),
    modules: modules
      .map(({ title: heading, rows, linkTo }) => ({
        heading,
        table: changesTable(
          rows.filter((row) => row.breaks === ""),
          linkTo,
        ),
      }))
      .filter((module) => module.table !== null),
  };
}

function sidesOf(name: string, before: Ir, after: Ir): Sides {
  return {
    before: before.modules.find((one) => one.name === name),
    after: after.modules.find((one) => one.name === name),
  };
}

/** A step on the page of one module. */
export interface ModuleStepView {
  readonly heading: string;
  readonly begins: string;
  readonly table: TableView | null;
}

/** One comparison with what was compared. */
export interface Step {
  readonly comparison: Differences;
  readonly before: Ir;
  readonly after: Ir;
}

/** What the steps changed in a module, the newest first: that is what a maintainer asks for. */
export function moduleSteps(module: Module, steps: readonly Step[]): readonly ModuleStepView[] {
  return steps.toReversed().flatMap(({ comparison, before, after }): ModuleStepView[] => {
    const changes = comparison.modules.find((one) => one.name === module.name);
    if (changes === undefined) return [];
    const rows = isWhole(changes) ? [] : changeRows(changes, sidesOf(module.name, before, after));
    if (rows.length === 0 && !isWhole(changes)) return [];
    return [
      {
        heading: stepHeading(comparison.before.revision, comparison.after.revision),
        begins: isWhole(changes) ? `New in ${comparison.after.revision}.` : "",
        table: changesTable(rows, (heading) => headingLink(module, heading, "")),
      },
    ];
  });
}

function summaryOf({ modules }: Differences): string {
  const changes = modules.flatMap((module) => module.changes);
  const breaking = changes.filter((change) => change.breaks.length > 0).length;
  if (changes.length === 0) return "Nothing changed.";
  return `${counted(changes.length, "change")} in ${counted(modules.length, "description")}, ${breaking === 0 ? "none" : breaking} of which ${breaking === 1 ? "breaks" : "break"} a driver or a device that was written before.`;
}
