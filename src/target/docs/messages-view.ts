import type {
  Element,
  Field,
  Member,
  Module,
  Part,
  PartArm,
  PartItem,
  PartSwitch,
  Request,
  Response,
} from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { isSentBack, refusalMembers } from "../../ir/refusal.ts";
import { revisionOf, sinceSentence } from "./availability.ts";
import { condition, range } from "./expression-words.ts";
import { messageHeading } from "./headings.ts";
import { layoutView, sizeText, type LayoutView } from "./layout-view.ts";
import { lengthsOf, type Links } from "./links.ts";
import { code, joined, listed, plain, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";
import { tagList } from "./member-rows.ts";

/** A request, message, event or response: what is in its buffers, in the order on the wire. */
export interface MessageView {
  readonly heading: string;
  readonly doc: string;
  readonly facts: string;
  readonly steps: readonly StepView[];
}

/** Bytes that every such message has, or a choice between several. */
export interface StepView {
  readonly title: string;
  readonly layout: LayoutView | null;
  readonly choice: ChoiceView | null;
}

export interface ChoiceView {
  readonly table: TableView | null;
  /** The alternatives that have more to say than fits a line. */
  readonly details: readonly { readonly heading: string; readonly parts: readonly PartView[] }[];
}

export interface PartView {
  /** A line, which is all where there is no layout. */
  readonly title: string;
  readonly layout: LayoutView | null;
}

/** An alternative, reached through one or more tags. */
interface Leaf {
  /** `IN`, or `RX` and then `PROMISC`: one for each switch on the way. */
  readonly tags: readonly string[];
  readonly when: readonly string[];
  readonly revision: string;
  readonly meaning: string;
  readonly parts: readonly Part[];
  readonly switches: readonly PartSwitch[];
  /** What its parts inherit from. */
  readonly outer: Element;
}

export function messageViews(module: Module, links: Links): readonly MessageView[] {
  return module.items.flatMap((item) => {
    if (item.kind === "response") return [responseView(item, module, links)];
    return item.kind === "request" || item.kind === "message" || item.kind === "event"
      ? [messageView(item, module, links)]
      : [];
  });
}

const ways: Readonly<Record<Request["kind"], string>> = {
  request: "The driver sends it, the device answers in the same chain.",
  message: "The driver sends it; there is no answer.",
  event: "The driver posts buffers, the device fills them.",
};

function messageView(message: Request, module: Module, links: Links): MessageView {
  return {
    heading: messageHeading(message),
    doc: meaningOf({ ...message, was: [] }),
    facts: joined(
      [
        `On ${listed(message.queues.map((queue) => code(queue)))}.`,
        ways[message.kind],
        message.if === undefined ? "" : `Only if ${condition(message.if)}.`,
        sinceSentence(message, module),
        message.unwritten === true ? "Of a request that it does not know the device writes nothing." : "",
        ...refusalMembers(message, (type) => links.struct(type.module, type.name)).map((refusal) =>
          joined([refusalSentence(refusal.field), isSentBack(message, refusal) ? sentBack : ""], " "),
        ),
        message.anyLength === true
          ? "Both directions may have other lengths: what is missing is zero, what is too much is ignored."
          : "",
        message.legacyNative === true ? "On the legacy interface in the guest's byte order." : "",
      ],
      " ",
    ),
    steps: message.parts.map((part) => stepView(part, message, links)),
  };
}

const sentBack = "The other members of the header are the request's.";

function refusalSentence({ name, refuse }: Field): string {
  return refuse === undefined
    ? ""
    : `A request that the device does not know it answers with ${code(printExpression(refuse))} in ${code(name)}.`;
}

function responseView(response: Response, module: Module, links: Links): MessageView {
  return {
    heading: messageHeading(response),
    doc: meaningOf({ ...response, was: [] }),
    facts: sinceSentence(response, module),
    steps: [
      {
        title: `The answer, ${sizeText(response.layout)}`,
        layout: layoutView(response.members, links, response),
        choice: null,
      },
    ],
  };
}

function stepView(part: PartItem, message: Request, links: Links): StepView {
  if (part.kind === "part")
    return { title: partTitle(part, message), layout: layoutView(part.members, links, part), choice: null };
  const leaves = part.arms.flatMap((arm) =>
    leavesOf(arm, part, { tags: [], when: [], revision: "", meaning: "", parts: [], switches: [], outer: message }),
  );
  return { title: `By ${code(printExpression(part.by))}`, layout: null, choice: choiceView(leaves, links) };
}

const readers: Readonly<Record<Part["direction"], string>> = {
  "device-readable": "The device reads",
  "device-writable": "The device writes",
};

function partTitle(part: Part, outer: Element): string {
  const subject = joined([readers[part.direction], code(part.name)], " ");
  return joined(
    [
      part.byAddress === true ? `${subject}: where the buffer lies is the message` : subject,
      part.byAddress === true ? "" : sizeText(part.layout),
      part.if === undefined ? "" : `only if ${condition(part.if)}`,
      revisionOf(part, outer),
    ],
    ", ",
  );
}

/**
 * Every way through an alternative and the switches in it. What stands beside an inner switch belongs to each of its
 * alternatives; `way` is what led here.
 */
function leavesOf(arm: PartArm, by: PartSwitch, way: Leaf): readonly Leaf[] {
  const here: Leaf = {
    tags: [...way.tags, tagList(arm.tags)],
    when: arm.if === undefined ? way.when : [...way.when, condition(arm.if)],
    revision: joined([way.revision, revisionOf(arm, way.outer)], ", "),
    meaning: joined([way.meaning, meaningOf(arm)], " "),
    parts: way.parts,
    switches: [...way.switches, by],
    outer: arm,
  };
  return arm.parts.reduce<readonly Leaf[]>(
    (leaves, part) =>
      leaves.flatMap((leaf) =>
        part.kind === "part"
          ? [{ ...leaf, parts: [...leaf.parts, part] }]
          : part.arms.flatMap((inner) => leavesOf(inner, part, leaf)),
      ),
    [here],
  );
}

function choiceView(leaves: readonly Leaf[], links: Links): ChoiceView {
  const depth = Math.max(1, ...leaves.map((leaf) => leaf.tags.length));
  const tagColumns = Array.from({ length: depth }, (_, level) => ({
    title: [
      ...new Set(leaves.flatMap((leaf) => leaf.switches[level] ?? []).map((one) => code(printExpression(one.by)))),
    ].join(" or "),
    cell: (leaf: Leaf) => leaf.tags[level] ?? "",
  }));
  return {
    table: table(leaves, [
      ...tagColumns,
      {
        title: "Only if",
        cell: (leaf) =>
          leaf.when.map((one) => (leaf.when.length > 1 && one.includes(" or ") ? `(${one})` : one)).join(" and "),
      },
      { title: "Device reads", cell: (leaf) => summary(leaf, "device-readable", links) },
      { title: "Device writes", cell: (leaf) => summary(leaf, "device-writable", links) },
      { title: "Since", cell: (leaf) => leaf.revision },
      { title: "Meaning", cell: (leaf) => leaf.meaning },
    ]),
    details: leaves
      .filter((leaf) => leaf.parts.some((part) => needsDetail(part)))
      .map((leaf) => ({
        heading: leaf.tags.join(": "),
        parts: leaf.parts.map((part) => partView(part, leaf, links)),
      })),
  };
}

function partView(part: Part, leaf: Leaf, links: Links): PartView {
  const title = `${partTitle(part, leaf.outer)}:`;
  if (needsDetail(part)) return { title, layout: layoutView(part.members, links, part) };
  return { title: `${title} ${part.members.map((member) => memberSummary(member, links)).join(", ")}.`, layout: null };
}

/** What a part holds, in a line: `le64 append_sector`. */
function summary(leaf: Leaf, direction: Part["direction"], links: Links): string {
  const parts = leaf.parts.filter((part) => part.direction === direction);
  return parts.flatMap((part) => part.members.map((member) => memberSummary(member, links))).join(", ");
}

function memberSummary(member: Member, links: Links): string {
  switch (member.kind) {
    case "field":
      return joined(
        [links.declaration(member.type, member.name, member.dimensions), valuesSummary(member, links)],
        " ",
      );
    case "bits":
      return links.declaration(member.type, member.name, member.dimensions);
    case "group":
      return code(`struct ${member.name}${lengthsOf(member.dimensions)}`);
    case "union":
    case "switch":
    case "window":
      return code(`${member.kind} ${member.name}`.trim());
    case "present":
      return member.members.map((one) => memberSummary(one, links)).join(", ");
  }
}

/** `in 0..1`, `of` a group of constants. */
function valuesSummary(field: Field, links: Links): string {
  const group = links.group(field.values);
  return joined(
    [
      field.value === undefined ? "" : `= ${code(printExpression(field.value))}`,
      field.range === undefined ? "" : `in ${range(field.range.from, field.range.to)}`,
      group === "" ? "" : `of ${group}`,
      field.unit === undefined ? "" : `in ${plain(field.unit)}`,
    ],
    " ",
  );
}

/** Whether a line does not say all of a part: one member with its type and name does. */
function needsDetail(part: Part): boolean {
  const [only, ...others] = part.members;
  if (only === undefined) return false;
  if (others.length > 0 || only.kind !== "field" || part.byAddress === true || part.if !== undefined) return true;
  return [only.if, only.each, only.errata, only.pad].some((fact) => fact !== undefined) || only.doc !== "";
}
