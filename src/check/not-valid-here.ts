import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import { walkExpression } from "../ir/expression.ts";
import type { Element, Expression, Member, Module, Rule as Normative } from "../ir/model.ts";
import { printExpression } from "../ir/print-expression.ts";
import type { Rule } from "./rule.ts";
import { flatMembers } from "./survey/bodies.ts";
import { about, featuresIn } from "./survey/constraints.ts";
import { existing } from "./survey/presence.ts";
import { satisfiable } from "./survey/solver.ts";
import { revisionsOf, type Survey } from "./survey/survey.ts";
import type { Use } from "./survey/uses.ts";

export const notValidHere: Rule = {
  code: "V3018",
  name: "not-valid-here",
  severity: "error",
  summary: "a member of the configuration space that is used where it holds no value",
  explanation: `\`le16 num_queues if MQ;\` is there without \`MQ\`, too, but what it holds then means nothing. So a formula of a queue, a length
or a requirement uses it only where the feature is negotiated: behind \`MQ ?\`, or with a condition of its own. What the
features require of each other counts: with \`RSS requires MQ\`, \`RSS\` is enough.`,
  bad: `device disk = 60 "Disk";

features {
  MQ = 12;
}
config {
  le64 capacity;
  le16 num_queues if MQ;
}
queues {
  requestq[i] = i for i in 0..config.num_queues - 1;
}
`,
  good: `device disk = 60 "Disk";

features {
  MQ = 12;
}
config {
  le64 capacity;
  le16 num_queues if MQ;
}
queues {
  requestq[i] = i for i in 0..N-1;
  where N = MQ ? config.num_queues : 1;
}
`,
  *check(survey) {
    for (const use of survey.uses) {
      const rule = ruleOf(use);
      if (rule === undefined ? use.role !== "number" && use.role !== "length" : speaksOfMessage(rule)) continue;
      const own = use.role === "condition" || use.element.if === undefined ? [] : [use.element.if];
      const around = use.guards.flatMap((guard) => (guard.condition === undefined ? [] : [guard.condition]));
      yield* search(survey, use, rule !== undefined, use.expression, [...around, ...own]);
    }
  },
};

function ruleOf(use: Use): Normative | undefined {
  const item: Element & { readonly kind?: string } = use.element;
  return item.kind === "rule" ? (item as Normative) : undefined;
}

/** A message is sent only where its own feature is negotiated, which a rule about it need not say again. */
function speaksOfMessage(rule: Normative): boolean {
  let found = false;
  for (const expression of [rule.expression, rule.range?.from, rule.range?.to]) {
    if (expression === undefined) continue;
    walkExpression(expression, (part) => {
      if (part.op === "member" && part.scope === "message") found = true;
    });
  }
  return found;
}

function* search(
  survey: Survey,
  use: Use,
  inRule: boolean,
  expression: Expression,
  known: readonly Expression[],
): Iterable<Finding> {
  const inside = (part: Expression, more: readonly Expression[] = []): Iterable<Finding> =>
    search(survey, use, inRule, part, [...known, ...more]);
  switch (expression.op) {
    case "member":
      if (expression.scope === "config" || (inRule && expression.scope === "sibling"))
        yield* ofMember(survey, use, expression, known);
      break;
    case "choice":
      yield* inside(expression.condition);
      yield* inside(expression.then, [expression.condition]);
      yield* inside(expression.otherwise, [{ op: "not", operand: expression.condition }]);
      break;
    case "&":
      yield* inside(expression.left, [expression.right]);
      yield* inside(expression.right, [expression.left]);
      break;
    case "->":
      yield* inside(expression.left);
      yield* inside(expression.right, [expression.left]);
      break;
    case "not":
    case "negate":
    case "complement":
    case "bit":
    case "length":
      yield* inside(expression.operand);
      break;
    case "number":
    case "feature":
    case "constant":
    case "variable":
      break;
    default:
      yield* inside(expression.left);
      yield* inside(expression.right);
  }
}

function* ofMember(
  survey: Survey,
  use: Use,
  member: Extract<Expression, { op: "member" }>,
  known: readonly Expression[],
): Iterable<Finding> {
  const valid = validityOf(survey, use.module, member.path[0]?.name ?? "", use);
  const revision = revisionsOf(use.element).at(-1);
  if (valid === undefined || revision === undefined) return;
  const without: Expression = { op: "not", operand: valid.condition };
  const conditions = [...known, without];
  const constraints = about(
    survey.constraintsAt(use.module, revision),
    conditions.flatMap((one) => featuresIn(one)),
  ).map((one) => one.condition);
  if (!satisfiable([...conditions, ...constraints], existing(survey, revision))) return;
  yield {
    message: `'${printExpression(member)}' is used where it may hold no value: it needs ${printExpression(valid.condition)}`,
    at: member.at,
    related: [{ at: valid.member.at, message: `valid if ${printExpression(valid.condition)}` }],
    help:
      use.role === "number" || use.role === "length"
        ? `choose: '${printExpression(valid.condition)} ? ${printExpression(member)} : …'`
        : `give the rule the condition: 'if ${printExpression(valid.condition)}'`,
  };
}

/** When a member of the configuration space holds a value; undefined where it always does, or is none. */
function validityOf(
  survey: Survey,
  module: Module,
  name: string,
  use: Use,
): { readonly member: Member; readonly condition: Expression } | undefined {
  const found = flatMembers(survey.config(module)?.members ?? []).filter(
    (member) => member.name === name && revisionsOf(use.element).some((revision) => existsAt(member, revision)),
  );
  const [first] = found;
  if (first?.if === undefined || found.some((member) => member.if === undefined)) return undefined;
  const conditions = found.flatMap((member) => member.if ?? []);
  return { member: first, condition: conditions.reduce((left, right) => ({ op: "|", left, right })) };
}
