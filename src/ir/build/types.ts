import type * as Ast from "../../../grammar/ast.ts";
import { unknownType } from "../../check/unknown-type.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Dimension, Expression, Scalar, ScalarName, Type } from "../model.ts";
import type { Context, Environment } from "./context.ts";
import { resolve } from "./expressions.ts";
import { structScope } from "./member-paths.ts";
import { plainTypeFor } from "./plain-types.ts";

const sizes: Readonly<Record<string, Scalar["size"]>> = { "8": 1, "16": 2, "32": 4, "64": 8 };

/** `le32` as the IR has it. */
export function scalar(name: string): Scalar {
  const size = sizes[/\d+$/.exec(name)?.[0] ?? "8"] ?? 1;
  const order = size === 1 ? "none" : name.startsWith("le") ? "little" : name.startsWith("be") ? "big" : "native";
  return { kind: "scalar", name: name as ScalarName, size, order };
}

export function scalarType(type: Ast.Type): Scalar {
  return scalar(type.kind === "scalar" ? type.name : "u8");
}

/** `house` lets a view name another view of its house. */
export function buildType(context: Context, type: Ast.Type, house?: string): Type | undefined {
  switch (type.kind) {
    case "scalar":
      return scalar(type.name);
    case "opaque":
      return { kind: "opaque" };
    case "external": {
      for (const scope of [context.scope, ...context.scopes.core]) {
        if (scope.externals.has(type.name.text)) return { kind: "external", module: scope.name, name: type.name.text };
      }
      context.report(unknownType, {
        message: `there is no type '${type.name.text}'`,
        at: type.at,
        help: plainTypeFor(type.name.text, context.scope),
      });
      return undefined;
    }
    case "struct": {
      const names = type.path.map((part) => part.text);
      if (house !== undefined && names.length === 1) {
        const view = context.scope.views.get(names[0] ?? "");
        if (view?.house === house) return { kind: "struct", module: context.scope.name, name: names[0] ?? "", house };
      }
      const target = structScope(context, context.scope, type.path);
      if (target?.scope.structs.has(target.name) === true)
        return { kind: "struct", module: target.scope.name, name: target.name };
      const meant = nearest(names.at(-1) ?? "", (target?.scope ?? context.scope).structs.keys());
      context.report(unknownType, {
        message: `there is no struct '${names.join(".")}'`,
        at: type.at,
        ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
      });
      return undefined;
    }
  }
}

/** Reports that `: NAME` behind a member names no constants. */
export function reportUnknownGroup(context: Context, name: Ast.Word): void {
  const meant = nearest(
    name.text,
    [context.scope, ...context.scopes.core].flatMap((scope) => [...scope.groups.keys()]),
  );
  context.report(unknownType, {
    message: `there is no enum, flags or bits '${name.text}'`,
    at: name.at,
    help: meant === undefined ? `declare it: enum ${name.text} { … }` : `did you mean '${meant}'?`,
  });
}

export function buildDimensions(
  context: Context,
  dimensions: readonly Ast.Dimension[],
  environment: Environment,
): Dimension[] {
  return dimensions.flatMap((dimension, index): Dimension[] => {
    if (dimension.length === undefined) return [{ kind: "rest" }];
    // The second length of a ragged array may depend on the row's number, `i`.
    const inner = index === 0 ? environment : { ...environment, variables: new Set([...environment.variables, "i"]) };
    const length = resolve(context, dimension.length, { ...inner, features: false });
    if (length === undefined) return [];
    const fixed = fixedValue(length);
    return [
      fixed === undefined
        ? { kind: "counted", length }
        : { kind: "fixed", length: fixed, text: textOf(dimension.length), expression: length },
    ];
  });
}

function textOf(expression: Ast.Expression): string {
  return expression.op === "number"
    ? expression.text
    : expression.op === "name"
      ? expression.path.map((part) => part.text).join(".")
      : "";
}

/** The value of an expression of numbers and constants only. */
function fixedValue(expression: Expression): number | undefined {
  switch (expression.op) {
    case "number":
    case "constant":
      return Number(expression.value);
    case "+":
    case "-":
    case "*": {
      const left = fixedValue(expression.left);
      const right = fixedValue(expression.right);
      if (left === undefined || right === undefined) return undefined;
      return expression.op === "+" ? left + right : expression.op === "-" ? left - right : left * right;
    }
    default:
      return undefined;
  }
}
