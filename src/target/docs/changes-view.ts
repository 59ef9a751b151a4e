import type { Element, Member, Revision } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { revisionName } from "./availability.ts";
import type { Change, SizeChange, Step } from "./changes.ts";
import { condition } from "./expression-words.ts";
import { configSize, sizeText } from "./layout-view.ts";
import { lengthsOf } from "./links.ts";
import { accessOf } from "./member-rows.ts";
import { code, counted, joined, table, type TableView } from "./markdown.ts";

export interface StepView {
  /** `1.2 → 1.3` */
  readonly heading: string;
  readonly begins: string;
  readonly table: TableView | null;
}

interface Line {
  readonly kind: string;
  readonly place: string;
  readonly what: string;
}

/** The newest first: that is what a maintainer asks for. */
export function stepViews(steps: readonly Step[], linkTo: (heading: string) => string): readonly StepView[] {
  return steps.toReversed().map((step) => stepView(step, linkTo));
}

export function stepHeading(from: Revision, to: Revision): string {
  return `${revisionName(from)} → ${to}`;
}

function stepView(step: Step, linkTo: (heading: string) => string): StepView {
  return {
    heading: stepHeading(step.from, step.to),
    begins: step.begins ? `New in ${step.to}.` : "",
    table: table(linesOf(step), [
      { title: "Change", cell: (line) => line.kind },
      { title: "Where", cell: (line) => linkTo(line.place) },
      { title: "What", cell: (line) => line.what },
    ]),
  };
}

/** One line for all changes of a kind at one place. */
function linesOf(step: Step): readonly Line[] {
  const lines = new Map<string, { kind: Change["kind"]; place: string; changes: Change[] }>();
  for (const change of step.changes) {
    const { place } = change.visited;
    const key = `${change.kind} ${place}`;
    const line = lines.get(key) ?? { kind: change.kind, place, changes: [] };
    line.changes.push(change);
    lines.set(key, line);
  }
  return [
    ...order.flatMap((kind) =>
      [...lines.values()]
        .filter((line) => line.kind === kind)
        .map((line) => ({ kind, place: line.place, what: whatOf(line.changes) })),
    ),
    ...step.sizes.map((size): Line => ({ kind: "size", place: size.name, what: sizeChange(size) })),
  ];
}

const order: readonly Change["kind"][] = ["added", "changed", "renamed", "removed"];

function whatOf(changes: readonly Change[]): string {
  const names = new Set(
    changes
      .filter(({ visited }) => visited.kind !== "rule" && visited.kind !== "erratum" && visited.name !== "")
      .map((change) => entryOf(change)),
  );
  const requirements = changes.filter(({ visited }) => visited.kind === "rule").length;
  const errata = changes.filter(({ visited }) => visited.kind === "erratum").length;
  return joined(
    [
      ...names,
      requirements === 0 ? "" : counted(requirements, "rule"),
      errata === 0 ? "" : counted(errata, "erratum", "errata"),
    ],
    ", ",
  );
}

function entryOf({ kind, visited, before, older }: Change): string {
  const { name } = visited;
  if (older !== undefined)
    return `${code(visited.item?.kind === "struct" ? `struct ${older.cName}` : older.name)} is now ${name}`;
  if (kind !== "changed" || before === undefined) return name;
  const [was, is] = [signature(before.element, before.member), signature(visited.element, visited.member)];
  return was === is ? name : `${was} is now ${is}`;
}

/** An element in a line, to hold it against another: `le32 size` if `F`. */
function signature(element: Element, member: Member | undefined): string {
  const lengths = member !== undefined && "dimensions" in member ? lengthsOf(member.dimensions) : "";
  const type =
    member !== undefined && "type" in member ? ("name" in member.type ? member.type.name : member.type.kind) : "";
  const value = member?.kind === "field" && member.value !== undefined ? ` = ${printExpression(member.value)}` : "";
  const access = member?.kind === "field" ? accessOf(member.access, false) : "";
  return joined(
    [
      code(joined([type + lengths, element.name], " ") + value),
      element.if === undefined ? "" : `if ${condition(element.if)}`,
      access === "" ? "" : `(${access})`,
    ],
    " ",
  );
}

function sizeChange({ before, after, config }: SizeChange): string {
  return config ? `${configSize(before)} → ${configSize(after)}` : `${sizeText(before)} → ${sizeText(after)}`;
}
