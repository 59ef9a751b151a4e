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
 * offers, or that is negotiated. `A -> B` about features says what one needs, about anything else what follows from it.
 */
export function statement(expression: Expression, role: Role): string {
  const verb = role === "device" ? "offered" : "negotiated";
  if (expression.op === "->" && isAboutFeatures(expression.left)) {
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
    case "not": {
      const { operand } = expression;
      if (operand.op === "feature") return no(code(operand.name));
      const flag = flagOf(operand);
      return flag === undefined ? `not ${grouped(operand, yes, no)}` : `${flag.value} has no ${flag.name}`;
    }
    case "|":
      return `${joinable(expression.left, "|", yes, no)} or ${joinable(expression.right, "|", yes, no)}`;
    case "&":
      if (hasBit(expression)) return `${plainValue(expression.left)} has ${plainValue(expression.right)}`;
      return `${joinable(expression.left, "&", yes, no)} and ${joinable(expression.right, "&", yes, no)}`;
    case "->":
      return isAboutFeatures(expression.left)
        ? `${alternative(expression.left, "->")} only with ${alternative(expression.right, "->")}`
        : `if ${words(expression.left, yes, no)}, then ${words(expression.right, yes, no)}`;
    case "!=": {
      const flag = flagOf(expression);
      return flag === undefined ? compared(expression, "!=") : `${flag.value} has ${flag.name}`;
    }
    case "==":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compared(expression, expression.op);
    default:
      return code(printExpression(expression));
  }
}

function compared(sides: { readonly left: Expression; readonly right: Expression }, by: Comparison): string {
  return `${plainValue(sides.left)} ${comparisons[by]} ${plainValue(sides.right)}`;
}

/** `flags.M_RD`, which the model has as `(flags & M_RD) != 0`. */
function flagOf(expression: Expression): { readonly value: string; readonly name: string } | undefined {
  if (expression.op !== "!=" || expression.left.op !== "&" || !hasBit(expression.left)) return undefined;
  if (expression.right.op !== "number" || expression.right.value !== 0) return undefined;
  const mask = expression.left.right;
  return { value: plainValue(expression.left.left), name: plainValue(mask.op === "bit" ? mask.operand : mask) };
}

function isAboutFeatures(expression: Expression): boolean {
  switch (expression.op) {
    case "feature":
      return true;
    case "not":
      return isAboutFeatures(expression.operand);
    case "|":
    case "&":
      return isAboutFeatures(expression.left) && isAboutFeatures(expression.right);
    default:
      return false;
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
