import type { Field, Member, Part, PartItem, Request, Struct, Type } from "./model.ts";

type StructType = Extract<Type, { readonly kind: "struct" }>;
type StructOf = (type: StructType) => Pick<Struct, "members"> | undefined;

/** What a device answers to a request that it does not know. */
export interface RefusalMember {
  readonly field: Field;
  readonly part: Part;
  /** The struct that it stands in: a header or a tail. Undefined where it is the part's own. */
  readonly struct?: StructType;
  /** Every alternative that is answered begins its answer so; `part` is that of the first one. */
  readonly inAlternatives?: true;
}

/** The members that say it, all of one part. */
export function refusalMembers(request: Request, structOf: StructOf): readonly RefusalMember[] {
  const found = request.parts.flatMap((part) =>
    part.kind === "part" && part.direction === "device-writable" ? inPart(part, structOf) : [],
  );
  if (found.length > 0) return found;
  const parts = firstWritten(request.parts);
  const [first, ...others] = parts.map((part) => atBeginning(part, structOf));
  return first !== undefined && others.every((other) => other?.field === first.field)
    ? [{ ...first, inAlternatives: true }]
    : [];
}

function inPart(part: Part, structOf: StructOf): readonly RefusalMember[] {
  const own = part.members.flatMap((field) =>
    field.kind === "field" && field.refuse !== undefined ? [{ field, part }] : [],
  );
  return [...own, ...[atBeginning(part, structOf)].filter((one) => one !== undefined)];
}

/** The member of the struct that a part begins with. */
function atBeginning(part: Part, structOf: StructOf): RefusalMember | undefined {
  let [first]: readonly Member[] = part.members;
  const before = new Set<string>();
  while (first?.kind === "field" && first.type.kind === "struct" && first.dimensions.length === 0) {
    const struct = first.type;
    const key = `${struct.module}.${struct.name}`;
    // A struct in itself is reported elsewhere.
    if (first.if !== undefined || before.has(key)) return undefined;
    before.add(key);
    const members = structOf(struct)?.members ?? [];
    const field = members.find((one): one is Field => one.kind === "field" && one.refuse !== undefined);
    if (field !== undefined) return { field, part, struct };
    [first] = members;
  }
  return undefined;
}

/** The first part that the device writes, in each alternative that it answers at all. */
function firstWritten(parts: readonly PartItem[]): readonly Part[] {
  for (const item of parts) {
    if (item.kind === "part") {
      if (item.direction === "device-writable") return [item];
    } else {
      const found = item.arms.flatMap((arm) => firstWritten(arm.parts));
      if (found.length > 0) return found;
    }
  }
  return [];
}

/**
 * From where the member's place is known without knowing the request, which then has none of its alternatives: the last
 * bytes that the device writes, or the first.
 * @param isPlaced whether the member has one place in its part, or struct
 * @param isFixed whether the part, or struct, has one size
 */
export function refusalPlace(
  request: Request,
  { part, struct, inAlternatives }: RefusalMember,
  isPlaced: boolean,
  isFixed: boolean,
): "end" | "beginning" | undefined {
  if (inAlternatives === true) return isPlaced ? "beginning" : undefined;
  if (part.if !== undefined) return undefined;
  const written = request.parts.filter((item) => isWritten(item));
  const isAll = struct === undefined || part.members.length === 1;
  if (written.at(-1) === part && isFixed && isAll) return "end";
  const first = written.find((item) => item.kind === "part");
  return first === part && isPlaced ? "beginning" : undefined;
}

/** Whether a request begins with the struct that refuses it: then all other members of that are sent back. */
export function isSentBack(request: Request, { struct }: RefusalMember): boolean {
  const [head] = request.parts;
  const first = head?.kind === "part" && head.direction === "device-readable" ? head.members[0] : undefined;
  return (
    struct !== undefined &&
    first?.kind === "field" &&
    first.type.kind === "struct" &&
    first.dimensions.length === 0 &&
    first.type.module === struct.module &&
    first.type.name === struct.name
  );
}

/** Whether the device writes anything of it, in any alternative. */
function isWritten(item: PartItem): boolean {
  return item.kind === "part"
    ? item.direction === "device-writable"
    : item.arms.some((arm) => arm.parts.some((part) => isWritten(part)));
}
