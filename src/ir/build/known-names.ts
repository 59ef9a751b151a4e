import type * as Ast from "../../../grammar/ast.ts";
import { constantCycle } from "../../check/constant-cycle.ts";
import { duplicateName } from "../../check/duplicate-name.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { unknownWord } from "../../check/unknown-word.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Context } from "./context.ts";
import { flatMembers } from "./scope.ts";

/** Reports what names something without using its value, and names nothing. */
export function checkNames(context: Context): void {
  for (const item of context.scope.file.items) {
    switch (item.kind) {
      case "legacy native":
        for (const name of item.names) checkNative(context, name);
        break;
      case "house":
        for (const path of item.omitted) checkOmitted(context, path);
        break;
      case "feature_ranges":
        for (const range of item.ranges) checkOwner(context, range.owner);
        break;
      case "queues":
        checkWhere(context, item.where);
        checkCircles(context, item.where);
        break;
      case "resource":
      case "capability":
      case "device_part":
        for (const attribute of item.attributes)
          if (attribute.kind === "refers") for (const name of attribute.names) checkResource(context, name);
        break;
      default:
    }
  }
}

function report(context: Context, name: Ast.Word, message: string, candidates: Iterable<string>, help: string): void {
  const meant = nearest(name.text, candidates);
  context.report(unknownName, { message, at: name.at, help: meant === undefined ? help : `did you mean '${meant}'?` });
}

function checkNative(context: Context, name: Ast.Word): void {
  const { scope } = context;
  if (["config", "requests"].includes(name.text) || scope.structs.has(name.text) || scope.requests.has(name.text))
    return;
  const candidates = ["config", "requests", ...scope.structs.keys(), ...scope.requests.keys()];
  report(
    context,
    name,
    `there is no struct or request '${name.text}' to be in the guest's byte order`,
    candidates,
    "possible are 'config', 'requests' (all structs and requests), and single structs by name",
  );
}

/** The last part of a path names an element of any kind; the part before it its group: an enum, or `features`. */
function checkOmitted(context: Context, path: readonly Ast.Word[]): void {
  const name = path.at(-1);
  if (name === undefined) return;
  const names = publishedNames(context, path.length > 1 ? path.at(-2)?.text : undefined);
  if (names.includes(name.text)) return;
  report(
    context,
    name,
    `there is nothing '${path.map((part) => part.text).join(".")}' to leave out`,
    names,
    "a house leaves out elements by their names here, not by their C names",
  );
}

function publishedNames(context: Context, group: string | undefined): readonly string[] {
  const { scope } = context;
  if (group === "features") return [...scope.features.keys()];
  const names = scope.file.items.flatMap((item): readonly string[] => {
    switch (item.kind) {
      case "features":
        return item.features.map((feature) => feature.name.text);
      case "enum":
      case "flags":
      case "bits":
      case "shared_memory":
        return [
          ...(item.name === undefined ? [] : [item.name.text]),
          ...[...item.constants, ...item.flags].map((constant) => constant.name.text),
        ];
      case "registers":
        return [item.name.text, ...item.registers.map((register) => register.name.text)];
      case "constant":
        return [item.name.text];
      case "response":
        return [`${item.to.text}_response`];
      case "config":
        return ["config"];
      default:
        return [];
    }
  });
  const constants = group === undefined ? undefined : scope.groups.get(group);
  if (constants !== undefined)
    return [...constants.constants, ...constants.flags].map((constant) => constant.name.text);
  return [...names, ...scope.structs.keys(), ...scope.requests.keys(), ...scope.externals.keys()];
}

const owners = ["device", "core", "reserved"];

function checkOwner(context: Context, owner: Ast.Word): void {
  if (owners.includes(owner.text)) return;
  const meant = nearest(owner.text, owners);
  context.report(unknownWord, {
    message: `'${owner.text}' owns no feature bits`,
    at: owner.at,
    help: meant === undefined ? "the owners are 'device', 'core' and 'reserved'" : `did you mean '${meant}'?`,
  });
}

