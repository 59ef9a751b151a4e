import type { Expression } from "../../ir/model.ts";

/** The expression with each of its parts replaced by what `change` makes of it, innermost first. */
export function mapExpression(expression: Expression, change: (part: Expression) => Expression): Expression {
  const inner = (part: Expression): Expression => mapExpression(part, change);
  switch (expression.op) {
    case "number":
    case "feature":
    case "constant":
    case "variable":
      return change(expression);
    case "member":
      return change({
        ...expression,
        path: expression.path.map((step) => (step.index === undefined ? step : { ...step, index: inner(step.index) })),
      });
    case "choice": {
      const condition = inner(expression.condition);
      const then = inner(expression.then);
      const otherwise = inner(expression.otherwise);
      return change({ ...expression, condition, then, otherwise });
    }
    case "not":
    case "negate":
    case "complement":
    case "bit":
    case "length":
      return change({ ...expression, operand: inner(expression.operand) });
    default:
      return change({ ...expression, left: inner(expression.left), right: inner(expression.right) });
  }
}
