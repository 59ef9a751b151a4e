import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import type { Element, Expression, Integer } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { Survey } from "./survey/survey.ts";
import { constantValue, fitsUnsigned, largest } from "./survey/values.ts";

export const valueOutOfType: Rule = {
  code: "V3003",
  name: "value-out-of-type",
  severity: "error",
  summary: "a fixed value, a reset value or a range that does not fit its type",
  explanation: `\`u8 model in 0..256;\` allows a value that eight bits cannot hold: either the type or the number is wrong. The same holds
for a value behind \`=\`, which the member always has, and for \`reset\`. The standard has this slip: the largest
\`blob_alignment\` of the GPU is said to be 4294967296, which is no le32.`,
  bad: `device disk = 60 "Disk";

config {
  u8 model in 0..256;
}
`,
  good: `device disk = 60 "Disk";

config {
  u8 model in 0..255;
}
`,
  *check(survey) {
    for (const { member } of survey.sites) {
      if (member.kind === "field" && member.type.kind === "scalar") {
        const { name, size } = member.type;
        yield* fixed(member, member.value, size * 8, name);
        if (member.range !== undefined) {
          const at = survey.placeOf(member, "in");
          yield* bound(member, member.range.from, size * 8, name, at);
          yield* bound(member, member.range.to, size * 8, name, at);
        }
        if (member.access?.reset !== undefined) yield* resetValue(survey, member, member.access.reset, size * 8, name);
      }
      if (member.kind === "bits") {
        for (const group of member.bits)
          yield* fixed(group, group.value, group.width, `${group.width} bit${group.width === 1 ? "" : "s"}`);
      }
    }
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind !== "registers") continue;
        for (const register of item.registers)
          yield* fixed(register, register.value, register.type.size * 8, register.type.name);
      }
    }
  },
};

function* fixed(element: Element, value: Expression | undefined, width: number, type: string): Iterable<Finding> {
  const number = value === undefined ? undefined : constantValue(value);
  if (number === undefined || fitsUnsigned(number, width)) return;
  yield {
    message: `the value ${spelled(value, number)} of '${element.name}' does not fit ${type}`,
    at: element.at,
    help: `the largest value is ${largest(width)}`,
  };
}

function* bound(element: Element, value: Expression, width: number, type: string, at: Place): Iterable<Finding> {
  const number = constantValue(value);
  if (number === undefined || fitsUnsigned(number, width)) return;
  yield {
    message: `the range of '${element.name}' reaches to ${spelled(value, number)}, which does not fit ${type}`,
    at,
    help: `the values go from 0 to ${largest(width)}`,
  };
}

function* resetValue(survey: Survey, element: Element, reset: Integer, width: number, type: string): Iterable<Finding> {
  if (fitsUnsigned(BigInt(reset), width)) return;
  yield {
    message: `'${element.name}' is ${reset} after a reset, which does not fit ${type}`,
    at: survey.placeOf(element, "reset"),
    help: `the largest value is ${largest(width)}`,
  };
}

function spelled(expression: Expression | undefined, number: bigint): string {
  if (expression?.op === "number") return expression.text;
  return expression?.op === "constant" ? `'${expression.name}' = ${expression.value}` : number.toString();
}
