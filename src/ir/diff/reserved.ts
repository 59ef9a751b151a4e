import { blockEntry, entriesBelow, type Entry } from "./entry.ts";

interface Span {
  readonly from: number;
  readonly to: number;
  readonly base: string;
}

/** Whether all bits of a member or bit group were reserved in its block on the other side. */
export function liesInReserved(entry: Entry, other: Entry | undefined): boolean {
  const span = spanOf(entry);
  if (span === undefined || other === undefined) return false;
  const reserved = [...entriesBelow(blockEntry(other))]
    .filter((one) => one.facts.get("reserved") === "reserved")
    .flatMap((one) => spanOf(one) ?? [])
    .filter((one) => one.base === span.base)
    .toSorted((a, b) => a.from - b.from);
  let covered = span.from;
  for (const one of reserved) if (one.from <= covered) covered = Math.max(covered, one.to);
  return covered >= span.to;
}

/** Whether the other side's block reaches as far, so that nothing grows or shrinks by it. */
export function liesWithin(entry: Entry, other: Entry | undefined): boolean {
  const span = spanOf(entry);
  if (span === undefined || other === undefined) return false;
  return [...entriesBelow(blockEntry(other))].some((one) => {
    const there = spanOf(one);
    return there !== undefined && there.base === span.base && there.to >= span.to;
  });
}

/** In bits. */
function spanOf({ extent }: Entry): Span | undefined {
  if (extent === undefined || extent.offset === null) return undefined;
  if (extent.bits !== undefined)
    return { from: extent.bits.from, to: extent.bits.from + extent.bits.count, base: extent.base };
  return extent.size === null
    ? undefined
    : { from: extent.offset * 8, to: (extent.offset + extent.size) * 8, base: extent.base };
}
