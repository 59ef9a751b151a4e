import type * as Ast from "../../../grammar/ast.ts";
import type { Context, Environment } from "./context.ts";
import type { FoundConstant } from "./constants.ts";
import { membersNamed, type Scope } from "./scope.ts";

export interface FoundMember {
  readonly member: Ast.Member | Ast.BitGroup;
  /** The constants that its values are. */
  readonly values: Environment["group"];
  /** Where the last name of the path is not a member but one of its flags. */
  readonly flag: FoundConstant | undefined;
}

/**
 * Follows a path through members, structs and bit groups. One name may stand several times, in different alternatives or
 * on both sides of a request: the first one counts that has what the path goes on with.
 */
export function findMember(
  context: Context,
  scope: Scope,
  members: readonly Ast.Member[],
  path: readonly Ast.Word[],
): FoundMember | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  for (const member of membersNamed(members, first.text)) {
    const found = findIn(context, scope, member, first, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findIn(
  context: Context,
  scope: Scope,
  member: Ast.Member,
  first: Ast.Word,
  rest: readonly Ast.Word[],
): FoundMember | undefined {
  if (member.kind === "bits") {
    const found = findBits(context, scope, member, first, rest);
    if (found !== undefined) return found;
  }
  if (!("name" in member) || member.name?.text !== first.text) return undefined;
  switch (member.kind) {
    case "group":
      if (rest.length === 0) return { member, values: undefined, flag: undefined };
      return findMember(context, scope, member.members, rest);
    case "field":
      return findInField(context, scope, member, rest);
    case "union":
    case "switch":
    case "window":
      return rest.length === 0
        ? { member, values: undefined, flag: undefined }
        : findMember(
            context,
            scope,
            member.arms.flatMap((arm) => arm.members),
            rest,
          );
    default:
      return undefined;
  }
}

function findBits(
  context: Context,
  scope: Scope,
  member: Ast.BitWord,
  first: Ast.Word,
  rest: readonly Ast.Word[],
): FoundMember | undefined {
  const groups = flatBits(member.bits);
  // The groups of a word without a name are the struct's own.
  const own = member.name === undefined ? first : member.name.text === first.text ? rest[0] : undefined;
  if (own === undefined)
    return member.name?.text === first.text ? { member, values: undefined, flag: undefined } : undefined;
  const group = groups.find((one) => one.name.text === own.text);
  return group === undefined
    ? undefined
    : { member: group, values: groupOf(context, scope, group.enum), flag: undefined };
}

export function flatBits(bits: readonly Ast.BitItem[]): readonly Ast.BitGroup[] {
  return bits.flatMap((item) => (item.kind === "bit group" ? [item] : flatBits(item.bits)));
}

function findInField(
  context: Context,
  scope: Scope,
  member: Ast.Field,
  rest: readonly Ast.Word[],
): FoundMember | undefined {
  const values = groupOf(context, scope, member.enum);
  const [next, ...further] = rest;
  if (next === undefined) return { member, values, flag: undefined };
  if (member.type.kind === "struct") {
    const target = structScope(context, scope, member.type.path);
    const declared = target?.scope.structs.get(target.name)?.[0] ?? undefined;
    return target === undefined || declared === undefined
      ? undefined
      : findMember(context, target.scope, declared.members, rest);
  }
  if (values === undefined || further.length > 0) return undefined;
  const flag = context.constants.find(values.scope, values.group, [next]);
  return flag?.group === values.group && flag !== undefined ? { member, values, flag } : undefined;
}

/** `struct geometry` of this description, `struct pci.common_cfg` of another. */
export function structScope(
  context: Context,
  scope: Scope,
  path: readonly Ast.Word[],
): { readonly scope: Scope; readonly name: string } | undefined {
  const [first, second] = path;
  if (first === undefined) return undefined;
  if (second === undefined) return { scope, name: first.text };
  const other = context.scopes.get(first.text);
  return other === undefined ? undefined : { scope: other, name: second.text };
}

/** The constants named by `: NAME` behind a member: of its description, else of the core. */
export function groupOf(context: Context, scope: Scope, name: Ast.Word | undefined): Environment["group"] {
  if (name === undefined) return undefined;
  for (const where of [scope, ...context.scopes.core]) {
    const group = where.groups.get(name.text);
    if (group !== undefined) return { scope: where, group };
  }
  return undefined;
}
