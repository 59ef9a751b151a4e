import { printExpression } from "../../ir/print-expression.ts";
import type { Comparison, Expression } from "../../ir/model.ts";
import { code } from "./markdown.ts";

const comparisons: Readonly<Record<Comparison, string>> = {
  "==": "is",
  "!=": "is not",
  "<": "is below",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
};

type Role = "driver" | "device" | undefined;

/** A condition in words, with its names in code font: `RSS` or `HASH_REPORT`. */
export function condition(expression: Expression): string {
  return words(
    expression,
    (feature) => feature,
    (feature) => `no ${feature}`,
  );
}

/**
 * What a rule demands, as a sentence without a full stop. A feature that stands there alone is one that the device
 * offers, or that is negotiated.
 */
export function statement(expression: Expression, role: Role): string {
  const verb = role === "device" ? "offered" : "negotiated";
  if (expression.op === "->") {
    return `${alternative(expression.left, "->")} ${expression.left.op === "&" ? "are" : "is"} ${verb} only with ${alternative(expression.right, "->")}`;
  }
  return words(
    expression,
    (feature) => `${feature} is ${verb}`,
    (feature) => `${feature} is not ${verb}`,
  );
}

/** What `value` may be, for a range that a rule or a member gives. */
export function range(from: Expression, to: Expression): string {
  return code(`${printExpression(from)}..${printExpression(to)}`);
}

type Phrase = (feature: string) => string;

function words(expression: Expression, yes: Phrase, no: Phrase): string {
  switch (expression.op) {
    case "feature":
      return yes(code(expression.name));
    case "not":
      return expression.operand.op === "feature"
        ? no(code(expression.operand.name))
        : `not ${grouped(expression.operand, yes, no)}`;
    case "|":
      return `${joinable(expression.left, "|", yes, no)} or ${joinable(expression.right, "|", yes, no)}`;
    case "&":
      if (hasBit(expression)) return `${plainValue(expression.left)} has ${plainValue(expression.right)}`;
      return `${joinable(expression.left, "&", yes, no)} and ${joinable(expression.right, "&", yes, no)}`;
    case "->":
      return `${alternative(expression.left, "->")} only with ${alternative(expression.right, "->")}`;
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return `${plainValue(expression.left)} ${comparisons[expression.op]} ${plainValue(expression.right)}`;
    default:
      return code(printExpression(expression));
  }
}

/** `flags & M_RD` asks for a bit of a value; the other `&` joins conditions. */
function hasBit(expression: Expression): boolean {
  if (expression.op !== "&") return false;
  const mask = expression.right.op;
  return expression.left.op === "member" && (mask === "constant" || mask === "bit" || mask === "number");
}

/** A number or a constant as it is, without its group. */
export function plainValue(expression: Expression): string {
  if (expression.op === "number") return expression.text;
  return code(expression.op === "constant" ? expression.name : printExpression(expression));
}

function joinable(part: Expression, around: "|" | "&", yes: Phrase, no: Phrase): string {
  const mixed = (part.op === "|" || part.op === "&") && part.op !== around && !hasBit(part);
  return mixed || part.op === "->" ? `(${words(part, yes, no)})` : words(part, yes, no);
}

function grouped(part: Expression, yes: Phrase, no: Phrase): string {
  return part.op === "|" || part.op === "&" || part.op === "->" ? `(${words(part, yes, no)})` : words(part, yes, no);
}

function alternative(part: Expression, around: "->"): string {
  return part.op === around ? `(${condition(part)})` : condition(part);
}
