import type { BitGroup, Expression, Member, Module, Register } from "../../ir/model.ts";
import { flatMembers, viewedMembers } from "./bodies.ts";
import type { Survey } from "./survey.ts";

/** What a path can end at. */
export type Found = Member | BitGroup | Register;

type MemberExpression = Extract<Expression, { op: "member" }>;

/**
 * Everything that a path of an expression can mean: one name may stand several times, in different revisions or in
 * different alternatives. Empty where the path is none of this description's.
 */
export function membersAt(
  survey: Survey,
  module: Module,
  levels: readonly (readonly Member[])[],
  expression: MemberExpression,
): readonly Found[] {
  const names = expression.path.map((part) => part.name);
  switch (expression.scope) {
    case "sibling":
    case "request":
      for (const level of levels) {
        const found = follow(survey, level, names);
        if (found.length > 0) return found;
      }
      return [];
    case "config":
      return follow(survey, survey.config(module)?.members ?? [], names);
    case "message":
      return inMessage(survey, module, names);
    case "register":
      return module.items.flatMap((item) =>
        item.kind === "registers" ? item.registers.filter((register) => register.name === names[0]) : [],
      );
  }
}

/** `req.type`; `req.in.type` where no member is called `in`: what the device writes. */
function inMessage(survey: Survey, module: Module, [message = "", ...names]: readonly string[]): readonly Found[] {
  const found = follow(survey, viewedMembers(module, message), names);
  const [side, ...within] = names;
  if (found.length > 0 || (side !== "in" && side !== "out")) return found;
  return follow(survey, viewedMembers(module, message, side === "in" ? "device-writable" : "device-readable"), within);
}

function follow(survey: Survey, members: readonly Member[], names: readonly string[]): readonly Found[] {
  const [first, ...rest] = names;
  return flatMembers(members).flatMap((member): readonly Found[] => {
    if (member.kind === "bits") {
      const own = member.name === "" ? first : member.name === first ? rest[0] : undefined;
      if (own === undefined) return member.name === first ? [member] : [];
      return member.bits.filter((group) => group.name === own);
    }
    if (member.name !== first) return [];
    if (rest.length === 0) return [member];
    return follow(survey, membersInside(survey, member), rest);
  });
}

/** What a member is made of. */
export function membersInside(survey: Survey, member: Member): readonly Member[] {
  switch (member.kind) {
    case "field":
      if (member.each !== undefined) return member.each.members;
      return member.type.kind === "struct" ? survey.structsOf(member.type).flatMap((struct) => struct.members) : [];
    case "group":
    case "present":
      return member.members;
    case "union":
    case "switch":
    case "window":
      return member.arms.flatMap((arm) => arm.members);
    case "bits":
      return [];
  }
}
