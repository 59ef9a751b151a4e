import type { MemberDeclaration } from "./syntax.ts";
import type { TokenPlace } from "./tokens.ts";

/** Where a member stands, as near as is known. */
export function placeOfDeclaration(member: MemberDeclaration, around: TokenPlace): TokenPlace {
  return member.declarators[0]?.place ?? ("place" in member.type ? member.type.place : around);
}
