import type { Expression, Integer } from "./model.ts";

/** Calls `visit` on the expression and on all that it is made of, outermost first. */
export function walkExpression(expression: Expression, visit: (part: Expression) => void): void {
  visit(expression);
  for (const part of operands(expression)) walkExpression(part, visit);
}

function operands(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case "number":
    case "feature":
    case "constant":
    case "variable":
      return [];
    case "member":
      return expression.path.flatMap((part) => (part.index === undefined ? [] : [part.index]));
    case "choice":
      return [expression.condition, expression.then, expression.otherwise];
    case "not":
    case "negate":
    case "complement":
    case "bit":
    case "length":
      return [expression.operand];
    default:
      return [expression.left, expression.right];
  }
}

export function integerOf(value: bigint): Integer {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString();
}

/** What evaluation does with the names in an expression; `undefined` where a name has no value here. */
export type Lookup = (name: Exclude<Expression, { op: "number" }>) => bigint | undefined;

/**
 * The value of an expression; conditions are 0 or 1. `undefined` where it depends on a name without a value, or
 * divides by zero. A negotiated feature is 1.
 */
export function evaluate(expression: Expression, lookup: Lookup): bigint | undefined {
  switch (expression.op) {
    case "number":
      return BigInt(expression.value);
    case "constant":
      return BigInt(expression.value);
    case "feature":
    case "member":
    case "variable":
    case "length":
      return lookup(expression);
    case "choice": {
      const condition = evaluate(expression.condition, lookup);
      if (condition === undefined) return undefined;
      return evaluate(condition === 0n ? expression.otherwise : expression.then, lookup);
    }
    case "not":
    case "negate":
    case "complement":
    case "bit": {
      const operand = evaluate(expression.operand, lookup);
      if (operand === undefined) return undefined;
      if (expression.op === "not") return operand === 0n ? 1n : 0n;
      if (expression.op === "negate") return -operand;
      return expression.op === "complement" ? ~operand : shiftLeft(1n, operand);
    }
    default:
      return binary(expression.op, evaluate(expression.left, lookup), evaluate(expression.right, lookup));
  }
}

type BinaryOp = Extract<Expression, { left: Expression }>["op"];

function binary(op: BinaryOp, left: bigint | undefined, right: bigint | undefined): bigint | undefined {
  // One side can decide alone: what is true stays true whatever the other side's unknown name is.
  if (op === "->") {
    if (left === 0n) return 1n;
    if (right !== undefined && right !== 0n) return 1n;
  }
  if (op === "&" && (left === 0n || right === 0n)) return 0n;
  if (left === undefined || right === undefined) return undefined;
  switch (op) {
    case "->":
      return 0n;
    case "|":
      return left | right;
    case "&":
      return left & right;
    case "==":
      return left === right ? 1n : 0n;
    case "!=":
      return left !== right ? 1n : 0n;
    case "<":
      return left < right ? 1n : 0n;
    case "<=":
      return left <= right ? 1n : 0n;
    case ">":
      return left > right ? 1n : 0n;
    case ">=":
      return left >= right ? 1n : 0n;
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0n ? undefined : left / right;
    case "%":
      return right === 0n ? undefined : left % right;
    case "<<":
      return shiftLeft(left, right);
    case ">>":
      return right < 0n || right > 4096n ? undefined : left >> right;
  }
}

/** No constant of the standard has more than 128 bits; a far larger shift is a slip that must not eat the memory. */
function shiftLeft(value: bigint, by: bigint): bigint | undefined {
  return by < 0n || by > 4096n ? undefined : value << by;
}

/**
 * Takes out what is known: a feature that `exists` denies is false. Returns `true` or `false` where nothing is left to
 * decide.
 */
export function simplify(
  expression: Expression,
  exists: (module: string, feature: string) => boolean,
): Expression | boolean {
  switch (expression.op) {
    case "feature":
      return exists(expression.module, expression.name) ? expression : false;
    case "not": {
      const operand = simplify(expression.operand, exists);
      return typeof operand === "boolean" ? !operand : { ...expression, operand };
    }
    case "|": {
      const left = simplify(expression.left, exists);
      const right = simplify(expression.right, exists);
      if (left === true || right === true) return true;
      if (left === false) return right;
      return right === false ? left : { ...expression, left, right };
    }
    case "&": {
      const left = simplify(expression.left, exists);
      const right = simplify(expression.right, exists);
      if (left === false || right === false) return false;
      if (left === true) return right;
      return right === true ? left : { ...expression, left, right };
    }
    case "->": {
      const left = simplify(expression.left, exists);
      const right = simplify(expression.right, exists);
      if (left === false || right === true) return true;
      if (left === true) return right;
      return right === false ? { op: "not", operand: left } : { ...expression, left, right };
    }
    case "choice": {
      const condition = simplify(expression.condition, exists);
      if (condition === true) return simplify(expression.then, exists);
      if (condition === false) return simplify(expression.otherwise, exists);
      return {
        ...expression,
        condition,
        then: settle(expression.then, exists),
        otherwise: settle(expression.otherwise, exists),
      };
    }
    case "number":
    case "constant":
    case "variable":
      return expression;
    case "member":
      return {
        ...expression,
        path: expression.path.map((part) =>
          part.index === undefined ? part : { ...part, index: settle(part.index, exists) },
        ),
      };
    case "negate":
    case "complement":
    case "bit":
    case "length":
      return { ...expression, operand: settle(expression.operand, exists) };
    default:
      return { ...expression, left: settle(expression.left, exists), right: settle(expression.right, exists) };
  }
}

/** {@link simplify} where a value is wanted: what is true is 1, what is false 0. */
export function settle(expression: Expression, exists: (module: string, feature: string) => boolean): Expression {
  const simplified = simplify(expression, exists);
  if (typeof simplified !== "boolean") return simplified;
  return { op: "number", value: simplified ? 1 : 0, text: simplified ? "1" : "0" };
}
