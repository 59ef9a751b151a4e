import type * as Ast from "../../../grammar/ast.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Context } from "./context.ts";
import { flatMembers } from "./scope.ts";

/** A member that a view takes over from what it views, or finds the members in between. */
export function chosenMembers(context: Context, pick: Ast.Pick, viewed: readonly Ast.Member[]): readonly Ast.Member[] {
  const chosen = pick.to === undefined ? membersAt(context, pick.path, viewed) : between(viewed, pick);
  if (chosen.length === 0) {
    const names = flatMembers(viewed).flatMap((member) =>
      "name" in member && member.name !== undefined ? [member.name.text] : [],
    );
    const name = pick.path.map((part) => part.text).join(".");
    const meant = nearest(name, names);
    context.report(unknownName, {
      message:
        pick.to === undefined
          ? `what is viewed has no member '${name}'`
          : `what is viewed has no members from '${name}' to '${pick.to.map((part) => part.text).join(".")}'`,
      at: pick.at,
      ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
    });
    return [];
  }
  return chosen;
}

function membersAt(context: Context, path: readonly Ast.Word[], viewed: readonly Ast.Member[]): readonly Ast.Member[] {
  const [first, ...rest] = path;
  if (first === undefined) return [];
  const found = flatMembers(viewed).filter((member) => "name" in member && member.name?.text === first.text);
  if (rest.length === 0) return found;
  return found.flatMap((member) => {
    if (member.kind === "group") return membersAt(context, rest, member.members);
    if (member.kind !== "field" || member.type.kind !== "struct") return [];
    const struct = context.scope.structs.get(member.type.path[0]?.text ?? "")?.[0];
    return struct === undefined ? [] : membersAt(context, rest, struct.members);
  });
}

function nameOf(member: Ast.Member): string | undefined {
  return "name" in member ? member.name?.text : undefined;
}

/** Whether a member has this name, or one that is the outer struct's own through it. */
function holds(member: Ast.Member, name: string | undefined): boolean {
  return nameOf(member) === name || flatMembers([member]).some((inner) => nameOf(inner) === name);
}

/** The members from one name to another, as they stand. */
function between(viewed: readonly Ast.Member[], pick: Ast.Pick): readonly Ast.Member[] {
  const from = viewed.findIndex((member) => holds(member, pick.path[0]?.text));
  const to = viewed.findLastIndex((member) => holds(member, pick.to?.[0]?.text));
  return from < 0 || to < from ? [] : viewed.slice(from, to + 1);
}
