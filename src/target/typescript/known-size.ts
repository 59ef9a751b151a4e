import { walkExpression } from "../../ir/expression.ts";
import type { Expression, Member } from "../../ir/model.ts";
import { varies, type Catalogue } from "./catalogue.ts";

/** Whether a member has one size as soon as the features and the configuration are known. */
export function isKnownSize(member: Member, catalogue: Catalogue): boolean {
  if (member.if !== undefined && !isSettled(member.if)) return false;
  switch (member.kind) {
    case "field": {
      if (member.each !== undefined || member.pad !== undefined) return !varies(member, catalogue);
      if (!member.dimensions.every((one) => one.kind === "fixed" || (one.kind === "counted" && isSettled(one.length))))
        return false;
      if (member.type.kind !== "struct") return !varies({ ...member, dimensions: [] }, catalogue);
      return (catalogue.struct(member.type)?.members ?? []).every((inner) => isKnownSize(inner, catalogue));
    }
    case "bits":
      return member.dimensions.every(
        (one) => one.kind === "fixed" || (one.kind === "counted" && isSettled(one.length)),
      );
    case "group":
      return !varies(member, catalogue) || member.members.every((inner) => isKnownSize(inner, catalogue));
    case "present":
      return isSettled(member.condition) && member.members.every((inner) => isKnownSize(inner, catalogue));
    default:
      return !varies(member, catalogue);
  }
}

/** Whether there is a most that it can take, whatever is valid of it. */
export function isBounded(member: Member, catalogue: Catalogue): boolean {
  if (isKnownSize(member, catalogue)) return true;
  if (member.kind === "group")
    return member.dimensions.length === 0 && member.members.every((inner) => isBounded(inner, catalogue));
  if (member.kind !== "field" || member.each !== undefined || member.pad !== undefined) return false;
  const { if: _, ...always } = member;
  if (isKnownSize(always, catalogue)) return true;
  if (member.type.kind !== "struct" || member.dimensions.length > 0) return false;
  return (catalogue.struct(member.type)?.members ?? []).every((inner) => isBounded(inner, catalogue));
}

/** Whether it is bytes of any number, or several times bytes. */
export function isBytes(member: Member): boolean {
  if (member.kind === "present") return member.members.every((inner) => isBytes(inner));
  if (member.kind !== "field" || member.each !== undefined || member.pad !== undefined) return false;
  return member.dimensions.length === 1 && isByteType(member.type);
}

/** Whether it takes all bytes that are left. */
export function isOpen(member: Member): boolean {
  if (member.kind === "present") return member.members.some((inner) => isOpen(inner));
  return member.kind === "field" && member.dimensions.some((one) => one.kind === "rest");
}

function isByteType(type: Extract<Member, { kind: "field" }>["type"]): boolean {
  return type.kind === "opaque" || (type.kind === "scalar" && type.size === 1);
}

/** Whether features and the configuration are all that it depends on. */
export function isSettled(expression: Expression): boolean {
  let known = true;
  walkExpression(expression, (part) => {
    if (part.op === "variable" || (part.op === "member" && part.scope !== "config")) known = false;
  });
  return known;
}
