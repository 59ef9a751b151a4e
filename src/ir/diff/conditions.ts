import { simplify } from "../expression.ts";
import type { Expression } from "../model.ts";
import { printExpression } from "../print-expression.ts";
import { conjunction } from "./fact-text.ts";

/** What is left of a condition: an expression, or that it always or never holds. */
export type Truth = Expression | boolean;

/** Whether both sides have a feature, by its name on the earlier one. */
export type InBoth = (module: string, feature: string) => boolean;

/** Conditions as two peers of different sides meet them: they negotiate no feature that only one of them knows. */
export function between(conditions: readonly Expression[], inBoth: InBoth): Truth {
  const all = conjunction(conditions);
  return all === undefined ? true : simplify(all, inBoth);
}

export function conditionWords(truth: Truth): string | null {
  return typeof truth === "boolean" ? null : printExpression(truth);
}

export function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true || printExpression(a) === printExpression(b)) return a;
  return { op: "&", left: a, right: b };
}

export function not(truth: Truth): Truth {
  if (typeof truth === "boolean") return !truth;
  return truth.op === "not" ? truth.operand : { op: "not", operand: truth };
}

/** More names than this are not tried in every combination: 4,096 of them. */
const mostNames = 12;

/**
 * Whether there is a case in which the first holds and the second does not. Features and whatever else is no logic are
 * taken to be independent of each other.
 */
export function canHoldWithout(first: Truth, second: Truth): boolean {
  const names = [...new Set([...namesIn(first), ...namesIn(second)])];
  if (names.length > mostNames) return conditionWords(first) !== conditionWords(second);
  for (let choice = 0; choice < 1 << names.length; choice++) {
    const chosen = new Set(names.filter((_, bit) => (choice & (1 << bit)) !== 0));
    if (holds(first, chosen) && !holds(second, chosen)) return true;
  }
  return false;
}

function namesIn(truth: Truth): readonly string[] {
  if (typeof truth === "boolean") return [];
  switch (truth.op) {
    case "not":
      return namesIn(truth.operand);
    case "|":
    case "&":
    case "->":
      return [...namesIn(truth.left), ...namesIn(truth.right)];
    case "number":
      return [];
    default:
      return [printExpression(truth)];
  }
}

function holds(truth: Truth, chosen: ReadonlySet<string>): boolean {
  if (typeof truth === "boolean") return truth;
  switch (truth.op) {
    case "not":
      return !holds(truth.operand, chosen);
    case "|":
      return holds(truth.left, chosen) || holds(truth.right, chosen);
    case "&":
      return holds(truth.left, chosen) && holds(truth.right, chosen);
    case "->":
      return !holds(truth.left, chosen) || holds(truth.right, chosen);
    case "number":
      return BigInt(truth.value) !== 0n;
    default:
      return chosen.has(printExpression(truth));
  }
}
