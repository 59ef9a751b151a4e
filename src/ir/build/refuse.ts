import type * as Ast from "../../../grammar/ast.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Expression } from "../model.ts";
import { emptyEnvironment, type Context, type Environment } from "./context.ts";
import { resolve } from "./expressions.ts";
import { find } from "./find-attribute.ts";

/** `refuse UNSUPP`: one of the constants that the member's values are; `refuse RESP.ERR_UNSPEC`: of any group. */
export function buildRefusal(
  context: Context,
  attributes: readonly Ast.Attribute[],
  environment: Environment,
): Expression | undefined {
  const names = find(attributes, "refuse")?.path;
  const [name, inGroup] = names ?? [];
  if (names === undefined || name === undefined) return undefined;
  const { group } = environment;
  const path = names.map((one) => ({ ...one, index: undefined }));
  if (inGroup !== undefined) {
    const constant = resolve(context, { op: "name", path, at: name.at }, emptyEnvironment);
    if (constant === undefined || constant.op === "constant") return constant;
  }
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
      ? {
          help: "name the group at the member: 'u8 status : S refuse UNSUPP;'; or with the constant: 'refuse S.UNSUPP'",
        }
      : {
          related: [{ at: group.group.at, message: "its constants" }],
          ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
        }),
  });
  return undefined;
}

/** `request req on requestq refuse nothing`: the only thing that a whole request can be refused with. */
export function refusesByNothing(context: Context, attributes: readonly Ast.Attribute[]): true | undefined {
  const refuse = find(attributes, "refuse");
  const [name, ...others] = refuse?.path ?? [];
  if (refuse === undefined || name === undefined) return undefined;
  if (name.text === "nothing" && others.length === 0) return true;
  context.report(unknownName, {
    message: `a request is refused with 'nothing', not with '${refuse.path.map((one) => one.text).join(".")}'`,
    at: name.at,
    help: "what is answered stands at the member that says it: 'u8 status : S refuse UNSUPP;'",
  });
  return undefined;
}
