import type { Finding } from "../diagnostic/diagnostic.ts";
import { walkExpression } from "../ir/expression.ts";
import type { Expression, Member, Module } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { membersAt, type Found } from "./survey/paths.ts";
import type { Survey } from "./survey/survey.ts";
import { constantValue, fitsUnsigned, largest } from "./survey/values.ts";

export const requirementOutOfType: Rule = {
  code: "V6005",
  name: "requirement-out-of-type",
  severity: "error",
  summary: "a requirement about a value that its member cannot have",
  explanation: `\`must device "…": mtu in 68..65536;\` speaks of a value that 16 bits cannot hold, so the requirement is wrong or the member
is. The standard has such a slip: "any value over 0x7ffffffff", with 35 bits, for a member of 32; the description corrects
it with an erratum.`,
  bad: `device nic = 61 "Nic";

config {
  le16 mtu;
}
must device "Device Types / Nic": mtu in 68..65536;
`,
  good: `device nic = 61 "Nic";

config {
  le16 mtu;
}
must device "Device Types / Nic": mtu in 68..65535;
`,
  *check(survey) {
    for (const module of survey.modules) {
      const levels = [survey.config(module)?.members ?? []];
      for (const item of module.items) {
        if (item.kind !== "rule") continue;
        if (item.expression !== undefined && item.range !== undefined) {
          yield* against(survey, module, levels, item.expression, item.range.from, "in");
          yield* against(survey, module, levels, item.expression, item.range.to, "in");
        }
        for (const condition of [item.expression, item.if])
          if (condition !== undefined) yield* comparisons(survey, module, levels, condition);
      }
    }
  },
};

const comparing: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

function comparisons(
  survey: Survey,
  module: Module,
  levels: readonly (readonly Member[])[],
  condition: Expression,
): readonly Finding[] {
  const found: Finding[] = [];
  walkExpression(condition, (part) => {
    if (!comparing.has(part.op) || !("left" in part)) return;
    found.push(
      ...against(survey, module, levels, part.left, part.right, part.op),
      ...against(survey, module, levels, part.right, part.left, part.op),
    );
  });
  return found;
}

function* against(
  survey: Survey,
  module: Module,
  levels: readonly (readonly Member[])[],
  member: Expression,
  value: Expression,
  op: string,
): Iterable<Finding> {
  const number = member.op === "member" ? constantValue(value) : undefined;
  if (member.op !== "member" || number === undefined) return;
  const name = member.path.map((part) => part.name).join(".");
  for (const found of membersAt(survey, module, levels, member)) {
    const written = op === "==" && "value" in found ? found.value : undefined;
    const fixed = written === undefined ? undefined : constantValue(written);
    if (fixed !== undefined && fixed !== number) {
      yield {
        message: `'${name}' always has the value ${spelled(written, fixed)}, not ${spelled(value, number)}`,
        at: member.at,
        related: [{ at: found.at, message: "its value" }],
        help: "correct one of the two",
      };
      return;
    }
    const width = widthOf(found);
    // `< 256` is a way to say what eight bits can hold.
    if (
      width === undefined ||
      fitsUnsigned(number, width) ||
      ((op === "<" || op === ">=") && number === 1n << BigInt(width))
    )
      continue;
    yield {
      message: `'${name}' is never ${value.op === "number" ? value.text : number}: it has ${width} bits`,
      at: member.at,
      related: [{ at: found.at, message: `the largest value is ${largest(width)}` }],
      help: "correct the number, or the type of the member",
    };
    return;
  }
}

function spelled(value: Expression | undefined, number: bigint): string {
  return value?.op === "number" ? value.text : number.toString();
}

function widthOf(found: Found): number | undefined {
  if ("width" in found) return found.width;
  return "type" in found && found.type.kind === "scalar" ? found.type.size * 8 : undefined;
}
