import type * as Ast from "../../../grammar/ast.ts";
import type { Place } from "../../diagnostic/diagnostic.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import { constantCycle } from "../../check/constant-cycle.ts";
import { deepest, nestedTooDeep } from "../../check/nested-too-deep.ts";
import { notANumber } from "../../check/not-a-number.ts";
import type { Report } from "../../check/rule.ts";
import { unknownName } from "../../check/unknown-name.ts";
import type { Scope, Scopes } from "./scope.ts";

/** Computes what stands behind `=` of constants, each once, whatever the order they are written in. */
export class Constants {
  private readonly values = new Map<Ast.Constant, bigint | undefined>();
  private readonly open: Ast.Constant[] = [];
  private readonly scopes: Scopes;
  private readonly report: Report;

  constructor(scopes: Scopes, report: Report) {
    this.scopes = scopes;
    this.report = report;
  }

  /** The value of a constant, or undefined where that was reported. */
  valueOf(scope: Scope, group: Ast.ConstantGroup | undefined, constant: Ast.Constant): bigint | undefined {
    if (this.values.has(constant)) return this.values.get(constant);
    if (this.open.includes(constant)) {
      this.report(constantCycle, {
        message: `'${constant.name.text}' is defined by itself`,
        at: constant.name.at,
        related: this.open
          .filter((other) => other !== constant)
          .map((other) => ({ at: other.name.at, message: `through '${other.name.text}'` })),
        help: "give one of them a number",
      });
      this.values.set(constant, undefined);
      return undefined;
    }
    if (this.open.length >= deepest) {
      this.report(nestedTooDeep, {
        message: `constants that are defined by each other, ${deepest} deep, down to '${constant.name.text}'`,
        at: constant.name.at,
        help: "give one of them a number",
      });
      this.values.set(constant, undefined);
      return undefined;
    }
    this.open.push(constant);
    const value = this.evaluate(scope, group, constant.value, new Map());
    this.open.pop();
    if (!this.values.has(constant)) this.values.set(constant, value);
    return this.values.get(constant);
  }

  /** The value of an expression that only constants, numbers and `where` functions may stand in. */
  evaluate(
    scope: Scope,
    group: Ast.ConstantGroup | undefined,
    expression: Ast.Expression,
    parameters: ReadonlyMap<string, bigint>,
    depth = 0,
  ): bigint | undefined {
    const inner = (part: Ast.Expression): bigint | undefined => this.evaluate(scope, group, part, parameters, depth);
    switch (expression.op) {
      case "number":
        return expression.value;
      case "name":
        return this.named(scope, group, expression, parameters);
      case "call": {
        const where = group?.where.find((one) => one.name.text === expression.callee.text);
        if (where === undefined) {
          this.report(unknownName, {
            message: `there is no function '${expression.callee.text}' here`,
            at: expression.callee.at,
            help: `define it in the braces: where ${expression.callee.text}(a, b) = a << 8 | b;`,
          });
          return undefined;
        }
        if (where.parameters.length !== expression.arguments.length || depth > 32) {
          this.report(notANumber, {
            message:
              depth > 32
                ? `'${where.name.text}' calls itself`
                : `'${where.name.text}' takes ${where.parameters.length} values, not ${expression.arguments.length}`,
            at: expression.callee.at,
            related: [{ at: where.name.at, message: "defined here" }],
          });
          return undefined;
        }
        const values = new Map<string, bigint>();
        for (const [index, parameter] of where.parameters.entries()) {
          const argument = expression.arguments[index];
          const value = argument === undefined ? undefined : inner(argument);
          if (value === undefined) return undefined;
          values.set(parameter.text, value);
        }
        return this.evaluate(scope, group, where.value, values, depth + 1);
      }
      case "unary": {
        const operand = inner(expression.operand);
        if (operand === undefined) return undefined;
        if (expression.operator === "bit") return this.shift(1n, operand, expression.at);
        return expression.operator === "-"
          ? -operand
          : expression.operator === "~"
            ? ~operand
            : operand === 0n
              ? 1n
              : 0n;
      }
      case "binary": {
        const left = inner(expression.left);
        const right = inner(expression.right);
        if (left === undefined || right === undefined) return undefined;
        return this.binary(expression.operator, left, right, expression.at);
      }
      case "choice": {
        const condition = inner(expression.condition);
        return condition === undefined ? undefined : inner(condition === 0n ? expression.otherwise : expression.then);
      }
    }
  }

  private binary(operator: Ast.BinaryOperator, left: bigint, right: bigint, at: Place): bigint | undefined {
    switch (operator) {
      case "|":
        return left | right;
      case "&":
        return left & right;
      case "+":
        return left + right;
      case "-":
        return left - right;
      case "*":
        return left * right;
      case "<<":
        return this.shift(left, right, at);
      case ">>":
        return this.shift(left, -right, at);
      case "/":
      case "%":
        if (right === 0n) return this.notComputable("a division by zero", at);
        return operator === "/" ? left / right : left % right;
      default:
        return this.notComputable(`'${operator}' gives no number`, at);
    }
  }

