import { existsAt } from "../../ir/availability.ts";
import { evaluate } from "../../ir/expression.ts";
import type { Expression, Module, Revision, Rule } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { membersAt } from "./paths.ts";
import type { Survey } from "./survey.ts";
import { constantValue } from "./values.ts";

type MemberExpression = Extract<Expression, { op: "member" }>;

/** Something that keeps a member between two values. */
interface Limit {
  readonly low: bigint | undefined;
  readonly high: bigint | undefined;
  /** Only under this condition. */
  readonly if: Expression | undefined;
}

/** What members of the configuration space can be in a revision: as their ranges and the rules for the device say. */
export class ConfigValues {
  private readonly limits: ReadonlyMap<string, readonly Limit[]>;

  constructor(survey: Survey, module: Module, revision: Revision, members: readonly MemberExpression[]) {
    const rules =
      members.length === 0 ? [] : module.items.filter((item) => item.kind === "rule" && isDemand(item, revision));
    this.limits = new Map(
      members
        .slice(0, most)
        .map((member) => [
          printExpression(member),
          [
            ...rangesOf(survey, module, revision, member),
            ...rules.flatMap((rule) => (rule.kind === "rule" ? limitBy(rule, printExpression(member)) : [])),
          ],
        ]),
    );
  }

  /** Values for the members together, each by its spelling in an expression. */
  combinations(isNegotiated: (feature: string) => boolean): readonly ReadonlyMap<string, bigint>[] {
    let found: readonly ReadonlyMap<string, bigint>[] = [new Map()];
    for (const [name, limits] of this.limits) {
      const values = samples(limits.filter((limit) => limit.if === undefined || holds(limit.if, isNegotiated)));
      found = values.flatMap((value) => found.map((known) => new Map([...known, [name, value]])));
    }
    return found;
  }
}

/** Of more members the first ones are varied. */
const most = 3;

function isDemand(rule: Rule, revision: Revision): boolean {
  return rule.form === "must" && rule.not !== true && rule.expression !== undefined && existsAt(rule, revision);
}

function rangesOf(survey: Survey, module: Module, revision: Revision, member: MemberExpression): readonly Limit[] {
  return membersAt(survey, module, [], member).flatMap((found): readonly Limit[] => {
    if (!("range" in found) || found.range === undefined || !existsAt(found, revision)) return [];
    return [{ low: constantValue(found.range.from), high: constantValue(found.range.to), if: undefined }];
  });
}

/** `member in 1..7`, `member <= 7`, `member >= 1`, and the like. */
function limitBy(rule: Rule, name: string): readonly Limit[] {
  const { expression, range } = rule;
  if (expression === undefined) return [];
  if (range !== undefined) {
    return isMember(expression, name)
      ? [{ low: constantValue(range.from), high: constantValue(range.to), if: rule.if }]
      : [];
  }
  if (!("left" in expression) || !isMember(expression.left, name)) return [];
  const value = constantValue(expression.right);
  if (value === undefined) return [];
  const bounds = boundsOf(expression.op, value);
  return bounds === undefined ? [] : [{ ...bounds, if: rule.if }];
}

function boundsOf(op: string, value: bigint): Omit<Limit, "if"> | undefined {
  switch (op) {
    case "<=":
      return { low: undefined, high: value };
    case "<":
      return { low: undefined, high: value - 1n };
    case ">=":
      return { low: value, high: undefined };
    case ">":
      return { low: value + 1n, high: undefined };
    case "==":
      return { low: value, high: value };
    default:
      return undefined;
  }
}

/** A few small values, and both ends where a rule gives them: 0 counts only where a rule allows it. */
function samples(limits: readonly Limit[]): readonly bigint[] {
  let low: bigint | undefined;
  let high: bigint | undefined;
  for (const limit of limits) {
    if (limit.low !== undefined && (low === undefined || limit.low > low)) low = limit.low;
    if (limit.high !== undefined && (high === undefined || limit.high < high)) high = limit.high;
  }
  const from = low ?? 1n;
  const end = high;
  const values = [from, from + 1n, from + 2n, ...(end === undefined ? [] : [end])];
  return [...new Set(values.filter((value) => value >= from && (end === undefined || value <= end)))];
}

function holds(condition: Expression, isNegotiated: (feature: string) => boolean): boolean {
  const value = evaluate(condition, (name) =>
    name.op === "feature" ? (isNegotiated(name.name) ? 1n : 0n) : undefined,
  );
  return value !== undefined && value !== 0n;
}

/** In a rule a member of the configuration space stands by its own name, in a formula behind `config`. */
function isMember(expression: Expression, name: string): boolean {
  return (
    expression.op === "member" &&
    (printExpression(expression) === name || `config.${printExpression(expression)}` === name)
  );
}
