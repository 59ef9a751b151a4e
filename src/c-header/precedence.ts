import type { CExpression } from "./syntax.ts";
import { Unreadable } from "./unreadable.ts";

/** Precedences of what stands between two operands; more binds closer. */
const precedences: ReadonlyMap<string, number> = new Map(
  [
    ["||"],
    ["&&"],
    ["|"],
    ["^"],
    ["&"],
    ["==", "!="],
    ["<", ">", "<=", ">="],
    ["<<", ">>"],
    ["+", "-"],
    ["*", "/", "%"],
  ].flatMap((signs, index) => signs.map((sign) => [sign, index] as const)),
);

function rank(sign: string | undefined): number {
  return precedences.get(sign ?? "") ?? -1;
}

/** More operands than any expression of a header has. */
const mostOperands = 1000;

/** Joins operands by the signs between them, as C groups them. @throws Unreadable where there are too many */
export function byPrecedence(operands: readonly CExpression[], signs: readonly string[]): CExpression {
  if (operands.length > mostOperands) throw new Unreadable(`an expression of more than ${mostOperands} operands`);
  const values: CExpression[] = [];
  const waiting: string[] = [];
  const join = (): void => {
    const [left, right] = values.splice(-2);
    const sign = waiting.pop();
    if (left !== undefined && right !== undefined && sign !== undefined)
      values.push({ op: "binary", sign, left, right });
  };
  for (const [index, operand] of operands.entries()) {
    const sign = signs[index - 1];
    if (sign !== undefined) {
      while (waiting.length > 0 && rank(waiting.at(-1)) >= rank(sign)) join();
      waiting.push(sign);
    }
    values.push(operand);
  }
  while (waiting.length > 0) join();
  return values[0] ?? { op: "other", text: "" };
}
