import type { Finding } from "../diagnostic/diagnostic.ts";
import type { Element, Item, Member, Module } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isCommand, isConstantGroup, isRequest } from "../ir/item-kinds.ts";
import { namesakes, sameName } from "./survey/names.ts";
import type { Survey } from "./survey/survey.ts";

export const duplicateName: Rule = {
  code: "V2003",
  name: "duplicate-name",
  severity: "error",
  summary: "two elements of one name that exist in the same revision",
  explanation: `Features, queues, registers, structs, the constants of a group and the members of a struct each have their own name. The
members of a group without a name, and of a union, are the struct's own; only the alternatives of a \`switch\` exclude
each other and may use a name again. One name may also pass from one element to the next: \`until 1.2\` at the first and
\`since 1.2\` at the second.`,
  bad: `device disk = 60 "Disk";

config {
  le64 capacity;
  u8   unused[3];
  u8   unused[3] since 1.2;
}
`,
  good: `device disk = 60 "Disk";

config {
  le64 capacity;
  u8   unused[3] until 1.2;
  u8   unused    since 1.2;
  le16 pairs     since 1.2;
}
`,
  *check(survey) {
    for (const module of survey.modules) yield* inModule(survey, module);
    for (const body of survey.bodies) yield* inScope(body.members, `members of ${body.title}`);
    for (const { member } of survey.sites) {
      if (member.kind === "bits" && member.name !== "")
        yield* namesOf(
          member.bits.map((element) => ({ element, alternatives: [] })),
          `bit groups of '${member.name}'`,
        );
    }
  },
};

function* inModule(survey: Survey, module: Module): Iterable<Finding> {
  const { items } = module;
  yield* among("features", survey.features(module));
  yield* among(
    "types",
    items.filter((item) => item.kind === "struct" || item.kind === "external"),
  );
  yield* among(
    "groups of constants",
    items.filter((item) => isConstantGroup(item) && item.name !== ""),
  );
  yield* among(
    "constants",
    items.flatMap((item) =>
      item.kind === "constant" ? [item] : isConstantGroup(item) && item.name === "" ? item.constants : [],
    ),
  );
  yield* among(
    "queues",
    items.flatMap((item) => (item.kind === "queues" ? item.queues : [])),
  );
  yield* among(
    "parameters",
    items.filter((item) => item.kind === "parameter"),
  );
  yield* among(
    "messages",
    items.filter((item) => isRequest(item)),
  );
  for (const [kind, what] of commandKinds)
    yield* among(
      what,
      items.filter((item) => item.kind === kind),
    );
  for (const item of items) yield* inItem(item);
}

const commandKinds: readonly (readonly [Item["kind"], string])[] = [
  ["ccw_command", "CCW commands"],
  ["capability", "capabilities"],
  ["resource", "resource objects"],
  ["device_part", "device parts"],
];

function* inItem(item: Item): Iterable<Finding> {
  if (isConstantGroup(item) && item.name !== "") yield* among(`constants of '${item.name}'`, item.constants);
  if (item.kind === "registers") yield* among("registers", item.registers);
  if (isCommand(item)) {
    const twice = item.sections.find(
      (section, index) => item.sections.findIndex((other) => other.name === section.name) !== index,
    );
    if (twice !== undefined) {
      yield {
        message: `'${item.name}' has two sections '${twice.name}'`,
        at: item.at,
        help: "put their members into one",
      };
    }
  }
  if (item.kind === "house") {
    yield* among(`views of '${item.name}'`, item.views);
    yield* among(`typedefs of '${item.name}'`, item.typedefs);
    yield* among(
      `constants of '${item.name}'`,
      item.constants.filter((one) => one.kind === "constant"),
    );
    for (const group of item.constants)
      if (group.kind !== "constant") yield* among(`constants of '${group.name}'`, group.constants);
  }
}

function* among(what: string, elements: readonly Element[]): Iterable<Finding> {
  for (const pair of namesakes(elements, "name")) yield sameName(what, pair);
}

/** A member or bit group, and the alternatives that it stands in, outermost first: `8.3:0` is the first one of the switch there. */
interface Entry {
  readonly element: Element;
  readonly alternatives: readonly string[];
}

interface Scope {
  readonly members: readonly Member[];
  readonly what: string;
}

/** Members whose names are one scope; those inside of a member with a name are a scope of their own. */
function* inScope(members: readonly Member[], what: string): Iterable<Finding> {
  const entries: Entry[] = [];
  const inner: Scope[] = [];
  collect(members, [], entries, inner);
  yield* namesOf(entries, what);
  for (const scope of inner) yield* inScope(scope.members, scope.what);
}

function* namesOf(entries: readonly Entry[], what: string): Iterable<Finding> {
  const alternatives = new Map(entries.map((entry) => [entry.element, entry.alternatives]));
  for (const pair of namesakes(
    entries.map((entry) => entry.element),
    "name",
  )) {
    if (!exclusive(alternatives.get(pair.first) ?? [], alternatives.get(pair.second) ?? [])) yield sameName(what, pair);
  }
}

function collect(members: readonly Member[], alternatives: readonly string[], entries: Entry[], inner: Scope[]): void {
  for (const member of members) {
    if (member.name !== "") entries.push({ element: member, alternatives });
    const own = member.name === "" ? undefined : `members of '${member.name}'`;
    switch (member.kind) {
      case "field":
        if (member.each !== undefined)
          inner.push({ members: member.each.members, what: `members of an element of '${member.name}'` });
        break;
      case "bits":
        if (own === undefined) for (const bits of member.bits) entries.push({ element: bits, alternatives });
        break;
      case "group":
      case "present":
        if (own === undefined) collect(member.members, alternatives, entries, inner);
        else inner.push({ members: member.members, what: own });
        break;
      case "union":
      case "switch":
      case "window":
        for (const [index, arm] of member.arms.entries()) {
          const around =
            member.kind === "union"
              ? alternatives
              : [...alternatives, `${member.at.line}.${member.at.column}:${index}`];
          if (own === undefined) collect(arm.members, around, entries, inner);
          else if (member.kind !== "union") inner.push({ members: arm.members, what: own });
        }
        if (own !== undefined && member.kind === "union")
          inner.push({ members: member.arms.flatMap((arm) => arm.members), what: own });
        break;
    }
  }
}

/** Whether they stand in different alternatives of one switch. */
function exclusive(a: readonly string[], b: readonly string[]): boolean {
  return a.some((one, index) => {
    const other = b[index];
    return other !== undefined && other !== one && other.split(":")[0] === one.split(":")[0];
  });
}
