import type { Finding } from "../diagnostic/diagnostic.ts";
import { coexist, overlap } from "../ir/availability.ts";
import {
  newestRevision,
  type Constant,
  type ConstantGroup,
  type Element,
  type House,
  type Integer,
  type Member,
  type Module,
} from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isCommand, isConstantGroup } from "../ir/item-kinds.ts";
import { spellRevisions, type Survey } from "./survey/survey.ts";

export const houseNameTwice: Rule = {
  code: "V6002",
  name: "house-name-twice",
  severity: "error",
  summary: "a name that a house would have for two things",
  explanation: `\`alias linux NAME\` replaces an element's name in that house, \`also linux NAME\` adds one. The house's headers are included
together, so each name of a macro, of a struct, and of a member within its struct means one thing. What the house does
not publish (\`omit\`) has no name there, and two macros of one value do no harm.`,
  bad: `device disk = 60 "Disk";

features {
  FLUSH = 9  alias linux VIRTIO_DISK_F_WCE;
  WCE   = 11;
}
house linux {
  header "virtio_disk.h";
}
`,
  good: `device disk = 60 "Disk";

features {
  FLUSH = 9  alias linux VIRTIO_DISK_F_FLUSH_CACHE;
  WCE   = 11;
}
house linux {
  header "virtio_disk.h";
}
`,
  *check(survey) {
    for (const house of housesOf(survey)) {
      const published = survey.modules.flatMap((module) => publishedBy(module, house));
      yield* twice(
        published.filter((one) => one.space === "macro"),
        house,
      );
      yield* twice(
        published.filter((one) => one.space === "struct"),
        house,
      );
      for (const body of survey.bodies) if (body.kind !== "view") yield* twice(membersOf(body.members, house), house);
    }
  },
};

interface Published {
  readonly name: string;
  readonly element: Element;
  readonly space: "macro" | "struct" | "member";
  /** Given for this house, not by the rule for all. */
  readonly given: boolean;
  readonly value?: Integer | undefined;
  /** A view takes the place of the struct that it views. */
  readonly views?: string;
}

function housesOf(survey: Survey): readonly string[] {
  return [
    ...new Set(
      survey.modules.flatMap((module) => module.items.flatMap((item) => (item.kind === "house" ? [item.name] : []))),
    ),
  ];
}

function publishedBy(module: Module, house: string): readonly Published[] {
  const blocks = module.items.filter((item): item is House => item.kind === "house" && item.name === house);
  const omitted = new Set(blocks.flatMap((block) => block.omitted));
  const found: Published[] = [];
  const add = (element: Element, space: Published["space"], value?: Integer, group = ""): void => {
    if (omitted.has(element.name) || omitted.has(group) || (group !== "" && omitted.has(`${group}.${element.name}`)))
      return;
    found.push(...namesOf(element, house, space, value));
  };
  for (const item of module.items) {
    if (item.kind === "features") for (const feature of item.features) add(feature, "macro", feature.bit, "features");
    if (item.kind === "constant") add(item, "macro", item.value);
    if (isConstantGroup(item)) for (const constant of item.constants) add(constant, "macro", constant.value, item.name);
    if (item.kind === "registers")
      for (const register of item.registers) add(register, "macro", register.offset, item.name);
    if (isCommand(item) && item.number !== undefined) add(item, "macro", item.number);
    if (item.kind === "struct" || item.kind === "config") add(item, "struct");
  }
  for (const block of blocks) {
    for (const one of block.constants)
      for (const constant of constantsOf(one))
        found.push({ name: constant.cName, element: constant, space: "macro", given: true, value: constant.value });
    for (const view of block.views)
      found.push({ name: view.cName, element: view, space: "struct", given: true, views: view.of });
  }
  return found;
}

function constantsOf(one: Constant | ConstantGroup): readonly Constant[] {
  return one.kind === "constant" ? [one] : one.constants;
}

function namesOf(
  element: Element,
  house: string,
  space: Published["space"],
  value: Integer | undefined,
): readonly Published[] {
  const own = element.aliases?.filter((alias) => alias.house === house);
  if (own === undefined || own.length === 0) return [{ name: element.cName, element, space, given: false, value }];
  const main = own.find((alias) => alias.also === undefined);
  return [
    { name: main?.name ?? element.cName, element, space, given: main !== undefined, value },
    ...own
      .filter((alias) => alias.also === true)
      .map(({ name }): Published => ({ name, element, space, given: true, value })),
  ];
}

/** Members that share one space of names: those of groups without a name are the struct's own. */
function membersOf(members: readonly Member[], house: string): readonly Published[] {
  return members.flatMap((member): readonly Published[] => {
    if (member.kind === "group" && member.name === "") return membersOf(member.members, house);
    return member.name === "" ? [] : namesOf(member, house, "member", undefined);
  });
}

function* twice(all: readonly Published[], house: string): Iterable<Finding> {
  if (new Set(all.map((one) => one.name)).size === all.length) return;
  const byName = new Map<string, Published[]>();
  for (const second of all) {
    const others = byName.get(second.name) ?? [];
    byName.set(second.name, [...others, second]);
    const first = others.find((other) => clash(other, second));
    if (first === undefined) continue;
    const revisions = overlap(first.element, second.element);
    const [early, late] = second.given ? [first, second] : [second, first];
    yield {
      message: `in the house '${house}', '${second.name}' is both '${early.element.name}' and '${late.element.name}'${revisions.includes(newestRevision) ? "" : ` in ${spellRevisions(revisions)}`}`,
      at: late.element.at,
      related: [{ at: early.element.at, message: `'${early.element.name}' has this name` }],
      help: "give one of them another name there, or 'omit' the one that the house does not have",
    };
  }
}

function clash(a: Published, b: Published): boolean {
  if ((!a.given && !b.given) || a.element === b.element || !coexist(a.element, b.element)) return false;
  if (a.value !== undefined && a.value === b.value) return false;
  // Two views, or two constants, of one name have been reported as such.
  if (a.element.name === b.element.name && a.views !== undefined && b.views !== undefined) return false;
  return !(a.views === b.element.name || b.views === a.element.name);
}
