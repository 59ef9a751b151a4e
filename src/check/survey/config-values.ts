import { existsAt } from "../../ir/availability.ts";
import { evaluate } from "../../ir/expression.ts";
import type { Expression, Module, Revision } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { membersAt } from "./paths.ts";
import type { Survey } from "./survey.ts";
import { constantValue } from "./values.ts";

type MemberExpression = Extract<Expression, { op: "member" }>;

interface Bounds {
  readonly low: bigint | undefined;
  readonly high: bigint | undefined;
}

/** What members of the configuration space can be: as their ranges and the rules for the device say. */
export class ConfigValues {
  private readonly survey: Survey;
  private readonly module: Module;
  private readonly revision: Revision;
  private readonly isNegotiated: (feature: string) => boolean;

  constructor(survey: Survey, module: Module, revision: Revision, isNegotiated: (feature: string) => boolean) {
    this.survey = survey;
    this.module = module;
    this.revision = revision;
    this.isNegotiated = isNegotiated;
  }

  /** Values for these members together, each by its spelling in an expression. */
  combinations(members: readonly MemberExpression[]): readonly ReadonlyMap<string, bigint>[] {
    return members.slice(0, 3).reduce<readonly ReadonlyMap<string, bigint>[]>(
      (found, member) => {
        const name = printExpression(member);
        return this.samples(member).flatMap((value) => found.map((known) => new Map([...known, [name, value]])));
      },
      [new Map()],
    );
  }

  /** A few small values, and both ends where a rule gives them: 0 counts only where a rule allows it. */
  private samples(member: MemberExpression): readonly bigint[] {
    const { low, high } = this.bounds(member);
    const from = low ?? 1n;
    const values = [from, from + 1n, from + 2n, ...(high === undefined ? [] : [high])];
    return [...new Set(values.filter((value) => value >= from && (high === undefined || value <= high)))];
  }

  private bounds(member: MemberExpression): Bounds {
    let low: bigint | undefined;
    let high: bigint | undefined;
    const limit = (from: bigint | undefined, to: bigint | undefined): void => {
      if (from !== undefined && (low === undefined || from > low)) low = from;
      if (to !== undefined && (high === undefined || to < high)) high = to;
    };
    for (const found of membersAt(this.survey, this.module, [], member)) {
      if ("range" in found && found.range !== undefined && existsAt(found, this.revision))
        limit(constantValue(found.range.from), constantValue(found.range.to));
    }
    const name = printExpression(member);
    for (const item of this.module.items) {
      if (
        item.kind !== "rule" ||
        item.form !== "must" ||
        item.not === true ||
        item.expression === undefined ||
        !existsAt(item, this.revision)
      )
        continue;
      if (item.if !== undefined && this.holds(item.if) !== true) continue;
      if (item.range !== undefined) {
        if (isMember(item.expression, name)) limit(constantValue(item.range.from), constantValue(item.range.to));
      } else this.compare(item.expression, name, limit);
    }
    return { low, high };
  }

  /** `member <= 7`, `member >= 1`, and the like. */
  private compare(
    expression: Expression,
    name: string,
    limit: (from: bigint | undefined, to: bigint | undefined) => void,
  ): void {
    if (!("left" in expression) || !isMember(expression.left, name)) return;
    const value = constantValue(expression.right);
    if (value === undefined) return;
    if (expression.op === "<=") limit(undefined, value);
    if (expression.op === "<") limit(undefined, value - 1n);
    if (expression.op === ">=") limit(value, undefined);
    if (expression.op === ">") limit(value + 1n, undefined);
    if (expression.op === "==") limit(value, value);
  }

  private holds(condition: Expression): boolean | undefined {
    const value = evaluate(condition, (name) =>
      name.op === "feature" ? (this.isNegotiated(name.name) ? 1n : 0n) : undefined,
    );
    return value === undefined ? undefined : value !== 0n;
  }
}

/** In a rule a member of the configuration space stands by its own name, in a formula behind `config`. */
function isMember(expression: Expression, name: string): boolean {
  return (
    expression.op === "member" &&
    (printExpression(expression) === name || `config.${printExpression(expression)}` === name)
  );
}
