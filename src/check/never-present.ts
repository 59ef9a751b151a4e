import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import { walkExpression } from "../ir/expression.ts";
import type { Element, Expression, Module, Tag } from "../ir/model.ts";
import { printExpression } from "../ir/print-expression.ts";
import type { Rule } from "./rule.ts";
import { armGuard, type Guard } from "./survey/bodies.ts";
import { spanOf } from "./survey/choices.ts";
import { about, featuresIn } from "./survey/constraints.ts";
import { existing } from "./survey/presence.ts";
import { decidedBy, satisfiable, type Exists } from "./survey/solver.ts";
import { revisionsOf, type Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const neverPresent: Rule = {
  code: "V3011",
  name: "never-present",
  severity: "error",
  summary: "a condition that can never hold where it stands",
  explanation: `A condition that contradicts itself, or what surrounds it, or what the features require of each other, hides its element
forever: \`if not MQ\` inside of what needs \`MQ\`, an alternative for \`type == OUT\` inside of that for \`type == IN\`.`,
  bad: `device nic = 61 "Nic";

features {
  MQ  = 22;
  RSS = 60 since 1.2 requires MQ;
}
config {
  le16 max_pairs if MQ;
  le16 max_table if RSS & not MQ since 1.2;
}
`,
  good: `device nic = 61 "Nic";

features {
  MQ  = 22;
  RSS = 60 since 1.2 requires MQ;
}
config {
  le16 max_pairs if MQ;
  le16 max_table if RSS since 1.2;
}
`,
  *check(survey) {
    for (const use of survey.uses) {
      if (use.role === "condition") yield* search(survey, use.module, use.element, use.expression, use.guards);
    }
    for (const choice of survey.choices) {
      for (const arm of choice.arms) {
        const guard = armGuard(arm, choice.element, choice.by);
        if (arm.tags.some((tag) => isEmpty(tag))) continue;
        if (
          choice.by !== undefined &&
          guard.condition !== undefined &&
          choice.guards.some((one) => one.condition !== undefined)
        )
          yield* search(survey, choice.module, arm, guard.condition, choice.guards);
      }
    }
  },
};

const always: Exists = () => true;

function* search(
  survey: Survey,
  module: Module,
  element: Element,
  condition: Expression,
  guards: readonly Guard[],
): Iterable<Finding> {
  const around = guards.filter((guard) => guard.condition !== undefined && guard.element !== element);
  const conditions = [condition, ...around.flatMap((guard) => guard.condition ?? [])];
  // What only asks for features holds when all are negotiated.
  if (!conditions.some((one) => excludesSomething(one))) return;
  if (
    !meetItself(condition) &&
    !around.some((guard) => guard.condition !== undefined && meet(condition, guard.condition)) &&
    !conditions.some((one) => deniesFeature(one))
  )
    return;
  const at = firstPlace(condition) ?? element.at;
  if (!satisfiable([condition], always)) {
    yield {
      message: `the condition of ${called(element)} can never hold: ${printExpression(condition)}`,
      at,
      help: "its parts exclude each other",
    };
    return;
  }
  if (!satisfiable(conditions, always)) {
    const other =
      around.find(
        (guard) => !satisfiable([condition, ...(guard.condition === undefined ? [] : [guard.condition])], always),
      ) ?? around.at(-1);
    yield {
      message: `${called(element)} is never there: its condition contradicts ${other === undefined ? "what surrounds it" : `that of ${called(other.element)} around it`}`,
      at,
      label: printExpression(condition),
      ...(other?.condition === undefined
        ? {}
        : {
            related: [
              { at: firstPlace(other.condition) ?? other.element.at, message: printExpression(other.condition) },
            ],
          }),
      help: "leave it out, or correct one of the conditions",
    };
    return;
  }
  if (conditions.some((one) => deniesFeature(one))) yield* againstFeatures(survey, module, element, conditions, at);
}

function* againstFeatures(
  survey: Survey,
  module: Module,
  element: Element,
  conditions: readonly Expression[],
  at: Place,
): Iterable<Finding> {
  const revision = revisionsOf(element).at(-1);
  if (revision === undefined) return;
  const exists = existing(survey, revision);
  // A feature that does not exist yet is another rule's matter.
  if (!satisfiable(conditions, exists)) return;
  const constraints = about(
    survey.constraintsAt(module, revision),
    conditions.flatMap((one) => featuresIn(one)),
  );
  if (satisfiable([...conditions, ...constraints.map((one) => one.condition)], exists)) return;
  const guilty = constraints.find((one) => !satisfiable([...conditions, one.condition], exists));
  yield {
    message: `${called(element)} is never there: its condition contradicts what the features require`,
    at,
    label: conditions.map((one) => printExpression(one)).join(" and "),
    ...(guilty === undefined ? {} : { related: [{ at: guilty.at, message: guilty.text }] }),
    help: "leave it out, or correct the condition or the requirement",
  };
}

/** Whether one name decides twice. */
function meetItself(condition: Expression): boolean {
  const keys = decidedBy(condition);
  return new Set(keys).size < keys.length;
}

/** Whether one name decides both: otherwise they cannot contradict each other. */
function meet(a: Expression, b: Expression): boolean {
  const keys = decidedBy(b);
  return decidedBy(a).some((key) => keys.includes(key));
}

/** What only asks for features agrees with what features ask for. */
function deniesFeature(condition: Expression): boolean {
  let denied = false;
  walkExpression(condition, (part) => {
    if (part.op === "not" || part.op === "->" || part.op === "!=") denied = true;
  });
  return denied && featuresIn(condition).length > 0;
}

/** A range without values is reported as such. */
function isEmpty(tag: Tag): boolean {
  const span = spanOf(tag);
  return span !== undefined && span.from > span.to;
}

function excludesSomething(condition: Expression): boolean {
  let found = false;
  walkExpression(condition, (part) => {
    if (part.op !== "feature" && part.op !== "&" && part.op !== "|") found = true;
  });
  return found;
}

function firstPlace(condition: Expression): Place | undefined {
  let at: Place | undefined;
  walkExpression(condition, (part) => {
    if (at === undefined && "at" in part) at = part.at;
  });
  return at;
}
