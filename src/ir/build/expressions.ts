import type * as Ast from "../../../grammar/ast.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { integerOf } from "../expression.ts";
import type { Expression, MemberScope } from "../model.ts";
import type { Context, Environment } from "./context.ts";
import { find } from "./find-attribute.ts";
import { findMember, type FoundMember } from "./member-paths.ts";
import type { FoundConstant } from "./constants.ts";
import { partsOf, type Scope } from "./scope.ts";

/** Looks up every name in an expression. Undefined where one was not found, which was reported. */
export function resolve(
  context: Context,
  expression: Ast.Expression,
  environment: Environment,
): Expression | undefined {
  switch (expression.op) {
    case "number":
      return { op: "number", value: integerOf(expression.value), text: expression.text };
    case "name":
      return resolveName(context, expression, environment);
    case "call":
      return lengthOf(context, expression, environment);
    case "unary": {
      const operand = resolve(context, expression.operand, environment);
      if (operand === undefined) return undefined;
      const op =
        expression.operator === "-" ? "negate" : expression.operator === "~" ? "complement" : expression.operator;
      return { op, operand };
    }
    case "binary": {
      // In `type == PLUG` the member's own constants give PLUG its meaning.
      const hint = (side: Ast.Expression): Environment => {
        const group = valuesOf(context, side, environment);
        return group === undefined ? environment : { ...environment, group };
      };
      const left = resolve(context, expression.left, hint(expression.right));
      const right = resolve(context, expression.right, hint(expression.left));
      return left === undefined || right === undefined ? undefined : { op: expression.operator, left, right };
    }
    case "choice": {
      const condition = resolve(context, expression.condition, environment);
      const then = resolve(context, expression.then, environment);
      const otherwise = resolve(context, expression.otherwise, environment);
      return condition === undefined || then === undefined || otherwise === undefined
        ? undefined
        : { op: "choice", condition, then, otherwise };
    }
  }
}

/** `length(req.data)`; a function of a description's own stands in the values of constants only, which are numbers. */
function lengthOf(
  context: Context,
  expression: Ast.Expression & { op: "call" },
  environment: Environment,
): Expression | undefined {
  const [array, ...others] = expression.arguments;
  if (expression.callee.text !== "length" || environment.lengths !== true) {
    context.report(unknownName, {
      message: `there is no function '${expression.callee.text}' here`,
      at: expression.callee.at,
      help:
        environment.lengths === true
          ? "a requirement can ask for the 'length' of an array, and the values of constants can use functions"
          : "only the values of constants can use one: write out what it stands for",
    });
    return undefined;
  }
  const found = array?.op === "name" ? memberOf(context, array.path, environment) : undefined;
  const last = array?.op === "name" ? array.path.at(-1) : undefined;
  if (
    array === undefined ||
    array.op !== "name" ||
    others.length > 0 ||
    found === undefined ||
    last?.index !== undefined ||
    !("dimensions" in found.found.member) ||
    found.found.member.dimensions.length === 0
  ) {
    context.report(unknownName, {
      message: "'length' is that of an array of a message, such as 'length(req.data)'",
      at: array?.at ?? expression.at,
      help: "name a member with '[…]' behind it, by its path from the name of its message",
    });
    return undefined;
  }
  const operand = memberExpression(context, array.path, found, environment, array.at);
  return operand === undefined ? undefined : { op: "length", operand };
}

/** The `if` or `unless` of an element as one condition. */
export function conditionOf(
  context: Context,
  attributes: readonly Ast.Attribute[],
  environment: Environment,
): Expression | undefined {
  const yes = find(attributes, "if");
  const no = find(attributes, "unless");
  const positive = yes === undefined ? undefined : resolve(context, yes.value, environment);
  const negative = no === undefined ? undefined : resolve(context, no.value, environment);
  if (negative === undefined) return positive;
  const inverted: Expression = { op: "not", operand: negative };
  return positive === undefined ? inverted : { op: "&", left: positive, right: inverted };
}