  private shift(value: bigint, by: bigint, at: Place): bigint | undefined {
    if (by > 128n || by < -128n)
      return this.notComputable(`a shift by ${by} bits; nothing in virtio is wider than 128`, at);
    return by < 0n ? value >> -by : value << by;
  }

  private notComputable(why: string, at: Place): undefined {
    this.report(notANumber, { message: `no number: ${why}`, at });
    return undefined;
  }

  private named(
    scope: Scope,
    group: Ast.ConstantGroup | undefined,
    expression: Ast.Expression & { op: "name" },
    parameters: ReadonlyMap<string, bigint>,
  ): bigint | undefined {
    const [first, second] = expression.path;
    const parameter = expression.path.length === 1 && first !== undefined ? parameters.get(first.text) : undefined;
    if (parameter !== undefined) return parameter;
    const found = this.find(scope, group, expression.path);
    if (found !== undefined) return this.valueOf(found.scope, found.group, found.constant);
    const feature =
      expression.path.length === 1 && first !== undefined ? this.featureBit(scope, first.text) : undefined;
    if (feature !== undefined) return feature;
    const owner = second === undefined || first === undefined ? undefined : scope.groups.get(first.text);
    const candidates =
      owner === undefined
        ? [...parameters.keys(), ...this.namesOf(scope, group)]
        : [...owner.constants, ...owner.flags].map((one) => one.name.text);
    const meant = first === undefined ? undefined : nearest((second ?? first).text, candidates);
    if (owner !== undefined && second !== undefined) {
      this.report(unknownName, {
        message: `'${owner.name?.text ?? ""}' has no constant '${second.text}'`,
        at: second.at,
        related: [{ at: owner.at, message: "its constants" }],
        help: meant === undefined ? `it has ${candidates.slice(0, 8).join(", ")}` : `did you mean '${meant}'?`,
      });
      return undefined;
    }
    this.report(unknownName, {
      message: `'${expression.path.map((part) => part.text).join(".")}' is no constant`,
      at: expression.at,
      help: meant === undefined ? "constants stand in enum, flags, bits or const" : `did you mean '${meant}'?`,
    });
    return undefined;
  }

  /** `NAME`, `GROUP.NAME`, `module.GROUP.NAME`; a bare name is looked for in the group first, then in the description, then in the core. */
  find(scope: Scope, group: Ast.ConstantGroup | undefined, path: readonly Ast.Word[]): FoundConstant | undefined {
    const names = path.map((part) => part.text);
    const [first = "", second, third] = names;
    if (third !== undefined && second !== undefined) {
      const other = this.scopes.get(first);
      return other === undefined ? undefined : inGroup(other, other.groups.get(second), third);
    }
    if (second !== undefined) return inGroup(scope, scope.groups.get(first), second);
    const near = inGroup(scope, group, first);
    if (near !== undefined) return near;
    for (const where of [scope, ...this.scopes.core]) {
      const constant = where.constants.get(first);
      if (constant !== undefined) return { scope: where, group: unnamedGroupOf(where, constant), constant };
    }
    return undefined;
  }

  /** A house may give a feature's bit number once more under another name. */
  private featureBit(scope: Scope, name: string): bigint | undefined {
    for (const where of [scope, ...this.scopes.core]) {
      const value = where.features.get(name)?.[0]?.value;
      if (value?.op === "number") return value.value;
    }
    return undefined;
  }

  private namesOf(scope: Scope, group: Ast.ConstantGroup | undefined): string[] {
    return [
      ...(group === undefined ? [] : [...group.constants, ...group.flags].map((one) => one.name.text)),
      ...scope.constants.keys(),
      ...scope.groups.keys(),
    ];
  }
}

export interface FoundConstant {
  readonly scope: Scope;
  readonly group: Ast.ConstantGroup | undefined;
  readonly constant: Ast.Constant;
}

function inGroup(scope: Scope, group: Ast.ConstantGroup | undefined, name: string): FoundConstant | undefined {
  const constant =
    group === undefined ? undefined : [...group.constants, ...group.flags].find((one) => one.name.text === name);
  return constant === undefined ? undefined : { scope, group, constant };
}

function unnamedGroupOf(scope: Scope, constant: Ast.Constant): Ast.ConstantGroup | undefined {
  for (const item of scope.file.items) {
    if (item.kind === "enum" || item.kind === "flags" || item.kind === "bits") {
      if (item.name === undefined && [...item.constants, ...item.flags].includes(constant)) return item;
    }
  }
  return undefined;
}
