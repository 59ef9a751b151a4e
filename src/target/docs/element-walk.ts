import { isCommand } from "../../ir/item-kinds.ts";
import type { Arm, ConstantGroup, Element, Item, Member, Module, PartItem } from "../../ir/model.ts";
import { errataHeading, itemHeading, sectionHeading } from "./headings.ts";
import { code } from "./markdown.ts";
import { tagList } from "./member-rows.ts";

export type ElementKind =
  "feature" | "queue" | "member" | "constant" | "alternative" | "part" | "register" | "rule" | "erratum" | "block";

/** An element of a description and where it stands. */
export interface Visited {
  readonly kind: ElementKind;
  /** The heading that it stands under on the page. */
  readonly place: string;
  /** Markdown: its own name or its path within the block. */
  readonly name: string;
  readonly element: Element;
  /** What it inherits its revisions from. */
  readonly outer: Element;
  readonly member?: Member;
  /** Of a block. */
  readonly item?: Item;
}

/** Everything in a module that has a name, in the order of the description; blocks come before what is in them. */
export function elementsOf(module: Module): readonly Visited[] {
  return module.items.flatMap((item) => ofItem(item, module));
}

function ofItem(item: Item, module: Module): readonly Visited[] {
  const place = itemHeading(item);
  const block: Visited = {
    kind: "block",
    place: sectionHeading(item),
    name: place,
    element: item,
    outer: module,
    item,
  };
  if (isCommand(item))
    return [
      { ...block, name: code(item.name) },
      ...item.sections.flatMap((section) =>
        membersOf(section.members, place, section.name === "" ? "" : `${section.name}.`, item),
      ),
    ];
  switch (item.kind) {
    case "features":
      return [
        block,
        ...item.features.map((feature): Visited => ({
          kind: "feature",
          place,
          name: code(feature.name),
          element: feature,
          outer: item,
        })),
      ];
    case "feature_ranges":
      return [
        block,
        ...item.ranges.map((range): Visited => ({
          kind: "block",
          place,
          name: code(`${range.owner} ${range.from === range.to ? range.from : `${range.from}..${range.to}`}`),
          element: range,
          outer: item,
        })),
      ];
    case "queues":
      return [
        block,
        ...item.queues.map((queue): Visited => ({
          kind: "queue",
          place,
          name: code(queue.name),
          element: queue,
          outer: item,
        })),
      ];
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
      return [block, ...constantsOf(item, place)];
    case "config":
    case "struct":
    case "response":
      return [block, ...membersOf(item.members, place, "", item)];
    case "request":
    case "message":
    case "event":
      return [block, ...partsOf(item.parts, place, "", item)];
    case "registers":
      return [
        block,
        ...item.registers.map((register): Visited => ({
          kind: "register",
          place,
          name: code(register.name),
          element: register,
          outer: item,
        })),
      ];
    case "rule":
      return [{ kind: "rule", place: sectionHeading(item), name: item.label ?? "", element: item, outer: module }];
    case "erratum":
      return [{ kind: "erratum", place: errataHeading, name: "", element: item, outer: module }];
    case "constant":
      return [{ kind: "constant", place, name: code(item.name), element: item, outer: module }];
    case "external":
    case "parameter":
      return [{ ...block, name: code(item.name) }];
    case "house":
      return [];
  }
}

function constantsOf(group: ConstantGroup, place: string): readonly Visited[] {
  return group.constants.map((constant): Visited => ({
    kind: "constant",
    place,
    name: code(constant.name),
    element: constant,
    outer: group,
  }));
}

function membersOf(members: readonly Member[], place: string, path: string, outer: Element): readonly Visited[] {
  return members.flatMap((member): readonly Visited[] => {
    // Without a name it is seen only through its members.
    const named = member.name !== "";
    const own: readonly Visited[] =
      named || member.errata !== undefined
        ? [{ kind: "member", place, name: code(path + member.name), element: member, outer, member }]
        : [];
    const around = named ? member : outer;
    const inner = named ? `${path}${member.name}.` : path;
    switch (member.kind) {
      case "field":
        return member.each === undefined ? own : [...own, ...membersOf(member.each.members, place, inner, around)];
      case "bits":
        return [
          ...own,
          ...member.bits.map((bits): Visited => ({
            kind: "member",
            place,
            name: code(inner + bits.name),
            element: bits,
            outer: around,
          })),
        ];
      case "group":
      case "present":
        return [...own, ...membersOf(member.members, place, inner, around)];
      default:
        return [...own, ...member.arms.flatMap((arm) => armOf(arm, place, inner, around))];
    }
  });
}

function armOf(arm: Arm, place: string, path: string, outer: Element): readonly Visited[] {
  if (arm.tags.length === 0) return membersOf(arm.members, place, path, outer);
  const own: Visited = { kind: "alternative", place, name: tagList(arm.tags), element: arm, outer };
  return [own, ...membersOf(arm.members, place, path, arm)];
}

function partsOf(parts: readonly PartItem[], place: string, path: string, outer: Element): readonly Visited[] {
  return parts.flatMap((part): readonly Visited[] => {
    if (part.kind === "part") {
      const own: readonly Visited[] =
        part.name === "" && part.errata === undefined
          ? []
          : [{ kind: "part", place, name: code(path + part.name), element: part, outer }];
      return [...own, ...membersOf(part.members, place, path, part.name === "" ? outer : part)];
    }
    return part.arms.flatMap((arm): readonly Visited[] => [
      { kind: "alternative", place, name: tagList(arm.tags), element: arm, outer },
      ...partsOf(arm.parts, place, path, arm),
    ]);
  });
}
