import type * as Ast from "../../../grammar/ast.ts";
import { unknownTag } from "../../check/unknown-tag.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Expression, GroupReference, Tag } from "../model.ts";
import { emptyEnvironment, type Context, type Environment } from "./context.ts";
import { resolve, valuesOf } from "./expressions.ts";
import { groupOf } from "./member-paths.ts";
import { reportUnknownGroup } from "./types.ts";

export function reference(group: Environment["group"]): GroupReference | undefined {
  return group === undefined ? undefined : { module: group.scope.name, group: group.group.name?.text ?? "" };
}

/** The constants that the tags of a switch name. */
export function switchGroup(
  context: Context,
  name: Ast.Word | undefined,
  by: Ast.Expression | undefined,
  environment: Environment,
): Environment["group"] {
  if (name !== undefined) {
    const group = groupOf(context, context.scope, name);
    if (group === undefined) reportUnknownGroup(context, name);
    return group;
  }
  return by === undefined ? undefined : valuesOf(context, by, environment);
}

/** What an alternative is called: its first tag. */
export function tagName(tags: readonly Ast.Tag[]): string {
  const [first] = tags;
  if (first === undefined) return "";
  if (first.op === "name") return first.path.at(-1)?.text ?? "";
  if (first.op === "number") return first.text;
  if (first.op === "range") return first.range.from.op === "number" ? first.range.from.text : "";
  return first.op === "default" ? "default" : "";
}

export function buildTags(context: Context, tags: readonly Ast.Tag[], group: Environment["group"]): Tag[] {
  const environment: Environment = { ...emptyEnvironment, features: false, group };
  const value = (expression: Ast.Expression): Expression | undefined => {
    if (expression.op !== "name" || expression.path.length !== 1) return resolve(context, expression, environment);
    const found = context.constants.find(group?.scope ?? context.scope, group?.group, expression.path);
    if (found !== undefined) return resolve(context, expression, environment);
    const name = expression.path[0]?.text ?? "";
    const known =
      group === undefined ? [] : [...group.group.constants, ...group.group.flags].map((one) => one.name.text);
    const meant = nearest(name, known);
    context.report(unknownTag, {
      message:
        group === undefined
          ? `'${name}' is no constant, and nothing says which constants the tags are`
          : `'${name}' is no constant of '${group.group.name?.text ?? ""}'`,
      at: expression.at,
      ...(group === undefined
        ? { help: "name them at the member ('le32 type : T;') or at the switch ('switch type : T')" }
        : {
            related: [{ at: group.group.at, message: "its constants" }],
            ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
          }),
    });
    return undefined;
  };
  return tags.flatMap((tag): Tag[] => {
    if (tag.op === "default") return [{ kind: "default" }];
    if (tag.op === "range") {
      const from = value(tag.range.from);
      const to = value(tag.range.to);
      return from === undefined || to === undefined ? [] : [{ kind: "range", from, to }];
    }
    const one = value(tag);
    return one === undefined ? [] : [{ kind: "value", value: one }];
  });
}
