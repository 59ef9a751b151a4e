import type { Expression } from "../../ir/model.ts";

/** One feature in a condition, or that it is not there. */
export interface FeatureLiteral {
  readonly module: string;
  readonly name: string;
  readonly negated: boolean;
}

/**
 * A condition over features alone as alternatives, of which one has to hold whole; undefined where it depends on
 * anything else. No alternative: it never holds; an empty one: it always does.
 */
export function alternativesOf(
  expression: Expression,
  wanted = true,
): readonly (readonly FeatureLiteral[])[] | undefined {
  switch (expression.op) {
    case "feature":
      return [[{ module: expression.module, name: expression.name, negated: !wanted }]];
    case "number":
      return (Number(expression.value) !== 0) === wanted ? [[]] : [];
    case "not":
      return alternativesOf(expression.operand, !wanted);
    case "|":
    case "&":
      return joined(
        (expression.op === "|") === wanted ? "either" : "both",
        alternativesOf(expression.left, wanted),
        alternativesOf(expression.right, wanted),
      );
    case "->":
      return joined(
        wanted ? "either" : "both",
        alternativesOf(expression.left, !wanted),
        alternativesOf(expression.right, wanted),
      );
    default:
      return undefined;
  }
}

/** A condition over features alone as demands, each met by one of its literals; undefined where it depends on anything else. */
export function demandsOf(expression: Expression): readonly (readonly FeatureLiteral[])[] | undefined {
  return alternativesOf(expression, false)?.map((literals) =>
    literals.map((literal) => ({ ...literal, negated: !literal.negated })),
  );
}

type Alternatives = readonly (readonly FeatureLiteral[])[];

function joined(
  how: "either" | "both",
  left: Alternatives | undefined,
  right: Alternatives | undefined,
): Alternatives | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (how === "either") return [...left, ...right];
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}
