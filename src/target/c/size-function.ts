import type { Config, Struct } from "../../ir/model.ts";
import type { FunctionView } from "./blocks.ts";
import type { Code, CodeWriter } from "./code.ts";
import { comment } from "./comment.ts";
import type { CStruct } from "./declaration.ts";
import { conditionLines, featuresParameter, signature } from "./function-text.ts";
import type { Entry } from "./header.ts";
import { literal } from "./literal.ts";

/** The length of a struct whose last members exist only with features; undefined where all of it always exists. */
export function sizeFunction(item: Struct | Config, struct: CStruct, writer: CodeWriter): Entry | undefined {
  if (struct.members.length !== item.members.length) return undefined;
  const steps: { code: Code; size: number }[] = [];
  let least = 0;
  let end = struct.size;
  for (const member of item.members.toReversed()) {
    if (member.if === undefined) {
      least = end;
      break;
    }
    const condition = writer.condition(member.if);
    if (condition === undefined || condition.usesConfig || condition.variables.length > 0) return undefined;
    if (!steps.some((step) => implies(condition.text, step.code.text))) steps.push({ code: condition, size: end });
    end -= member.position?.size ?? 0;
  }
  if (steps.length === 0) return undefined;
  const view: FunctionView = {
    shape: "function",
    comment: comment([`The length of a struct ${struct.tag}: it ends with its last member that exists.`]),
    signature: signature("size_t", `${struct.tag}_size`, [featuresParameter]),
    locals: [],
    steps: steps.map(({ code, size }) => ({ condition: conditionLines(code.text), result: literal(size) })),
    last: `return ${literal(least)}`,
  };
  return { block: view, legacy: false, declares: [], uses: [struct.tag, ...steps.flatMap(({ code }) => code.macros)] };
}

/** Whether the second condition holds wherever the first one does, as far as the alternatives of `||` tell. */
function implies(first: string, second: string): boolean {
  const alternatives = new Set(second.split(" || "));
  return !first.includes("&&") && !second.includes("&&") && first.split(" || ").every((one) => alternatives.has(one));
}
