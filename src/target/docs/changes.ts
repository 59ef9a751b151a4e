import { compareRevisions, existsAt } from "../../ir/availability.ts";
import { revisions, type Element, type Item, type Layout, type Module, type Revision } from "../../ir/model.ts";
import { elementsOf, type Visited } from "./element-walk.ts";
import { configHeading, structHeading } from "./headings.ts";

/** What one revision changed in one module. */
export interface Step {
  readonly from: Revision;
  readonly to: Revision;
  /** The module itself is new. */
  readonly begins: boolean;
  readonly changes: readonly Change[];
  readonly sizes: readonly SizeChange[];
}

export interface Change {
  readonly kind: "added" | "changed" | "renamed" | "removed";
  readonly visited: Visited;
  /** What stood there before: of what is changed and of what is renamed. */
  readonly before?: Visited;
  readonly older?: NonNullable<Element["was"]>[number];
}

export interface SizeChange {
  /** The heading of what has the size. */
  readonly name: string;
  readonly before: Layout;
  readonly after: Layout;
  readonly config: boolean;
}

/** Finds a module in the description cut at a revision; undefined where it does not exist there. */
export type ModuleAt = (revision: Revision) => Module | undefined;

/**
 * What each revision up to `last` changed in a module that holds all of them, the oldest step first. Steps in which
 * nothing changed are left out.
 */
export function stepsOf(module: Module, at: ModuleAt, last: Revision): readonly Step[] {
  const elements = elementsOf(module);
  const steps = revisions.slice(1).filter((to) => compareRevisions(to, last) <= 0);
  return steps
    .map((to): Step => {
      const from = revisions[revisions.indexOf(to) - 1] ?? to;
      return {
        from,
        to,
        begins: module.since === to,
        changes: module.since === to ? [] : changesAt(elements, to),
        sizes: sizeChanges(at(from), at(to)),
      };
    })
    .filter((step) => step.begins || step.changes.length > 0 || step.sizes.length > 0);
}

function changesAt(elements: readonly Visited[], to: Revision): readonly Change[] {
  const removed = elements.filter(({ element, outer }) => element.until === to && outer.until !== to);
  const gone = new Map(removed.map((visited) => [keyOf(visited), visited]));
  const changes: Change[] = [];
  const changed = new Set<Visited>();
  for (const visited of elements) {
    const { element, outer } = visited;
    if (!existsAt(element, to)) continue;
    if (element.since === to && outer.since !== to) {
      const before = visited.kind === "rule" ? undefined : gone.get(keyOf(visited));
      if (before !== undefined) changed.add(before);
      changes.push(before === undefined ? { kind: "added", visited } : { kind: "changed", visited, before });
    }
    const older = element.was?.find((one) => one.until === to);
    if (older !== undefined) changes.push({ kind: "renamed", visited, older });
  }
  return [
    ...changes,
    ...removed.filter((visited) => !changed.has(visited)).map((visited): Change => ({ kind: "removed", visited })),
  ];
}

function keyOf(visited: Visited): string {
  return `${visited.kind} ${visited.place} ${visited.name}`;
}

/** Of the configuration space and of structs that both revisions have. */
function sizeChanges(before: Module | undefined, after: Module | undefined): readonly SizeChange[] {
  if (before === undefined || after === undefined) return [];
  const old = new Map(before.items.flatMap((item) => sized(item)));
  return after.items.flatMap((item) =>
    sized(item).flatMap(([name, layout]): SizeChange[] => {
      const earlier = old.get(name);
      return earlier === undefined || sameSize(item.kind === "config", earlier, layout)
        ? []
        : [{ name, before: earlier, after: layout, config: item.kind === "config" }];
    }),
  );
}

/** The configuration space is as long as all its members, whatever is negotiated. */
function sameSize(config: boolean, a: Layout, b: Layout): boolean {
  return a.size === b.size && (config || a.minSize === b.minSize);
}

function sized(item: Item): [string, Layout][] {
  if (item.kind === "config" && item.layout !== undefined) return [[configHeading, item.layout]];
  if (item.kind === "struct" && item.layout !== undefined) return [[structHeading(item), item.layout]];
  return [];
}
