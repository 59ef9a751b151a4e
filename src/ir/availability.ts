import { revisions, type Element, type Revision } from "./model.ts";

const rank: ReadonlyMap<string, number> = new Map(revisions.map((revision, index) => [revision, index]));

export function isRevision(text: string): text is Revision {
  return rank.has(text);
}

/** Negative where `a` is older than `b`. */
export function compareRevisions(a: Revision, b: Revision): number {
  return (rank.get(a) ?? 0) - (rank.get(b) ?? 0);
}

type Available = Pick<Element, "since" | "until">;

/** Whether the standard has the element at this revision. */
export function existsAt(element: Available, revision: Revision): boolean {
  return (
    compareRevisions(element.since, revision) <= 0 &&
    (element.until === undefined || compareRevisions(revision, element.until) < 0)
  );
}

/** The revisions in which both exist. */
export function overlap(a: Available, b: Available): readonly Revision[] {
  return revisions.filter((revision) => existsAt(a, revision) && existsAt(b, revision));
}

/** Whether there is a revision in which both exist. */
export function coexist(a: Available, b: Available): boolean {
  if (a.until === undefined && b.until === undefined) return true;
  const begins = compareRevisions(a.since, b.since) < 0 ? b.since : a.since;
  return [a.until, b.until].every((until) => until === undefined || compareRevisions(begins, until) < 0);
}

/** Its name at a revision. */
export function nameAt(element: Element, revision: Revision): { readonly name: string; readonly cName: string } {
  const { name, cName } = element.was?.find((older) => compareRevisions(revision, older.until) < 0) ?? element;
  return { name, cName };
}
