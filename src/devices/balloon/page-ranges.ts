/** In bytes, whatever size the guest's own pages have. */
export const pageSize = 4096;

/** Pages one behind the other, by number: physical address / 4096. */
export interface PageRange {
  readonly first: number;
  readonly count: number;
}

/** The pages of a list in as few ranges as there are, in the order of their numbers; one that stands twice counts once. */
export function pageRanges(pages: Iterable<number>): PageRange[] {
  const ranges: PageRange[] = [];
  let first = -1;
  let count = 0;
  for (const page of [...pages].toSorted((a, b) => a - b)) {
    if (count > 0 && page < first + count) continue;
    if (count > 0 && page === first + count) {
      count += 1;
      continue;
    }
    if (count > 0) ranges.push({ first, count });
    first = page;
    count = 1;
  }
  if (count > 0) ranges.push({ first, count });
  return ranges;
}
