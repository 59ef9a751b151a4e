import { existsAt } from "../../ir/availability.ts";
import { revisions, type Element, type Member, type Revision } from "../../ir/model.ts";
import type { Body } from "./bodies.ts";
import type { Entry, Positions, Spot } from "./positions.ts";
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
  const steps: Step[] = [];
  for (const { body, changes } of varying) {
    let before: { readonly revision: Revision; readonly laid: Laid } | undefined;
    for (const revision of revisions.filter((one) => existsAt(body.element, one))) {
      if (before !== undefined && !changes.has(revision)) continue;
      const laid = lay(body.members, survey.positionsAt(revision));
      if (before !== undefined) {
        const from = revisions[revisions.indexOf(revision) - 1] ?? before.revision;
        steps.push({ from, to: revision, title: body.title, element: body.element, before: before.laid, after: laid });
      }
      before = { revision, laid };
    }
  }
  return steps;
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

interface Varying {
  readonly body: Body;
  /** The revisions that are not as the one before them. */
  readonly changes: ReadonlySet<Revision>;
}

/** Those with a member, or a struct as a member, that some revisions have and others lack. */
function varyingBodies(survey: Survey): readonly Varying[] {
  const found = new Map<Body, Set<Revision>>();
  const ofItem = new Map<object, Set<Revision>>();
  const add = (body: Body, changes: ReadonlySet<Revision>): boolean => {
    const own = found.get(body) ?? new Set();
    const item = ofItem.get(body.item) ?? new Set();
    const before = own.size;
    for (const revision of changes) {
      own.add(revision);
      item.add(revision);
    }
    if (own.size === 0) return false;
    found.set(body, own);
    ofItem.set(body.item, item);
    return own.size > before;
  };
  for (const body of survey.bodies) add(body, changesOf(survey, body));
  // A struct that grows inside of another can move what stands behind it there.
  const holders = survey.bodies.flatMap((body) => {
    const structs = structsIn(survey, body);
    return structs.length === 0 ? [] : [{ body, structs }];
  });
  for (let more = true; more;) {
    more = false;
    for (const { body, structs } of holders)
      for (const struct of structs) if (add(body, ofItem.get(struct) ?? none)) more = true;
  }
  return [...found].filter(([body]) => body.kind !== "view").map(([body, changes]) => ({ body, changes }));
}

const none: ReadonlySet<Revision> = new Set();

function structsIn(survey: Survey, body: Body): readonly object[] {
  return survey
    .sitesIn(body)
    .flatMap(({ member }) =>
      member.kind === "field" && member.type.kind === "struct" ? survey.structsOf(member.type) : [],
    );
}

/** The revisions in which some member begins or ends that does not exist as long as what it stands in. */
function changesOf(survey: Survey, body: Body): ReadonlySet<Revision> {
  const { since, until } = body.element;
  const changes = new Set<Revision>();
  const look = (one: Element): void => {
    if (one.since !== since) changes.add(one.since);
    if (one.until !== until && one.until !== undefined) changes.add(one.until);
  };
  for (const { member } of survey.sitesIn(body)) {
    look(member);
    if (member.kind === "bits") for (const bits of member.bits) look(bits);
    // One struct may take over from another of its name.
    const structs = member.kind === "field" && member.type.kind === "struct" ? survey.structsOf(member.type) : [];
    if (structs.length > 1) for (const struct of structs) look(struct);
  }
  return changes;
}
