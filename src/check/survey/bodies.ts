import type {
  Arm,
  Command,
  Element,
  Expression,
  Item,
  Member,
  Module,
  Part,
  PartItem,
  Request,
  Tag,
} from "../../ir/model.ts";
import { isCommand, isRequest } from "../../ir/item-kinds.ts";
import { partsOf } from "./parts.ts";

/** Something that decides whether what it surrounds is there: an `if`, an alternative of a switch. */
export interface Guard {
  readonly element: Element;
  /** Absent where only the element's revisions count. */
  readonly condition?: Expression;
  /** Of an alternative: the switch or union that it belongs to, and its tags. */
  readonly choice?: { readonly of: object; readonly by: Expression | undefined; readonly tags: readonly Tag[] };
}

/** Members that are laid out one after the other from byte 0. */
export interface Body {
  readonly kind: "config" | "struct" | "part" | "response" | "section" | "view";
  readonly module: Module;
  readonly item: Item;
  /** Whose revisions the members have: the struct, the part, for a section its command. */
  readonly element: Element;
  /** As messages call it: `struct 'hdr'`. */
  readonly title: string;
  readonly members: readonly Member[];
  readonly guards: readonly Guard[];
  /** What its members' expressions may name beside the members themselves, from the nearest outwards. */
  readonly outer: readonly (readonly Member[])[];
}

/** One member with all that surrounds it inside its body. */
export interface MemberSite {
  readonly member: Member;
  readonly body: Body;
  /** Those of its body first. */
  readonly guards: readonly Guard[];
  /** The lists of members that its expressions may name, the innermost first. */
  readonly levels: readonly (readonly Member[])[];
}

/** Everything in a module that has members. */
export function bodiesOf(module: Module): readonly Body[] {
  return module.items.flatMap((item): readonly Body[] => {
    const own = (
      kind: Body["kind"],
      title: string,
      element: Element & { readonly members: readonly Member[] },
    ): Body => ({
      kind,
      module,
      item,
      element,
      title,
      members: element.members,
      guards: guardsOf(element),
      outer: [],
    });
    switch (item.kind) {
      case "config":
        return [own("config", "the configuration space", item)];
      case "struct":
        return [own("struct", `struct '${item.name}'`, item)];
      case "response": {
        const request = module.items.find((other): other is Request => isRequest(other) && other.name === item.to);
        const answered = request === undefined ? [] : partsOf(request.parts).flatMap((part) => part.members);
        return [{ ...own("response", `the response to '${item.to}'`, item), outer: [answered] }];
      }
      case "request":
      case "message":
      case "event": {
        const all = partsOf(item.parts).flatMap((part) => part.members);
        return partBodies(module, item, item.parts, guardsOf(item), all);
      }
      case "house":
        return item.views.map((view) => ({
          ...own("view", `view '${view.name}'`, view),
          item,
          outer: [viewedMembers(module, view.of)],
        }));
      default:
        return isCommand(item) ? sectionBodies(module, item) : [];
    }
  });
}

function sectionBodies(module: Module, command: Command): readonly Body[] {
  const all = command.sections.flatMap((section) => section.members);
  return command.sections.map((section) => ({
    kind: "section",
    module,
    item: command,
    element: command,
    title: section.name === "" ? `'${command.name}'` : `'${section.name}' of '${command.name}'`,
    members: section.members,
    guards: guardsOf(command),
    outer: [all],
  }));
}

function partBodies(
  module: Module,
  request: Request,
  parts: readonly PartItem[],
  guards: readonly Guard[],
  all: readonly Member[],
): readonly Body[] {
  return parts.flatMap((part): readonly Body[] => {
    const inner = [...guards, ...guardsOf(part)];
    if (part.kind === "part") {
      const title = `the ${part.direction} part${part.name === "" ? "" : ` '${part.name}'`} of '${request.name}'`;
      return [
        {
          kind: "part",
          module,
          item: request,
          element: part,
          title,
          members: part.members,
          guards: inner,
          outer: [all],
        },
      ];
    }
    return part.arms.flatMap((arm) =>
      partBodies(module, request, arm.parts, [...inner, armGuard(arm, part, part.by)], all),
    );
  });
}

/** What a view's own members may name, and what a path that begins with a name leads into; of a request, one side of it. */
export function viewedMembers(module: Module, of: string, side?: Part["direction"]): readonly Member[] {
  const item = viewedItem(module, of);
  if (item === undefined) return [];
  if (isRequest(item))
    return partsOf(item.parts).flatMap((part) => (side === undefined || part.direction === side ? part.members : []));
  if (side !== undefined) return [];
  if (item.kind === "config" || item.kind === "struct") return item.members;
  return isCommand(item) ? item.sections.flatMap((section) => section.members) : [];
}

