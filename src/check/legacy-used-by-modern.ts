import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import { walkExpression } from "../ir/expression.ts";
import type { Element, Expression } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { Guard } from "./survey/bodies.ts";
import { isConstantGroup } from "../ir/item-kinds.ts";
import { constantsNamed, isLegacy, isLegacyFeature } from "./survey/presence.ts";
import { satisfiable } from "./survey/solver.ts";
import type { Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const legacyUsedByModern: Rule = {
  code: "V4005",
  name: "legacy-used-by-modern",
  severity: "error",
  summary: "something of the legacy interface that what is not part of it needs",
  explanation: `What is marked \`legacy\` exists for the legacy interface only: a driver and a device that have negotiated \`VERSION_1\` never
see it. So a feature cannot require one of its features, a struct cannot contain one of its structs, and no length can
be one of its constants, unless all that is itself of the legacy interface: marked \`legacy\`, or chosen by a tag or a
feature that is.`,
  bad: `device disk = 60 "Disk";

features {
  legacy BARRIER = 0;
  FLUSH          = 9 requires BARRIER;
}
`,
  good: `device disk = 60 "Disk";

features {
  BARRIER = 0;
  FLUSH   = 9 requires BARRIER;
}
`,
  *check(survey) {
    const legacy = legacyNames(survey);
    if (legacy.size === 0) return;
    for (const use of survey.uses) {
      if (use.role === "condition" || use.role === "tag" || use.role === "normative") continue;
      const named = partsOf(use.expression).some(
        (part) => (part.op === "constant" || part.op === "feature") && legacy.has(part.name),
      );
      if (!named || isLegacy(survey, use.element, use.guards)) continue;
      if (use.role === "requires") yield* requirement(survey, use.element, use.expression);
      else yield* constants(survey, use.element, use.expression);
    }
    for (const { member, guards } of survey.sites) {
      if (member.kind !== "field") continue;
      if (member.type.kind === "struct" && legacy.has(member.type.name))
        yield* type(survey, member, "struct", survey.structsOf(member.type), guards);
      if (member.values !== undefined && legacy.has(member.values.group))
        yield* type(survey, member, "enum", survey.groupsOf(member.values), guards);
    }
  },
};

/** Names of what only the legacy interface has; another element can have the same name. */
function legacyNames(survey: Survey): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (element: Element): void => {
    if (element.legacy === true) names.add(element.name);
  };
  for (const module of survey.modules) {
    for (const feature of survey.features(module)) add(feature);
    for (const item of module.items) {
      if (item.kind === "struct" || item.kind === "constant") add(item);
      if (!isConstantGroup(item)) continue;
      add(item);
      for (const constant of item.constants) add(constant);
    }
  }
  return names;
}

function* requirement(survey: Survey, feature: Element, required: Expression): Iterable<Finding> {
  const legacy = firstLegacyFeature(survey, required);
  // `A | B` can still be fulfilled where only one of them is of the legacy interface.
  if (legacy === undefined || satisfiable([required], (module, name) => !isLegacyFeature(survey, module, name))) return;
  const declared = survey.featuresNamed(legacy.module, legacy.name)[0];
  yield used(feature, `'${legacy.name}'`, legacy.at, declared, "requires");
}

function* constants(survey: Survey, element: Element, expression: Expression): Iterable<Finding> {
  for (const part of partsOf(expression)) {
    if (part.op !== "constant") continue;
    const found = constantsNamed(survey, part);
    if (found.length > 0 && found.every((constant) => constant.legacy === true))
      yield used(element, `the constant '${part.name}'`, part.at, found[0], "uses");
  }
}

function* type(
  survey: Survey,
  member: Element,
  what: string,
  targets: readonly Element[],
  guards: readonly Guard[],
): Iterable<Finding> {
  const [first] = targets;
  if (first === undefined || targets.some((target) => target.legacy !== true) || isLegacy(survey, member, guards))
    return;
  yield used(member, `${what} '${first.name}'`, member.at, first, "uses");
}

function used(element: Element, name: string, at: Place, target: Element | undefined, verb: string): Finding {
  return {
    message: `${called(element)} ${verb} ${name}, which only the legacy interface has`,
    at,
    ...(target === undefined ? {} : { related: [{ at: target.at, message: "declared as 'legacy'" }] }),
    help: `write 'legacy' before ${called(element)}, too, or leave it out here`,
  };
}

function firstLegacyFeature(
  survey: Survey,
  expression: Expression,
): Extract<Expression, { op: "feature" }> | undefined {
  return partsOf(expression).find(
    (part): part is Extract<Expression, { op: "feature" }> =>
      part.op === "feature" && isLegacyFeature(survey, part.module, part.name),
  );
}

function partsOf(expression: Expression): readonly Expression[] {
  const parts: Expression[] = [];
  walkExpression(expression, (part) => parts.push(part));
  return parts;
}
