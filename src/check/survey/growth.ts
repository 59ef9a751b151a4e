import { existsAt } from "../../ir/availability.ts";
import { revisions, type Element, type Member, type Revision } from "../../ir/model.ts";
import type { Body } from "./bodies.ts";
import { Positions, type Entry, type Spot } from "./positions.ts";
import type { Survey } from "./survey.ts";

/** What has members, as it lies in one revision. */
export interface Laid {
  readonly entries: readonly Entry[];
  readonly end: Spot;
  /** The entry that is the same element, or took its name. */
  readonly find: (entry: Entry) => Entry | undefined;
}

/** One body in two revisions that follow each other. */
export interface Step {
  readonly from: Revision;
  readonly to: Revision;
  readonly title: string;
  readonly element: Element;
  readonly before: Laid;
  readonly after: Laid;
}

/** Everything with members that is not the same in all revisions, from each revision to the next. */
export function growthOf(survey: Survey): readonly Step[] {
  const varying = varyingBodies(survey);
  if (varying.length === 0) return [];
  const positions = revisions.map((revision) => ({ revision, positions: new Positions(survey, revision) }));
  return varying.flatMap((body) => {
    const laid = positions
      .filter(({ revision }) => existsAt(body.element, revision))
      .map(({ revision, positions: at }) => ({ revision, laid: lay(body.members, at) }));
    return laid.slice(1).map((after, index): Step => {
      const before = laid[index] ?? after;
      return {
        from: before.revision,
        to: after.revision,
        title: body.title,
        element: body.element,
        before: before.laid,
        after: after.laid,
      };
    });
  });
}

function lay(members: readonly Member[], positions: Positions): Laid {
  const { entries, end } = positions.entriesOf(members);
  const byPlace = new Map(entries.map((entry) => [entry.element.at, entry]));
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  // What is left of reserved bytes may lie elsewhere: it has the name only for want of another.
  return {
    entries,
    end,
    find: (entry) => byPlace.get(entry.element.at) ?? (isReserved(entry) ? undefined : byPath.get(entry.path)),
  };
}

function isReserved(entry: Entry): boolean {
  return "reserved" in entry.element && entry.element.reserved === true;
}

/** Those with a member, or a struct as a member, that some revisions have and others lack. */
function varyingBodies(survey: Survey): readonly Body[] {
  const own = survey.bodies.filter((body) => varies(survey, body));
  const grown = new Set<object>(own.map((body) => body.item));
  const found = new Set(own);
  // A struct that grows inside of another can move what stands behind it there.
  for (let more = true; more;) {
    more = false;
    for (const body of survey.bodies) {
      if (found.has(body)) continue;
      const holds = survey
        .sitesIn(body)
        .some(
          ({ member }) =>
            member.kind === "field" &&
            member.type.kind === "struct" &&
            survey.structsOf(member.type).some((struct) => grown.has(struct)),
        );
      if (!holds) continue;
      found.add(body);
      grown.add(body.item);
      more = true;
    }
  }
  return [...found].filter((body) => body.kind !== "view");
}

/** Whether some member does not exist as long as what it stands in. */
function varies(survey: Survey, body: Body): boolean {
  const { since, until } = body.element;
  const other = (one: Element): boolean => one.since !== since || one.until !== until;
  return survey
    .sitesIn(body)
    .some(({ member }) => other(member) || (member.kind === "bits" && member.bits.some((bits) => other(bits))));
}
