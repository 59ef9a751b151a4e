import type {
  Access,
  BitGroup,
  Element,
  Expression,
  Feature,
  HeldBy,
  Member,
  Module,
  Part,
  PartItem,
  Queue,
  Register,
  Request,
  Rule as Statement,
} from "../../ir/model.ts";
import { viewedItem } from "./bodies.ts";
import { walkExpression } from "../../ir/expression.ts";
import { isCommand, isRequest } from "../../ir/item-kinds.ts";
import { membersAt, membersInside } from "./paths.ts";
import type { Survey } from "./survey.ts";
import { constantValue } from "./values.ts";

/** What the path behind `by` can end at, and what stands around it. */
export interface Target {
  readonly element: Element;
  readonly what:
    | { readonly kind: "config"; readonly members: readonly Member[] }
    | { readonly kind: "feature"; readonly feature: Feature }
    | { readonly kind: "queue"; readonly queue: Queue }
    | { readonly kind: "register"; readonly register: Register }
    | { readonly kind: "message"; readonly request: Request }
    | { readonly kind: "alternative" }
    | { readonly kind: "member"; readonly member: Member | BitGroup };
  /** It, or what it stands in, depends on a feature or a value. */
  readonly conditional: boolean;
  /** Where a member is: who writes it decides what it holds whom to. */
  readonly place?: "config" | Part["direction"] | "struct";
}

/** Everything that a path can mean: the configuration space comes first, then features, queues, messages and structs. */
export function targetsOf(survey: Survey, module: Module, { path }: HeldBy): readonly Target[] {
  const [first = "", ...rest] = path;
  const config = survey.config(module)?.members ?? [];
  const ways: readonly (() => readonly Target[])[] = [
    () => inMembers(survey, config, path, false, "config"),
    () => (first === "config" ? inMembers(survey, config, rest, false, "config") : []),
    () => (first === "config" && rest.length === 0 ? wholeConfig(survey, module) : []),
    () => (rest.length > 0 ? [] : featuresNamed(survey, module, first)),
    () => (rest.length > 0 ? [] : queuesNamed(module, first)),
    () => (rest.length > 0 ? [] : registersNamed(module, first)),
    () => inMessages(survey, module, first, rest),
    () => inOther(survey, module, first, rest),
  ];
  for (const way of ways) {
    const found = way();
    if (found.length > 0) return found;
  }
  return [];
}

function wholeConfig(survey: Survey, module: Module): readonly Target[] {
  const config = survey.config(module);
  return config === undefined
    ? []
    : [{ element: config, what: { kind: "config", members: config.members }, conditional: false }];
}

function featuresNamed(survey: Survey, module: Module, name: string): readonly Target[] {
  const owner = [module, ...survey.core].find((one) => survey.featuresNamed(one.name, name).length > 0);
  return (owner === undefined ? [] : survey.featuresNamed(owner.name, name)).map((feature) => ({
    element: feature,
    what: { kind: "feature", feature },
    conditional: false,
  }));
}

function queuesNamed(module: Module, name: string): readonly Target[] {
  return module.items
    .flatMap((item) => (item.kind === "queues" ? item.queues : []))
    .filter((queue) => queue.name === name)
    .map((queue) => ({ element: queue, what: { kind: "queue", queue }, conditional: queue.if !== undefined }));
}

function registersNamed(module: Module, name: string): readonly Target[] {
  return module.items
    .flatMap((item) => (item.kind === "registers" ? item.registers : []))
    .filter((register) => register.name === name)
    .map((register) => ({ element: register, what: { kind: "register", register }, conditional: false }));
}

function inMessages(survey: Survey, module: Module, name: string, rest: readonly string[]): readonly Target[] {
  return module.items.flatMap((item): readonly Target[] => {
    if (!isRequest(item) || item.name !== name) return [];
    const queues = item.queues.flatMap((queue) => queuesNamed(module, queue));
    const conditional = item.if !== undefined || (queues.length > 0 && queues.every((queue) => queue.conditional));
    if (rest.length === 0) return [{ element: item, what: { kind: "message", request: item }, conditional }];
    const found = inParts(survey, item.parts, rest, conditional);
    return found.length > 0 ? found : inAlternatives(survey, item.parts, rest, conditional);
  });
}

function inParts(
  survey: Survey,
  parts: readonly PartItem[],
  names: readonly string[],
  conditional: boolean,
): readonly Target[] {
  return parts.flatMap((item): readonly Target[] => {
    const inner = conditional || item.if !== undefined;
    if (item.kind === "part") return inMembers(survey, item.members, names, inner, item.direction);
    return item.arms.flatMap((arm) => inParts(survey, arm.parts, names, inner || arm.if !== undefined));
  });
}

/** `req.DISCARD`, `req.DISCARD.segments`. */
function inAlternatives(
  survey: Survey,
  parts: readonly PartItem[],
  [tag = "", ...rest]: readonly string[],
  conditional: boolean,
): readonly Target[] {
  return parts.flatMap((item): readonly Target[] => {
    if (item.kind === "part") return [];
    return item.arms.flatMap((arm): readonly Target[] => {
      const inner = conditional || item.if !== undefined || arm.if !== undefined;
      const isIt = arm.tags.some((one) => one.kind === "value" && nameOfTag(one.value) === tag);
      if (!isIt) return inAlternatives(survey, arm.parts, [tag, ...rest], inner);
      if (rest.length === 0) return [{ element: arm, what: { kind: "alternative" }, conditional: inner }];
      return inParts(survey, arm.parts, rest, inner);
    });
  });
}

function nameOfTag(value: Expression): string {
  return value.op === "constant" ? value.name : "";
}

