import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import type { Expression } from "../ir/model.ts";
import type { Rule } from "./rule.ts";

export const conditionInRange: Rule = {
  code: "V3019",
  name: "condition-in-range",
  severity: "error",
  summary: "a requirement with 'in' that has a condition where a number belongs",
  explanation: `\`x in 2..6\` is the whole of a requirement, and everything behind \`..\` is the range's end: in \`x in 2..6 -> y == 1\` the end
would be \`6 -> y == 1\`, and in \`y == 1 -> x in 2..6\` the whole of \`y == 1 -> x\` would lie in the range. Say it by
comparisons.`,
  bad: `device disk = 60 "Disk";

config {
  le16 kind;
  le16 speed;
}
must device "Device Types / Disk": kind in 2..6 -> speed > 0;
`,
  good: `device disk = 60 "Disk";

config {
  le16 kind;
  le16 speed;
}
must device "Device Types / Disk": kind >= 2 & kind <= 6 -> speed > 0;
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind !== "rule" || item.expression === undefined || item.range === undefined) continue;
        if (isCondition(item.expression)) yield found("what lies in the range", item.at);
        else if (isCondition(item.range.from)) yield found("the range's beginning", item.at);
        else if (isCondition(item.range.to)) yield found("the range's end", item.at);
      }
    }
  },
};

function found(what: string, at: Place): Finding {
  return {
    message: `${what} is a condition, not a number`,
    at,
    help: "write 'x >= 2 & x <= 6' in place of 'x in 2..6', which cannot be part of a larger condition",
  };
}

/** True or false, whatever the values are: no number that a range could hold or end at. */
function isCondition(expression: Expression): boolean {
  switch (expression.op) {
    case "->":
    case "not":
    case "feature":
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return true;
    case "|":
    case "&":
      return isCondition(expression.left) || isCondition(expression.right);
    case "choice":
      return isCondition(expression.then) || isCondition(expression.otherwise);
    default:
      return false;
  }
}