/** The struct, space, message or command of this name; of `ctrl.TMF`, one alternative of a message, the message. */
export function viewedItem(module: Module, of: string): Item | undefined {
  const [name] = of.split(".");
  return (
    module.items.find((item) => item.name === name && (item.kind === "struct" || isRequest(item) || isCommand(item))) ??
    module.items.find((item) => item.kind === "config" && of === "config")
  );
}

/** Every member of a body, those inside of groups, alternatives and lists included. */
export function sitesOf(body: Body): readonly MemberSite[] {
  const found: MemberSite[] = [];
  collect(body, body.members, body.guards, body.outer, found);
  return found;
}

function collect(
  body: Body,
  members: readonly Member[],
  guards: readonly Guard[],
  outer: readonly (readonly Member[])[],
  found: MemberSite[],
): void {
  const levels = [members, ...outer];
  for (const member of members) {
    found.push({ member, body, guards, levels });
    const inner = member.kind === "field" && member.each === undefined ? guards : [...guards, ...guardsOf(member)];
    switch (member.kind) {
      case "field":
        if (member.each !== undefined) collect(body, member.each.members, inner, levels, found);
        break;
      case "group":
        collect(body, member.members, inner, levels, found);
        break;
      case "present":
        collect(body, member.members, [...inner, { element: member, condition: member.condition }], levels, found);
        break;
      case "union":
      case "switch":
      case "window":
        for (const arm of member.arms) {
          const by = member.kind === "window" ? undefined : member.by;
          collect(body, arm.members, [...inner, armGuard(arm, member, by)], levels, found);
        }
        break;
      case "bits":
        break;
    }
  }
}

export function guardsOf(element: Element): readonly Guard[] {
  let guards = guardOfElement.get(element);
  if (guards === undefined) {
    guards = [element.if === undefined ? { element } : { element, condition: element.if }];
    guardOfElement.set(element, guards);
  }
  return guards;
}

const guardOfElement = new WeakMap<Element, readonly Guard[]>();

/** Of an alternative: its own condition and that the tag is one of its own. */
export function armGuard(
  arm: Element & { readonly tags: readonly Tag[] },
  of: object,
  by: Expression | undefined,
): Guard {
  let guard = guardOfArm.get(arm);
  if (guard === undefined) {
    guard = makeArmGuard(arm, of, by);
    guardOfArm.set(arm, guard);
  }
  return guard;
}

/** Each alternative is met as a body's surroundings, as a choice and at its expressions. */
const guardOfArm = new WeakMap<Element, Guard>();

function makeArmGuard(arm: Element & { readonly tags: readonly Tag[] }, of: object, by: Expression | undefined): Guard {
  // A long list of tags decides nothing that its first ones do not.
  const chosen =
    by === undefined || arm.tags.length > mostTags
      ? undefined
      : arm.tags.map((tag) => tagCondition(by, tag)).reduce<Expression | undefined>(either, undefined);
  const condition =
    chosen === undefined ? arm.if : arm.if === undefined ? chosen : ({ op: "&", left: chosen, right: arm.if } as const);
  return { element: arm, choice: { of, by, tags: arm.tags }, ...(condition === undefined ? {} : { condition }) };
}

/** An alternative with more tags than these counts as chosen by anything. */
const mostTags = 100;

const always: Expression = { op: "number", value: 1, text: "1" };

function either(left: Expression | undefined, right: Expression): Expression {
  return left === undefined ? right : { op: "|", left, right };
}

function tagCondition(by: Expression, tag: Tag): Expression {
  switch (tag.kind) {
    case "value":
      return { op: "==", left: by, right: tag.value };
    case "range":
      return { op: "&", left: { op: ">=", left: by, right: tag.from }, right: { op: "<=", left: by, right: tag.to } };
    case "default":
      return always;
  }
}

/** Members that stand directly in these: what a group without a name and an alternative hold are the outer's own. */
export function flatMembers(members: readonly Member[]): readonly Member[] {
  let flat = flatOf.get(members);
  if (flat === undefined) {
    flat = members.every((member) => standsAlone(member)) ? members : flatten(members);
    flatOf.set(members, flat);
  }
  return flat;
}

/** Each path of an expression begins with one of these lists. */
const flatOf = new WeakMap<readonly Member[], readonly Member[]>();

function standsAlone(member: Member): boolean {
  return member.kind === "field" || member.kind === "bits";
}

function flatten(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member): readonly Member[] => {
    switch (member.kind) {
      case "group":
        return member.name === "" ? flatMembers(member.members) : [member];
      case "union":
      case "switch":
        return member.name === "" ? armMembers(member.arms) : [member];
      case "window":
        return armMembers(member.arms);
      case "present":
        return flatMembers(member.members);
      default:
        return [member];
    }
  });
}

function armMembers(arms: readonly Arm[]): readonly Member[] {
  return arms.flatMap((arm) => flatMembers(arm.members));
}
