import type { Item, Member, PartItem } from "../../ir/model.ts";
import { isCommand, isRequest } from "../../ir/item-kinds.ts";
import type { Entry, Positions, Spot } from "./positions.ts";

/** What a view shows, in the order in which it lies there. */
export interface Seen extends Entry {
  /** Whether a view may leave it out between others: bytes that are not always there. */
  readonly mayBeAbsent: boolean;
  /** What the device reads and what it writes lie apart; the same for everything else. */
  readonly lane: string;
}

/** The members of what is viewed with their places; a message is its parts one after the other, in each direction. */
export function seenIn(item: Item, alternative: string | undefined, positions: Positions): readonly Seen[] {
  const seen: Seen[] = [];
  if (item.kind === "config" || item.kind === "struct")
    sequence(item.members, { base: "", offset: 0 }, "", positions, seen);
  else if (isRequest(item)) {
    const ends = new Map<string, Spot>();
    inParts(item.parts, alternative, ends, positions, seen);
  } else if (isCommand(item)) {
    for (const section of item.sections)
      sequence(section.members, { base: section.name, offset: 0 }, section.name, positions, seen);
  }
  return seen;
}

function sequence(members: readonly Member[], start: Spot, lane: string, positions: Positions, seen: Seen[]): Spot {
  const absent = new Set(
    members.flatMap((member) => (member.kind === "present" ? member.members.map((one) => one.at) : [])),
  );
  const { entries, end } = positions.entriesOf(members);
  for (const { base, offset, element, path, size } of entries) {
    const first = base === "";
    seen.push({
      base: first ? start.base : base,
      offset: first ? start.offset + offset : offset,
      element,
      path,
      size,
      mayBeAbsent: absent.has(element.at),
      lane,
    });
  }
  return end.base === "" ? { base: start.base, offset: start.offset + end.offset } : end;
}

function inParts(
  parts: readonly PartItem[],
  alternative: string | undefined,
  ends: Map<string, Spot>,
  positions: Positions,
  seen: Seen[],
): void {
  for (const [index, part] of parts.entries()) {
    if (!positions.exists(part)) continue;
    if (part.kind === "part") {
      const start = ends.get(part.direction) ?? { base: part.direction, offset: 0 };
      ends.set(part.direction, sequence(part.members, start, part.direction, positions, seen));
      continue;
    }
    const arms = part.arms.filter((arm) => positions.exists(arm));
    const chosen = arms.filter(
      (arm) => alternative !== undefined && (has(arm, alternative) || leadsTo(arm.parts, alternative)),
    );
    if (chosen.length > 0) {
      for (const arm of chosen) inParts(arm.parts, alternative, ends, positions, seen);
      continue;
    }
    // Which one it is does not matter to the view: each begins at the same place, and what follows begins anew.
    for (const arm of arms) inParts(arm.parts, undefined, new Map(ends), positions, seen);
    for (const direction of ["device-readable", "device-writable"])
      ends.set(direction, { base: `${direction} ${part.at.line}.${index}`, offset: 0 });
  }
}

function has(
  arm: { readonly tags: readonly { readonly kind: string; readonly value?: unknown }[] },
  alternative: string,
): boolean {
  return arm.tags.some(
    (tag) =>
      tag.kind === "value" &&
      typeof tag.value === "object" &&
      tag.value !== null &&
      "name" in tag.value &&
      tag.value.name === alternative,
  );
}

function leadsTo(parts: readonly PartItem[], alternative: string): boolean {
  return parts.some(
    (part) =>
      part.kind === "part switch" && part.arms.some((arm) => has(arm, alternative) || leadsTo(arm.parts, alternative)),
  );
}