/** The constants that are the values of a member named by an expression. */
export function valuesOf(context: Context, expression: Ast.Expression, environment: Environment): Environment["group"] {
  if (expression.op !== "name") return undefined;
  const found = memberOf(context, expression.path, environment);
  // `offloads.GUEST_CSUM -> GUEST_CSUM`: a flag that is asked for is a condition, not a value.
  return found === undefined || found.found.flag !== undefined ? undefined : found.found.values;
}

function memberOf(
  context: Context,
  path: readonly Ast.PathPart[],
  environment: Environment,
): { readonly scope: MemberScope; readonly found: FoundMember } | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  for (const level of environment.members) {
    const found = findMember(context, context.scope, level, path);
    if (found !== undefined) return { scope: "sibling", found };
  }
  if (first.text === "config" && rest.length > 0) {
    const found = findMember(context, context.scope, context.scope.config, rest);
    if (found !== undefined) return { scope: "config", found };
  }
  if (first.text === "request" && environment.request !== undefined && rest.length > 0) {
    const found = findMember(context, context.scope, environment.request, rest);
    if (found !== undefined) return { scope: "request", found };
  }
  const found =
    rest.length > 0 ? findMember(context, context.scope, membersOfNamed(context.scope, first.text), rest) : undefined;
  if (found !== undefined) return { scope: "message", found };
  // `req.in.type`: both sides of a request can have a member of one name.
  const [side, ...within] = rest;
  const members = side === undefined ? undefined : membersOfSide(context.scope, first.text, side.text);
  if (members === undefined || within.length === 0) return undefined;
  const written = findMember(context, context.scope, members, within);
  return written === undefined ? undefined : { scope: "message", found: written };
}

/** What the driver (`out`) or the device (`in`) writes of a message. */
function membersOfSide(scope: Scope, name: string, side: string): readonly Ast.Member[] | undefined {
  const message = scope.requests.get(name);
  if (message === undefined || !("parts" in message) || (side !== "in" && side !== "out")) return undefined;
  const direction = side === "in" ? "device-writable" : "device-readable";
  return partsOf(message.parts).flatMap((part) => (part.direction === direction ? part.members : []));
}

/** The members of a request, a command or a struct, for a path that begins with its name. */
export function membersOfNamed(scope: Scope, name: string): readonly Ast.Member[] {
  const message = scope.requests.get(name);
  if (message === undefined) return scope.structs.get(name)?.[0]?.members ?? [];
  return "parts" in message
    ? partsOf(message.parts).flatMap((part) => part.members)
    : message.sections.flatMap((section) => section.members);
}

function resolveName(
  context: Context,
  expression: Ast.Expression & { op: "name" },
  environment: Environment,
): Expression | undefined {
  const { path, at } = expression;
  const names = path.map((part) => part.text);
  const [first = ""] = names;
  if (path.length === 1 && (environment.variables.has(first) || context.scope.parameters.has(first)))
    return { op: "variable", name: first, at };
  // A tag or a value to compare with comes before everything else of the same name.
  if (path.length === 1 && environment.group !== undefined) {
    const found = context.constants.find(environment.group.scope, environment.group.group, path);
    if (found !== undefined && found.group === environment.group.group) return constant(context, found, at);
  }
  const member = memberOf(context, path, environment);
  if (member !== undefined) return memberExpression(context, path, member, environment, at);
  if (environment.features && path.length === 1) {
    const feature = featureScope(context, first);
    if (feature !== undefined) return { op: "feature", module: feature.name, name: first, at };
  }
  const found = context.constants.find(context.scope, environment.group?.group, path);
  if (found !== undefined) return constant(context, found, at);
  if (path.length === 1 && context.scope.registers.has(first))
    return { op: "member", scope: "register", path: [{ name: first }], at };
  return unknown(context, names.join("."), at, candidates(context, path, environment));
}

/** The description that declares a feature: this one, else the core. */
export function featureScope(context: Context, name: string): Scope | undefined {
  return [context.scope, ...context.scopes.core].find((scope) => scope.features.has(name));
}

