import type { Finding } from "../../diagnostic/diagnostic.ts";
import { compareRevisions, nameAt, overlap } from "../../ir/availability.ts";
import type { Element, Revision } from "../../ir/model.ts";
import { spellRevisions } from "./survey.ts";

type Named = Pick<Element, "name" | "cName" | "at" | "since" | "until" | "was">;

/** Pairs of elements that have one name in a revision in which both exist; each with the first that has it. */
export function* namesakes<E extends Named>(
  elements: readonly E[],
  which: "name" | "cName",
): Iterable<{ readonly first: E; readonly second: E; readonly name: string; readonly revisions: readonly Revision[] }> {
  // Nearly always all have different names, now and ever.
  if (allDiffer(elements, which)) return;
  const byName = new Map<string, E[]>();
  for (const element of elements) {
    const names = new Set([element[which], ...(element.was ?? []).map((older) => older[which])]);
    for (const name of names) {
      if (name === "") continue;
      const others = byName.get(name);
      if (others === undefined) {
        byName.set(name, [element]);
        continue;
      }
      for (const first of others) {
        const revisions = overlap(first, element).filter(
          (revision) => nameOf(first, revision, which) === name && nameOf(element, revision, which) === name,
        );
        if (revisions.length > 0) {
          yield { first, second: element, name, revisions };
          break;
        }
      }
      others.push(element);
    }
  }
}

function allDiffer(elements: readonly Named[], which: "name" | "cName"): boolean {
  const names = new Set<string>();
  for (const element of elements) {
    if (element.was !== undefined) return false;
    names.add(element[which]);
  }
  return names.size === elements.length;
}

function nameOf(element: Named, revision: Revision, which: "name" | "cName"): string {
  return element.was === undefined ? element[which] : nameAt({ ...element, doc: "" }, revision)[which];
}

/** A finding about two elements of one name. `what` is as in "two features". */
export function sameName(
  what: string,
  pair: {
    readonly first: Named;
    readonly second: Named;
    readonly name: string;
    readonly revisions: readonly Revision[];
  },
): Finding {
  const { first, second, name, revisions } = pair;
  const always =
    overlap(first, second).length === revisions.length && first.since === second.since && first.until === second.until;
  const takesOver = compareRevisions(second.since, first.since) > 0 && first.until === undefined;
  return {
    message: `two ${what} are called '${name}'${always ? "" : ` in ${spellRevisions(revisions)}`}`,
    at: second.at,
    related: [{ at: first.at, message: "the other one" }],
    help: takesOver
      ? `where this one takes over from the other, end that one: 'until ${second.since}'`
      : "give one of them another name",
  };
}
