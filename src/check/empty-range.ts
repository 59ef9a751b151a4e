import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import type { Expression } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { Survey } from "./survey/survey.ts";
import { constantValue } from "./survey/values.ts";

export const emptyRange: Rule = {
  code: "V3014",
  name: "empty-range",
  severity: "error",
  summary: "a range whose end is before its beginning",
  explanation: `\`a..b\` holds both its ends, from the smaller to the larger. A range the other way round holds nothing, so no value would
be right.`,
  bad: `device nic = 61 "Nic";

config {
  le16 mtu in 65535..68;
}
`,
  good: `device nic = 61 "Nic";

config {
  le16 mtu in 68..65535;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind === "rule" && item.range !== undefined)
          yield* range(item.range.from, item.range.to, "the rule", item.at);
        if (item.kind === "feature_ranges") {
          for (const line of item.ranges)
            if (line.from > line.to) yield empty(line.from.toString(), line.to.toString(), `'${line.owner}'`, line.at);
        }
      }
    }
    yield* ofMembers(survey);
    for (const part of survey.partSwitches) for (const arm of part.arms) yield* ofTags(arm.tags, arm.at);
  },
};

function* ofMembers(survey: Survey): Iterable<Finding> {
  for (const { member } of survey.sites) {
    if (member.kind === "field" && member.range !== undefined)
      yield* range(member.range.from, member.range.to, `'${member.name}'`, survey.placeOf(member, "in"));
    if (member.kind === "union" || member.kind === "switch" || member.kind === "window")
      for (const arm of member.arms) yield* ofTags(arm.tags, arm.at);
  }
}

function* ofTags(
  tags: readonly (
    | { readonly kind: "range"; readonly from: Expression; readonly to: Expression }
    | { readonly kind: "value" | "default" }
  )[],
  at: Place,
): Iterable<Finding> {
  for (const tag of tags) if (tag.kind === "range") yield* range(tag.from, tag.to, "the alternative", at);
}

function* range(from: Expression, to: Expression, what: string, at: Place): Iterable<Finding> {
  const first = constantValue(from);
  const last = constantValue(to);
  if (first === undefined || last === undefined || first <= last) return;
  yield empty(textOf(from, first), textOf(to, last), what, at);
}

function empty(from: string, to: string, what: string, at: Place): Finding {
  return {
    message: `the range ${from}..${to} of ${what} is empty`,
    at,
    help: `a range goes from the smaller to the larger value: ${to}..${from}`,
  };
}

function textOf(expression: Expression, value: bigint): string {
  return expression.op === "number"
    ? expression.text
    : expression.op === "constant"
      ? expression.name
      : value.toString();
}
