import type { Entry } from "./entry.ts";

/** An element of both sides, or of one. */
export interface Pair {
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
  /** Empty where it is on one side only. */
  readonly inside: readonly Pair[];
}

/**
 * Finds for each entry the one of the other side that it is: by its name at the older revision, else by a former name,
 * else by what the wire knows it by. In the order of the later side; what that has no longer stands where it stood.
 */
export function pairEntries(before: readonly Entry[], after: readonly Entry[]): readonly Pair[] {
  const partner = new Map<Entry, Entry>();
  const match = (keysOf: (entry: Entry) => readonly string[]): void => {
    const [theirs, ours] = [before, after].map((entries) =>
      uniqueByKey(
        entries.filter((entry) => !partner.has(entry)),
        keysOf,
      ),
    );
    for (const [key, old] of theirs ?? []) {
      const now = ours?.get(key);
      if (now === undefined || partner.has(now) || partner.has(old)) continue;
      partner.set(now, old);
      partner.set(old, now);
    }
  };
  match((entry) => [entry.key]);
  match(formerNames);
  match((entry) => (entry.place === undefined ? [] : [entry.place]));
  const removedBehind = new Map<Entry | undefined, Entry[]>();
  let last: Entry | undefined;
  for (const old of before) {
    const now = partner.get(old);
    if (now === undefined) removedBehind.set(last, [...(removedBehind.get(last) ?? []), old]);
    else last = now;
  }
  const gone = (behind: Entry | undefined): readonly Pair[] =>
    (removedBehind.get(behind) ?? []).map((old) => ({ before: old, after: undefined, inside: [] }));
  return [
    ...gone(undefined),
    ...after.flatMap((now) => {
      const old = partner.get(now);
      const inside = old === undefined ? [] : pairEntries(old.children, now.children);
      return [{ before: old, after: now, inside }, ...gone(now)];
    }),
  ];
}

/** All names that it has or had, without their order in time: of two descriptions of one revision, one may be older. */
function formerNames(entry: Entry): readonly string[] {
  const names = [entry.element.name, ...(entry.element.was ?? []).map((older) => older.name)];
  return entry.element.name === "" ? [] : names.map((name) => `${entry.subject} ${name}`);
}

/** Entries by their keys, without keys that several have. */
function uniqueByKey(
  entries: readonly Entry[],
  keysOf: (entry: Entry) => readonly string[],
): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry | undefined>();
  for (const entry of entries)
    for (const key of new Set(keysOf(entry))) found.set(key, found.has(key) ? undefined : entry);
  return new Map([...found].flatMap(([key, entry]) => (entry === undefined ? [] : [[key, entry] as const])));
}
