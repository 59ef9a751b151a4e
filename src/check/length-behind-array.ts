import type { Finding } from "../diagnostic/diagnostic.ts";
import { coexist } from "../ir/availability.ts";
import { walkExpression } from "../ir/expression.ts";
import type { Dimension, Expression, Member } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { flatMembers, type MemberSite } from "./survey/bodies.ts";

export const lengthBehindArray: Rule = {
  code: "V3016",
  name: "length-behind-array",
  severity: "error",
  summary: "an array whose length stands behind it",
  explanation: `What reads a message goes through it from the beginning: the place of what stands behind an array is known only when the
array's length is. So the length stands before it, in the struct itself, in an earlier part of the message, or in the
configuration space.`,
  bad: `device disk = 60 "Disk";

struct name {
  u8   bytes[length];
  le16 length;
}
`,
  good: `device disk = 60 "Disk";

struct name {
  le16 length;
  u8   bytes[length];
}
`,
  *check(survey) {
    for (const site of survey.sites)
      if ("dimensions" in site.member && site.member.dimensions.some((one) => one.kind === "counted"))
        yield* ofArray(site, site.member);
  },
};

function* ofArray(
  { levels }: MemberSite,
  member: Member & { readonly dimensions: readonly Dimension[] },
): Iterable<Finding> {
  const [own = []] = levels;
  const behind = flatMembers(own.slice(own.indexOf(member) + 1));
  const before = flatMembers(own.slice(0, own.indexOf(member)));
  for (const dimension of member.dimensions) {
    if (dimension.kind !== "counted") continue;
    for (const name of namesIn(dimension.length)) {
      const length = behind.find((other) => other.name === name && coexist(other, member));
      if (length === undefined || before.some((other) => other.name === name && coexist(other, member))) continue;
      yield {
        message: `the length of '${member.name}' stands behind it: '${name}'`,
        at: member.at,
        related: [{ at: length.at, message: "where this lies depends on the length" }],
        help: `write '${name}' before '${member.name}'`,
      };
      return;
    }
  }
}

function namesIn(length: Expression): readonly string[] {
  const names: string[] = [];
  walkExpression(length, (part) => {
    if (part.op === "member" && part.scope === "sibling") names.push(part.path[0]?.name ?? "");
  });
  return names;
}
