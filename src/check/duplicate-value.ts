import type { Finding } from "../diagnostic/diagnostic.ts";
import { overlap } from "../ir/availability.ts";
import { newestRevision, type Constant, type ConstantGroup, type Integer } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isConstantGroup } from "../ir/item-kinds.ts";
import { spellRevisions } from "./survey/survey.ts";

export const duplicateValue: Rule = {
  code: "V2014",
  name: "duplicate-value",
  severity: "error",
  summary: "two constants of one group with the same value",
  explanation: `The constants of an \`enum\`, and bit numbers, exclude each other, so each has its own value as long as both exist. A second
name for the same value says so: \`FUNCTION_COMPLETE = OK\`. Numbers that have nothing to do with each other stand in an
\`enum\` without a name, or each behind \`const\`.`,
  bad: `device disk = 60 "Disk";

enum S {
  OK     = 0;
  IOERR  = 1;
  UNSUPP = 1;
}
`,
  good: `device disk = 60 "Disk";

enum S {
  OK     = 0;
  IOERR  = 1;
  UNSUPP = 2;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const item of module.items) {
        const groups = isConstantGroup(item)
          ? [item]
          : item.kind === "house"
            ? item.constants.filter((one) => one.kind !== "constant")
            : [];
        for (const group of groups) if (group.name !== "" || group.kind !== "enum") yield* inGroup(group);
      }
    }
  },
};

function* inGroup(group: ConstantGroup): Iterable<Finding> {
  const byValue = new Map<string, Constant[]>();
  for (const constant of group.constants) {
    if (constant.type === "mask" || constant.aliasOf !== undefined) continue;
    const key = String(constant.value);
    const others = byValue.get(key) ?? [];
    byValue.set(key, [...others, constant]);
    for (const first of others) {
      const revisions = overlap(first, constant);
      if (revisions.length === 0) continue;
      const bits = group.kind === "bits";
      yield {
        message: `'${constant.name}' is ${constant.text}, as '${first.name}' is${revisions.includes(newestRevision) ? "" : ` in ${spellRevisions(revisions)}`}`,
        at: constant.at,
        related: [{ at: first.at, message: `the same ${bits ? "bit" : "number"}` }],
        help: `give it another ${bits ? "bit" : "number"}, or, if both mean the same, write '${constant.name} = ${first.name}'${free(group, bits, constant.value)}`,
      };
      break;
    }
  }
}

/** The next number that no constant has, as most often it was counted wrong. */
function free(group: ConstantGroup, bits: boolean, from: Integer): string {
  const taken = new Set(group.constants.map((constant) => String(constant.value)));
  let next = BigInt(from);
  while (taken.has(String(next))) next++;
  return `; the next free ${bits ? "bit" : "number"} is ${next}`;
}
