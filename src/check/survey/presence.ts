import { coexist, existsAt } from "../../ir/availability.ts";
import { walkExpression } from "../../ir/expression.ts";
import type { Constant, Element, Expression, Module, Revision } from "../../ir/model.ts";
import type { Guard } from "./bodies.ts";
import { satisfiable, type Exists } from "./solver.ts";
import type { Survey } from "./survey.ts";

/** Whether two things can be there at once, by their revisions and by all that surrounds each of them. */
export function together(a: readonly Guard[], b: readonly Guard[]): boolean {
  for (const one of a) {
    for (const other of b) {
      if (one.choice !== undefined && one.choice.of === other.choice?.of && one.element !== other.element) return false;
      if (!coexist(one.element, other.element)) return false;
    }
  }
  const conditions = [...a, ...b].flatMap((guard) => guard.condition ?? []);
  return conditions.length === 0 || satisfiable(conditions, () => true);
}

/** Which features can be negotiated in a revision. */
export function existing(survey: Survey, revision: Revision): Exists {
  const cache = new Map<string, boolean>();
  return (module, name) => {
    const key = `${module}.${name}`;
    let found = cache.get(key);
    if (found === undefined) {
      found = survey.featuresNamed(module, name).some((feature) => existsAt(feature, revision));
      cache.set(key, found);
    }
    return found;
  };
}

/** Whether an element, with what surrounds it, is of the legacy interface only: marked so, or chosen only there. */
export function isLegacy(survey: Survey, element: Element, guards: readonly Guard[]): boolean {
  if (element.legacy === true || needsLegacyFeature(survey, element.if)) return true;
  return guards.some(
    (guard) =>
      guard.element.legacy === true || needsLegacyFeature(survey, guard.condition) || hasLegacyTags(survey, guard),
  );
}

function hasLegacyTags(survey: Survey, guard: Guard): boolean {
  const tags = guard.choice?.tags ?? [];
  return (
    tags.length > 0 &&
    tags.every((tag) => tag.kind === "value" && tag.value.op === "constant" && isLegacyConstant(survey, tag.value))
  );
}

export function isLegacyConstant(survey: Survey, constant: Extract<Expression, { op: "constant" }>): boolean {
  const found = constantsNamed(survey, constant);
  return found.length > 0 && found.every((one) => one.legacy === true);
}

/** What a constant in an expression refers to, in all revisions. */
export function constantsNamed(survey: Survey, constant: Extract<Expression, { op: "constant" }>): readonly Constant[] {
  if (constant.group !== "") return survey.constantsOf(constant).filter((one) => one.name === constant.name);
  const module = survey.module(constant.module);
  return module === undefined ? [] : looseConstants(module).filter((one) => one.name === constant.name);
}

/** Constants that belong to no group with a name. */
export function looseConstants(module: Module): readonly Constant[] {
  let constants = looseOfModule.get(module);
  if (constants === undefined) {
    constants = findLooseConstants(module);
    looseOfModule.set(module, constants);
  }
  return constants;
}

const looseOfModule = new WeakMap<Module, readonly Constant[]>();

function findLooseConstants(module: Module): readonly Constant[] {
  return module.items.flatMap((item): readonly Constant[] => {
    if (item.kind === "constant") return [item];
    if (item.kind === "house")
      return item.constants.flatMap((one) => (one.kind === "constant" ? [one] : one.name === "" ? one.constants : []));
    return "constants" in item && item.name === "" ? item.constants : [];
  });
}

/** Whether a condition cannot hold without a feature that only the legacy interface has. */
function needsLegacyFeature(survey: Survey, condition: Expression | undefined): boolean {
  if (condition === undefined) return false;
  let legacy = false;
  walkExpression(condition, (part) => {
    if (part.op === "feature" && isLegacyFeature(survey, part.module, part.name)) legacy = true;
  });
  return legacy && !satisfiable([condition], (module, name) => !isLegacyFeature(survey, module, name));
}

export function isLegacyFeature(survey: Survey, module: string, name: string): boolean {
  const found = survey.featuresNamed(module, name);
  return found.length > 0 && found.every((feature) => feature.legacy === true);
}