function memberExpression(
  context: Context,
  path: readonly Ast.PathPart[],
  member: { readonly scope: MemberScope; readonly found: FoundMember },
  environment: Environment,
  at: Ast.Word["at"],
): Expression | undefined {
  const skipped = member.scope === "sibling" || member.scope === "message" ? 0 : 1;
  const flag = member.found.flag;
  const length = path.length - (flag === undefined ? 0 : 1);
  const parts = [];
  for (const part of path.slice(skipped, length)) {
    if (part.index === undefined) parts.push({ name: part.text });
    else {
      const index = resolve(context, part.index, environment);
      if (index === undefined) return undefined;
      parts.push({ name: part.text, index });
    }
  }
  const value: Expression = { op: "member", scope: member.scope, path: parts, at };
  if (flag === undefined) return value;
  const mask = constant(context, flag, at);
  if (mask === undefined) return undefined;
  // `flags.M_RD` asks whether one flag of the member is set: a condition, so that two of them can be joined by `&`.
  const bits: Expression = {
    op: "&",
    left: value,
    right: flag.group?.kind === "bits" ? { op: "bit", operand: mask } : mask,
  };
  return { op: "!=", left: bits, right: { op: "number", value: 0, text: "0" } };
}

function constant(context: Context, found: FoundConstant, at: Ast.Word["at"]): Expression | undefined {
  const value = context.constants.valueOf(found.scope, found.group, found.constant);
  if (value === undefined) return undefined;
  const group = found.group?.name?.text ?? "";
  return {
    op: "constant",
    module: found.scope.name,
    group,
    name: found.constant.name.text,
    cName: constantCName(found.scope, found.group, found.constant),
    value: integerOf(value),
    at,
  };
}

/** Beginning of the C names of a group's constants. */
export function groupPrefix(scope: Scope, group: Ast.ConstantGroup | undefined): string {
  if (group === undefined) return scope.cPrefix;
  const own = find(group.attributes, "c_prefix");
  if (own !== undefined) return own.name.text;
  if (scope.houseElements.has(group)) return "";
  const name = group.name?.text ?? (group.kind === "shared_memory" ? "SHM_ID" : "");
  return name === "" ? scope.cPrefix : `${scope.cPrefix}${name}_`;
}

export function constantCName(scope: Scope, group: Ast.ConstantGroup | undefined, one: Ast.Constant): string {
  const own = find(one.attributes, "c_name");
  if (own !== undefined) return own.name.text;
  if (group === undefined && scope.houseElements.has(one)) return one.name.text;
  return groupPrefix(scope, group) + one.name.text;
}

function candidates(context: Context, path: readonly Ast.PathPart[], environment: Environment): string[] {
  const [first] = path;
  if (path.length > 1) {
    const members = first?.text === "config" ? context.scope.config : [];
    return [
      ...members.flatMap((member) =>
        "name" in member && member.name !== undefined ? [`config.${member.name.text}`] : [],
      ),
      ...context.scope.groups.keys(),
    ];
  }
  const members = environment.members
    .flat()
    .flatMap((member) => ("name" in member && member.name !== undefined ? [member.name.text] : []));
  const features = environment.features
    ? [context.scope, ...context.scopes.core].flatMap((scope) => [...scope.features.keys()])
    : [];
  const group = environment.group === undefined ? [] : environment.group.group.constants.map((one) => one.name.text);
  return [
    ...environment.variables,
    ...context.scope.parameters,
    ...context.scope.registers,
    ...group,
    ...members,
    ...features,
    ...context.scope.constants.keys(),
    ...context.scope.groups.keys(),
  ];
}

function unknown(context: Context, name: string, at: Ast.Word["at"], names: readonly string[]): undefined {
  const meant = nearest(name, names);
  context.report(unknownName, {
    message: `nothing here is named '${name}'`,
    at,
    help:
      meant === undefined
        ? "a name here is a feature, a member that stands before it, config.MEMBER, or a constant"
        : `did you mean '${meant}'?`,
  });
  return undefined;
}
