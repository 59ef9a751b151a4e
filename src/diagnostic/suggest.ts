/**
 * Edit distance of two words, or `limit + 1` when it is more than `limit`. Two neighbouring letters that changed places
 * are one slip, not two.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? limit + 1;
}

/** No name is longer; the time that a comparison takes grows with the square. */
const longest = 100;

/**
 * The candidate that was probably meant, if one is near: a third of its letters may differ, case is free. Else the only
 * one that begins with the word, or that the word begins with.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const lower = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly distance: number } | undefined;
  const longer = new Set<string>();
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const found = other.length > longest ? limit + 1 : distance(lower, other, limit);
    if (found <= limit && (best === undefined || found < best.distance)) best = { word: candidate, distance: found };
    if (Math.min(lower.length, other.length) >= 3 && (other.startsWith(lower) || lower.startsWith(other)))
      longer.add(candidate);
  }
  return best?.word ?? (longer.size === 1 ? [...longer][0] : undefined);
}
