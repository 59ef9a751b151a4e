import type * as Ast from "../../../grammar/ast.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Expression } from "../model.ts";
import type { Context, Environment } from "./context.ts";
import { resolve } from "./expressions.ts";
import { find } from "./find-attribute.ts";

/** `refuse UNSUPP`: one of the constants that the member's values are. */
export function buildRefusal(
  context: Context,
  attributes: readonly Ast.Attribute[],
  environment: Environment,
): Expression | undefined {
  const name = find(attributes, "refuse")?.name;
  if (name === undefined) return undefined;
  const { group } = environment;
  const path = [{ ...name, index: undefined }];
  if (group !== undefined && context.constants.find(group.scope, group.group, path) !== undefined)
    return resolve(context, { op: "name", path, at: name.at }, environment);
  const known = group === undefined ? [] : [...group.group.constants, ...group.group.flags].map((one) => one.name.text);
  const meant = nearest(name.text, known);
  context.report(unknownName, {
    message:
      group === undefined
        ? `nothing says which constant '${name.text}' is`
        : `'${name.text}' is no constant of '${group.group.name?.text ?? ""}'`,
    at: name.at,
    ...(group === undefined
      ? { help: "name the group at the member: 'u8 status : S refuse UNSUPP;'" }
      : {
          related: [{ at: group.group.at, message: "its constants" }],
          ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
        }),
  });
  return undefined;
}
