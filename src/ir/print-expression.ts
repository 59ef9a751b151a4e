import type { Expression, PathPart } from "./model.ts";

type Op = Expression["op"];

/** How tightly an operator binds, in a description as in C: a looser operand needs parentheses. */
export const strength: Readonly<Record<Op, number>> = {
  "choice": 0,
  "->": 1,
  "|": 2,
  "&": 3,
  "==": 4,
  "!=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "<<": 5,
  ">>": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "%": 7,
  "not": 8,
  "negate": 8,
  "complement": 8,
  "bit": 8,
  "length": 9,
  "number": 9,
  "feature": 9,
  "constant": 9,
  "member": 9,
  "variable": 9,
};

/** Operators that stand once between two operands: `a == b == c` and `a -> b -> c` are no expressions. */
const single: ReadonlySet<Op> = new Set<Op>(["->", "==", "!=", "<", "<=", ">", ">="]);

/**
 * An expression as one writes it in a description, with no more parentheses than it needs: `CTRL_VQ & (RSS |
 * HASH_REPORT)`. A constant carries its group (`T.PLUG`), so that it means the same wherever the text stands.
 */
export function printExpression(expression: Expression): string {
  switch (expression.op) {
    case "number":
      return expression.text;
    case "feature":
    case "variable":
      return expression.name;
    case "constant":
      return expression.group === "" ? expression.name : `${expression.group}.${expression.name}`;
    case "member":
      return printPath(expression);
    case "not":
    case "bit": {
      // Before a sign the grammar takes both words for names.
      const signed = expression.operand.op === "negate" || expression.operand.op === "complement";
      return `${expression.op} ${operand(expression.operand, expression, signed ? 1 : 0)}`;
    }
    case "length":
      return `length(${printExpression(expression.operand)})`;
    case "negate":
      return `-${operand(expression.operand, expression)}`;
    case "complement":
      return `~${operand(expression.operand, expression)}`;
    case "choice":
      return `${operand(expression.condition, expression, 1)} ? ${printExpression(expression.then)} : ${printExpression(expression.otherwise)}`;
    default: {
      const extra = single.has(expression.op) ? 1 : 0;
      return `${operand(expression.left, expression, extra)} ${expression.op} ${operand(expression.right, expression, 1)}`;
    }
  }
}

/** The dotted name of a member, as it is written from where the expression stands. */
function printPath(member: Expression & { op: "member" }): string {
  const path = member.path.map((part) => printPathPart(part)).join(".");
  return member.scope === "config" || member.scope === "request" ? `${member.scope}.${path}` : path;
}

function printPathPart(part: PathPart): string {
  return part.index === undefined ? part.name : `${part.name}[${printExpression(part.index)}]`;
}

/** An operand, in parentheses where it binds more loosely than the operator around it, or as loosely and `extra` is 1. */
function operand(expression: Expression, outer: Expression, extra = 0): string {
  const text = printExpression(expression);
  return strength[expression.op] < strength[outer.op] + extra ? `(${text})` : text;
}
