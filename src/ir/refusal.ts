import type { Field, Part, PartItem, Request } from "./model.ts";

/** What a device answers to a request that it does not know. */
export interface RefusalMember {
  readonly field: Field;
  readonly part: Part;
}

/** The members that say it, all of one part. */
export function refusalMembers(request: Request): readonly RefusalMember[] {
  return request.parts.flatMap((part) =>
    part.kind !== "part" || part.direction !== "device-writable"
      ? []
      : part.members.flatMap((field) =>
          field.kind === "field" && field.refuse !== undefined ? [{ field, part }] : [],
        ),
  );
}

/**
 * From where the member's place is known without knowing the request, which then has none of its alternatives: the last
 * bytes that the device writes, or the first.
 * @param isPlaced whether the member has one place in its part
 * @param isFixed whether the part has one size
 */
export function refusalPlace(
  request: Request,
  { part }: RefusalMember,
  isPlaced: boolean,
  isFixed: boolean,
): "end" | "beginning" | undefined {
  if (part.if !== undefined) return undefined;
  const written = request.parts.filter((item) => isWritten(item));
  if (written.at(-1) === part && isFixed) return "end";
  const first = written.find((item) => item.kind === "part");
  return first === part && isPlaced ? "beginning" : undefined;
}

/** Whether the device writes anything of it, in any alternative. */
function isWritten(item: PartItem): boolean {
  return item.kind === "part"
    ? item.direction === "device-writable"
    : item.arms.some((arm) => arm.parts.some((part) => isWritten(part)));
}