/** Responses, commands and structs. */
function inOther(survey: Survey, module: Module, name: string, rest: readonly string[]): readonly Target[] {
  if (rest.length === 0) return [];
  const responses = module.items.flatMap((item) =>
    item.kind === "response" && item.to === name
      ? inMembers(survey, item.members, rest, item.if !== undefined, "device-writable")
      : [],
  );
  if (responses.length > 0) return responses;
  const item = viewedItem(module, name);
  if (item === undefined) return [];
  const conditional = item.if !== undefined;
  if (item.kind === "struct") return inMembers(survey, item.members, rest, conditional, "struct");
  if (!isCommand(item)) return [];
  return item.sections.flatMap((section) => inMembers(survey, section.members, rest, conditional, "struct"));
}

function inMembers(
  survey: Survey,
  members: readonly Member[],
  names: readonly string[],
  conditional: boolean,
  place: NonNullable<Target["place"]>,
): readonly Target[] {
  const [first, ...rest] = names;
  if (first === undefined) return [];
  return members.flatMap((member): readonly Target[] => {
    const inner = conditional || member.if !== undefined || member.kind === "present";
    const target = (element: Member | BitGroup): Target => ({
      element,
      what: { kind: "member", member: element },
      conditional: inner || element.if !== undefined,
      place,
    });
    if (member.kind === "bits") {
      if (member.name === first && rest.length === 0) return [target(member)];
      const own = member.name === "" ? first : member.name === first ? rest[0] : undefined;
      return member.bits.filter((group) => group.name === own).map((group) => target(group));
    }
    if (member.name === first) {
      return rest.length === 0
        ? [target(member)]
        : inMembers(survey, membersInside(survey, member), rest, inner, place);
    }
    // What a group without a name and an alternative hold are the outer's own.
    if (member.kind === "field" || (member.name !== "" && member.kind !== "window")) return [];
    if (member.kind === "group" || member.kind === "present")
      return inMembers(survey, member.members, names, inner, place);
    return member.arms.flatMap((arm) => inMembers(survey, arm.members, names, inner || arm.if !== undefined, place));
  });
}

/** Whether generated code holds the statement's role to something by a property of the element. */
export function holds(survey: Survey, module: Module, statement: Statement, target: Target): boolean {
  const { what, conditional } = target;
  const { not } = statement;
  switch (what.kind) {
    case "config":
      return not === true && what.members.every((member) => !isWritable(member));
    case "feature":
      return dependsOnOthers(survey, what.feature);
    case "queue":
      return conditional || what.queue.each !== undefined;
    case "register":
      return false;
    case "message":
      // What may have any length is held to none.
      return conditional || what.request.anyLength !== true;
    case "alternative":
      // Bytes too few or too many, in the wrong direction, or without the feature come to no device's method.
      return true;
    case "member":
      return conditional || memberHolds(survey, module, statement, what.member, target.place);
  }
}

function isWritable(member: Member): boolean {
  const access = "access" in member ? member.access : undefined;
  return access !== undefined && access.writable !== "never";
}

function dependsOnOthers(survey: Survey, feature: Feature): boolean {
  if (feature.requires.length > 0 || feature.legacy === true) return true;
  return survey.modules.some((module) =>
    module.items.some((item) => {
      if (item.kind !== "rule" || item.role !== undefined) return false;
      return item.features?.includes(feature.name) === true || names(item.expression, feature.name);
    }),
  );
}

function names(expression: Expression | undefined, feature: string): boolean {
  let found = false;
  if (expression !== undefined)
    walkExpression(expression, (part) => {
      if (part.op === "feature" && part.name === feature) found = true;
    });
  return found;
}

function memberHolds(
  survey: Survey,
  module: Module,
  { role, not }: Statement,
  member: Member | BitGroup,
  place: Target["place"],
): boolean {
  if ("reserved" in member && member.reserved) return true;
  const writer = place === "device-readable" ? "driver" : place === "device-writable" ? "device" : undefined;
  // Each side is given only what it may write.
  if (not === true && writer !== undefined && writer !== role) return true;
  if (place === "config" && heldByAccess("access" in member ? member.access : undefined, role, not)) return true;
  if (isTag(survey, module, member)) return true;
  if (!("kind" in member) || member.kind !== "field") return false;
  if (member.dimensions.some((dimension) => dimension.kind !== "rest")) return true;
  if (member.refuse !== undefined) return role === "device";
  if (member.type.kind !== "scalar" || member.type.size === 8 || member.dimensions.length > 0) return false;
  return isNumber(member.value) || (isNumber(member.range?.from) && isNumber(member.range?.to));
}

/** A driver cannot write what is not writable, and a device does not look at it where one tries. */
function heldByAccess(access: Access | undefined, role: Statement["role"], not: true | undefined): boolean {
  if (access === undefined || access.writable === "never") return not === true;
  if (typeof access.writable === "object") return true;
  const { writeClears, keptOverReset, reset } = access;
  return role === "device" && (writeClears !== undefined || keptOverReset === true || reset !== undefined);
}

function isNumber(expression: Expression | undefined): boolean {
  return expression !== undefined && constantValue(expression) !== undefined;
}

/** Whether it decides between alternatives: a tag that nothing has is refused. */
function isTag(survey: Survey, module: Module, member: Member | BitGroup): boolean {
  return survey.uses.some((use) => {
    if (use.role !== "selector" || use.module !== module) return false;
    let path = use.expression;
    // `type & ~T.BARRIER`: flags beside the tag.
    while (path.op === "&") path = path.left;
    return path.op === "member" && membersAt(survey, module, use.levels, path).includes(member);
  });
}
