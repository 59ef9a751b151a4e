import type { Aspect, Breakage, Change, ModuleChanges } from "../../ir/diff/model.ts";
import type { Item, Module, Revision } from "../../ir/model.ts";
import { revisionName } from "./availability.ts";
import {
  errataHeading,
  featuresHeading,
  itemHeading,
  registersHeading,
  requirementsHeading,
  sectionHeading,
  singleConstantsHeading,
} from "./headings.ts";
import { code, counted, joined, listed, table, type TableView } from "./markdown.ts";

/** A line of a table of changes: all changes of a kind at one place that break the same. */
export interface ChangeRow {
  readonly kind: "added" | "changed" | "renamed" | "size" | "removed";
  /** The heading that it stands under on the module's page; empty for the module itself. */
  readonly place: string;
  readonly what: string;
  /** Whom it breaks, and when; empty where it breaks nobody. */
  readonly breaks: string;
}

/** A module on both sides, as far as it is there. */
export interface Sides {
  readonly before: Module | undefined;
  readonly after: Module | undefined;
}

export function stepHeading(from: Revision, to: Revision): string {
  return `${revisionName(from)} → ${to}`;
}

/** Whether the module itself came or went; what is in it is not listed then. */
export function isWhole(changes: ModuleChanges): boolean {
  return changes.changes.some(({ subject, what }) => subject === "module" && (what === "added" || what === "removed"));
}

/**
 * What a page tells of a module's changes, those that break somebody first. Changes of documentation and of other houses'
 * names are left out, rules are counted.
 */
export function changeRows({ changes }: ModuleChanges, sides: Sides): readonly ChangeRow[] {
  const lines = new Map<string, { row: Omit<ChangeRow, "what">; changes: Change[] }>();
  for (const change of changes) {
    if (!isTold(change)) continue;
    const row = { kind: kindOf(change), place: placeOf(change, sides), breaks: breaksText(change.breaks) };
    const key = JSON.stringify(row);
    const line = lines.get(key) ?? { row, changes: [] };
    line.changes.push(change);
    lines.set(key, line);
  }
  const rows = [...lines.values()].map(({ row, changes: all }): ChangeRow => ({ ...row, what: whatOf(all, sides) }));
  const rank = (row: ChangeRow): number => (row.breaks === "" ? order.length : 0) + order.indexOf(row.kind);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

const order: readonly ChangeRow["kind"][] = ["added", "changed", "renamed", "removed", "size"];

export function changesTable(rows: readonly ChangeRow[], linkTo: (heading: string) => string): TableView | null {
  return table(rows, [
    { title: "Change", cell: (row) => row.kind },
    { title: "Where", cell: (row) => linkTo(row.place) },
    { title: "What", cell: (row) => row.what },
    { title: "Breaks", cell: (row) => row.breaks },
  ]);
}

function isTold(change: Change): boolean {
  return (
    change.category !== "documentation" &&
    change.block?.kind !== "house" &&
    change.what !== "c-name" &&
    change.what !== "aliases"
  );
}

function kindOf({ what, name }: Change): ChangeRow["kind"] {
  if (what === "added" || what === "removed") return what;
  if (what === "name") return "renamed";
  return what === "size" && name === "" ? "size" : "changed";
}

/** `driver and device if X`; several conditions apart. */
export function breaksText(breaks: readonly Breakage[]): string {
  const peers = new Map<string | null, string[]>();
  for (const { peer, when } of breaks) peers.set(when, [...(peers.get(when) ?? []), peer]);
  return [...peers].map(([when, names]) => listed(names) + (when === null ? "" : ` if ${code(when)}`)).join("; ");
}

/** The heading of what it stands in; of a block its section, of the block's own facts the block. */
function placeOf(change: Change, sides: Sides): string {
  const { block, subject, name } = change;
  if (block === undefined) return "";
  switch (subject) {
    case "rule":
      return /^(?:requires|at_least_one|conflicts|offers)\b/.test(name) ? featuresHeading : requirementsHeading;
    case "erratum":
      return errataHeading;
    case "registers":
      return registersHeading;
    default: {
      const item = itemOf(change, sides);
      if (item === undefined) return block.kind === "features" ? featuresHeading : singleConstantsHeading;
      const isBlock = name === "" && (change.what === "added" || change.what === "removed" || change.what === "name");
      return isBlock ? sectionHeading(item) : itemHeading(item);
    }
  }
}

function itemOf({ block, name }: Change, { before, after }: Sides): Item | undefined {
  if (block === undefined) return undefined;
  const isIt = (item: Item): boolean => {
    if (item.kind !== block.kind) return false;
    if (block.name !== "") return block.name === (item.kind === "response" ? item.to : item.name);
    // Of groups without a name the one that has the constant.
    return !("constants" in item) || item.kind === "house" || item.constants.some((one) => one.name === name);
  };
  return after?.items.find((item) => isIt(item)) ?? before?.items.find((item) => isIt(item));
}

/** Many rules are one number; one that breaks somebody is worth its words. */
function isCounted(change: Change): boolean {
  return change.subject === "rule" && change.breaks.length === 0;
}

function whatOf(changes: readonly Change[], sides: Sides): string {
  const rules = changes.filter((change) => isCounted(change)).length;
  const entries = new Map<string, string[]>();
  for (const change of changes) {
    if (isCounted(change)) continue;
    const name = nameOf(change, sides);
    entries.set(name, [...(entries.get(name) ?? []), factOf(change)]);
  }
  const named = [...entries].map(([name, facts]) => joined([name, joined(facts, ", ")], ": "));
  return joined(
    [...named, rules === 0 ? "" : counted(rules, "rule")],
    named.some((entry) => entry.includes(" → ")) ? "; " : ", ",
  );
}

/** Its name in the block; of a block what it is called on its page. */
function nameOf(change: Change, sides: Sides): string {
  if (change.what === "name") return "";
  if (change.subject === "feature-range")
    return code(`${change.name} ${(change.after ?? change.before)?.text.replace("bits ", "") ?? ""}`);
  if (change.name !== "") return code(change.name);
  const item = itemOf(change, sides);
  if (change.what === "size" || item === undefined) return "";
  return "sections" in item || item.kind === "external" || item.kind === "parameter"
    ? code(item.name)
    : itemHeading(item);
}

function factOf({ what, subject, before, after }: Change): string {
  if (what === "added" || what === "removed" || subject === "feature-range") return "";
  if (what === "name")
    return subject === "struct"
      ? `${code(`struct ${before?.cName ?? ""}`)} is now ${code(`struct ${after?.cName ?? ""}`)}`
      : `${code(before?.name ?? "")} is now ${code(after?.name ?? "")}`;
  const values = `${factText(what, before?.text ?? "")} → ${factText(what, after?.text ?? "")}`;
  return what === "size" ? values : `${what.replace("-", " ")} ${values}`;
}

const words: ReadonlySet<Aspect> = new Set<Aspect>(["offset", "size", "bits", "access", "byte-order", "kind", "bit"]);

function factText(aspect: Aspect, text: string): string {
  if (text === "") return aspect === "condition" ? "always" : "nothing";
  return words.has(aspect) ? text : code(text);
}