function checkWhere(context: Context, where: readonly Ast.Where[]): void {
  const seen = new Map<string, Ast.Where>();
  for (const one of where) {
    const first = seen.get(one.name.text);
    if (first === undefined) seen.set(one.name.text, one);
    else
      context.report(duplicateName, {
        message: `'where ${one.name.text}' stands here twice`,
        at: one.name.at,
        related: [{ at: first.name.at, message: "the other one" }],
        help: "give one of them another name",
      });
  }
}

function checkResource(context: Context, name: Ast.Word): void {
  const resources = context.scopes.all.flatMap((scope) =>
    scope.file.items.flatMap((item) => (item.kind === "resource" ? [item.name.text] : [])),
  );
  if (resources.includes(name.text)) return;
  report(
    context,
    name,
    `there is no resource object '${name.text}' to refer to`,
    resources,
    "'refers' names resource objects: resource NAME = 0x0200 { … }",
  );
}

/** What a `where` is made of may not come back to it. */
function checkCircles(context: Context, where: readonly Ast.Where[]): void {
  const byName = new Map(where.map((one) => [one.name.text, one]));
  const done = new Set<Ast.Where>();
  const search = (one: Ast.Where, path: readonly Ast.Where[]): void => {
    if (path.includes(one)) {
      const circle = path.slice(path.indexOf(one));
      context.report(constantCycle, {
        message: `'${one.name.text}' is defined by itself`,
        at: one.name.at,
        related: circle.slice(1).map((other) => ({ at: other.name.at, message: `through '${other.name.text}'` })),
        help: "give one of them a value of features and configuration",
      });
    }
    if (done.has(one) || path.includes(one)) return;
    for (const name of namesIn(one.value)) {
      const next = byName.get(name);
      if (next !== undefined) search(next, [...path, one]);
    }
    done.add(one);
  };
  for (const one of where) search(one, []);
}

function namesIn(expression: Ast.Expression): readonly string[] {
  switch (expression.op) {
    case "number":
      return [];
    case "name":
      return expression.path.length === 1 ? expression.path.map((part) => part.text) : [];
    case "call":
      return [expression.callee.text, ...expression.arguments.flatMap((argument) => namesIn(argument))];
    case "unary":
      return namesIn(expression.operand);
    case "binary":
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case "choice":
      return [...namesIn(expression.condition), ...namesIn(expression.then), ...namesIn(expression.otherwise)];
  }
}

/** Of `writable before STATUS`, `write_clears MEMBER`: what else they name has to be there. */
export function checkAccess(
  context: Context,
  attributes: readonly Ast.Attribute[],
  siblings: readonly Ast.Member[],
): void {
  for (const attribute of attributes) {
    if (attribute.kind === "writable" && attribute.before !== undefined) {
      const group = context.scopes.core.map((scope) => scope.groups.get("STATUS")).find((found) => found !== undefined);
      const names = group === undefined ? undefined : group.constants.map((constant) => constant.name.text);
      if (names?.includes(attribute.before.text) === false) {
        report(
          context,
          attribute.before,
          `'${attribute.before.text}' is no bit of the device status`,
          names,
          `it is one of ${names.join(", ")}`,
        );
      }
    }
    if (attribute.kind === "write_clears") checkSibling(context, attribute.name, siblings, "to clear");
  }
}

/** A window is chosen by members of the same space. */
export function checkSibling(context: Context, name: Ast.Word, siblings: readonly Ast.Member[], what: string): void {
  const names = flatMembers(siblings).flatMap((member) =>
    "name" in member && member.name !== undefined ? [member.name.text] : [],
  );
  if (!names.includes(name.text))
    report(context, name, `there is no member '${name.text}' ${what}`, names, "it names a member of the same space");
}
