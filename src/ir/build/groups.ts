import type * as Ast from "../../../grammar/ast.ts";
import { integerOf } from "../expression.ts";
import type { Constant, ConstantGroup, ConstantKind } from "../model.ts";
import { emptyEnvironment, present, type Context, type Inherited } from "./context.ts";
import { element } from "./element.ts";
import { conditionOf, constantCName, groupPrefix } from "./expressions.ts";
import { find } from "./find-attribute.ts";

const constantKinds: Readonly<Record<Ast.ConstantGroup["kind"], ConstantKind>> = {
  enum: "number",
  shared_memory: "number",
  flags: "mask",
  bits: "bit",
};

export function buildGroup(context: Context, item: Ast.ConstantGroup, outer: Inherited): ConstantGroup {
  const cPrefix = groupPrefix(context.scope, item);
  const base = element(context, "group", item.name?.text ?? "", item, outer, () =>
    cPrefix.toLowerCase().replace(/_$/, ""),
  );
  return {
    kind: item.kind,
    ...base,
    cPrefix,
    constants: [
      ...item.constants.flatMap((one) => buildConstant(context, item, one, constantKinds[item.kind], base)),
      ...item.flags.flatMap((one) => buildConstant(context, item, one, "mask", base)),
    ],
  };
}

export function buildConstant(
  context: Context,
  group: Ast.ConstantGroup | undefined,
  one: Ast.Constant,
  type: ConstantKind,
  outer: Inherited,
): readonly Constant[] {
  const value = context.constants.valueOf(context.scope, group, one);
  if (value === undefined) return [];
  const prefix = constantCName(context.scope, group, { ...one, attributes: [] }).slice(0, -one.name.text.length);
  const cNameOf = (name: string): string =>
    (find(one.attributes, "c_name") === undefined
      ? constantCName(context.scope, group, one).slice(0, -one.name.text.length)
      : prefix) + name;
  const target = one.value.op === "name" ? context.constants.find(context.scope, group, one.value.path) : undefined;
  return [
    {
      kind: "constant",
      ...element(
        context,
        "constant",
        one.name.text,
        one,
        outer,
        cNameOf,
        conditionOf(context, one.attributes, emptyEnvironment),
      ),
      type,
      value: integerOf(value),
      text: spell(one.value),
      ...present({
        aliasOf: target === undefined ? undefined : constantCName(target.scope, target.group, target.constant),
        overridable: find(one.attributes, "overridable") === undefined ? undefined : (true as const),
      }),
    },
  ];
}

/** An expression of constants as it was written. */
function spell(expression: Ast.Expression): string {
  switch (expression.op) {
    case "number":
      return expression.text;
    case "name":
      return expression.path.map((part) => part.text).join(".");
    case "call":
      return `${expression.callee.text}(${expression.arguments.map((argument) => spell(argument)).join(", ")})`;
    case "unary":
      return `${expression.operator}${expression.operator === "bit" || expression.operator === "not" ? " " : ""}${spell(expression.operand)}`;
    case "binary":
      return `${spell(expression.left)} ${expression.operator} ${spell(expression.right)}`;
    case "choice":
      return `${spell(expression.condition)} ? ${spell(expression.then)} : ${spell(expression.otherwise)}`;
  }
}
