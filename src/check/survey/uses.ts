import type { Arm, Element, Expression, Item, Member, Module, PartItem, Request } from "../../ir/model.ts";
import { armGuard, type Guard, type MemberSite } from "./bodies.ts";
import { isCommand, isConstantGroup, isRequest } from "../../ir/item-kinds.ts";
import { partsOf } from "./parts.ts";
import type { Survey } from "./survey.ts";

/** What an expression is for. */
export type UseRole =
  | "condition"
  | "requires"
  | "length"
  | "value"
  | "range"
  | "selector"
  | "tag"
  | "pad"
  | "mark"
  | "number"
  | "normative";

/** An expression where it stands. */
export interface Use {
  readonly expression: Expression;
  readonly role: UseRole;
  /** What it is written at: its revisions count. */
  readonly element: Element;
  readonly module: Module;
  /** What surrounds the element. */
  readonly guards: readonly Guard[];
  /** The lists of members that it may name, the innermost first. */
  readonly levels: readonly (readonly Member[])[];
}

/** Every expression of all descriptions. */
export function usesOf(survey: Survey): readonly Use[] {
  const uses: Use[] = [];
  for (const module of survey.modules) for (const item of module.items) itemUses(survey, module, item, uses);
  for (const site of survey.sites) memberUses(site, uses);
  return uses;
}

function itemUses(survey: Survey, module: Module, item: Item, uses: Use[]): void {
  const outer: Guard[] = [{ element: item }];
  const add = (
    element: Element,
    role: UseRole,
    expression: Expression | undefined,
    guards: readonly Guard[] = outer,
    levels: Use["levels"] = [],
  ): void => {
    if (expression !== undefined) uses.push({ expression, role, element, module, guards, levels });
  };
  add(item, "condition", item.if, [], item.kind === "rule" ? [survey.config(module)?.members ?? []] : []);
  if (isConstantGroup(item)) {
    for (const constant of item.constants) add(constant, "condition", constant.if);
  } else if (isRequest(item)) {
    partUses(module, item, item.parts, item.if === undefined ? outer : [{ element: item, condition: item.if }], uses);
  } else if (isCommand(item)) {
    // What is in its sections is among the sites.
  } else if (item.kind === "features") {
    for (const feature of item.features) {
      add(feature, "condition", feature.if);
      for (const one of feature.requires) add(feature, "requires", one);
    }
  } else if (item.kind === "queues") {
    for (const where of item.where) add(item, "number", where.value);
    for (const queue of item.queues) {
      add(queue, "condition", queue.if);
      add(queue, "number", queue.number);
      add(queue, "number", queue.each?.from);
      add(queue, "number", queue.each?.to);
    }
  } else if (item.kind === "registers") {
    for (const register of item.registers) {
      add(register, "condition", register.if);
      add(register, "value", register.value);
    }
  } else if (item.kind === "rule") {
    const levels = [survey.config(module)?.members ?? []];
    add(item, "normative", item.expression, [], levels);
    add(item, "range", item.range?.from, [], levels);
    add(item, "range", item.range?.to, [], levels);
  }
}

function partUses(
  module: Module,
  request: Request,
  parts: readonly PartItem[],
  guards: readonly Guard[],
  uses: Use[],
): void {
  const levels = [partsOf(request.parts).flatMap((part) => part.members)];
  for (const part of parts) {
    if (part.if !== undefined)
      uses.push({ expression: part.if, role: "condition", element: part, module, guards, levels });
    if (part.kind === "part") continue;
    uses.push({ expression: part.by, role: "selector", element: part, module, guards, levels });
    const inner: Guard[] = [
      ...guards,
      part.if === undefined ? { element: part } : { element: part, condition: part.if },
    ];
    for (const arm of part.arms) {
      armUses(arm, module, inner, levels, uses);
      partUses(module, request, arm.parts, [...inner, armGuard(arm, part, part.by)], uses);
    }
  }
}

function armUses(
  arm: Pick<Arm, "tags" | "if"> & Element,
  module: Module,
  guards: readonly Guard[],
  levels: Use["levels"],
  uses: Use[],
): void {
  if (arm.if !== undefined) uses.push({ expression: arm.if, role: "condition", element: arm, module, guards, levels });
  for (const tag of arm.tags) {
    const expressions = tag.kind === "value" ? [tag.value] : tag.kind === "range" ? [tag.from, tag.to] : [];
    for (const expression of expressions) uses.push({ expression, role: "tag", element: arm, module, guards, levels });
  }
}

function memberUses(site: MemberSite, uses: Use[]): void {
  const { member, body, guards, levels } = site;
  const { module } = body;
  const add = (role: UseRole, expression: Expression | undefined, element: Element = member): void => {
    if (expression !== undefined) uses.push({ expression, role, element, module, guards, levels });
  };
  add("condition", member.if);
  switch (member.kind) {
    case "field":
      for (const dimension of member.dimensions)
        if (dimension.kind !== "rest")
          add("length", dimension.kind === "fixed" ? dimension.expression : dimension.length);
      add("value", member.value);
      add("value", member.refuse);
      add("range", member.range?.from);
      add("range", member.range?.to);
      add("pad", member.pad?.to);
      add("pad", member.pad?.unless);
      if (member.each?.until !== undefined) {
        uses.push({
          expression: member.each.until,
          role: "mark",
          element: member,
          module,
          guards,
          levels: [member.each.members, ...levels],
        });
      }
      break;
    case "bits":
      for (const dimension of member.dimensions) if (dimension.kind === "counted") add("length", dimension.length);
      for (const group of member.bits) {
        add("condition", group.if, group);
        add("value", group.value, group);
      }
      break;
    case "group":
      for (const dimension of member.dimensions) if (dimension.kind === "counted") add("length", dimension.length);
      break;
    case "present":
      add("condition", member.condition);
      break;
    case "union":
    case "switch":
    case "window": {
      const by = member.kind === "window" ? undefined : member.by;
      add("selector", by);
      const inner: Guard[] = [
        ...guards,
        member.if === undefined ? { element: member } : { element: member, condition: member.if },
      ];
      for (const arm of member.arms) armUses(arm, module, inner, levels, uses);
      break;
    }
  }
}
