import type { Alias, Element, Erratum } from "../ir/model.ts";
import type { Naming } from "./expectation.ts";
import type { Ground } from "./ground.ts";
import type { Origin } from "./origins.ts";
import type { Side } from "./report-model.ts";

/** Where the description says something; with what it says. */
export function described(says: string, origin: Origin | undefined): Side {
  if (origin === undefined) return { says };
  const { file, line } = origin.element.at;
  return { says, file, line };
}

/** What is known about why a header differs in a name: errata, notes of the house, the revision. */
export function reasons(ground: Ground, name: string, naming: Naming, origin: Origin | undefined): readonly string[] {
  if (origin === undefined) return unknownName(ground, name, naming);
  const { element, house, alias } = origin;
  const last = name.slice(name.lastIndexOf(".") + 1).replace(/^struct /, "");
  return [
    ...new Set(ground.origins.errata(origin, last).map((erratum) => erratumText(erratum))),
    ...(house === undefined || !isOfHouse(element) ? [] : [`in Linux: ${oneLine(element.doc)}`]),
    ...(alias?.as === undefined ? [] : [`Linux gives ${kindName(alias.as)}`]),
  ];
}

/** A constant or a struct that only the house has; the members of its struct are the standard's. */
function isOfHouse(element: Element): boolean {
  return element.doc !== "" && "kind" in element && (element.kind === "constant" || element.kind === "view");
}

/** Features are numbers of bits; some headers have the masks instead, and some the other way round. */
export function bitReason(theirs: bigint, ours: bigint): readonly string[] {
  if (ours < 64n && theirs === 1n << ours) return ["it is the mask of that bit"];
  return theirs < 64n && ours === 1n << theirs ? ["it is the number of that bit"] : [];
}

/** Since when the description has something, where that explains that an older header lacks it. */
export function sinceReason(origin: Origin | undefined): readonly string[] {
  if (origin === undefined) return [];
  const { since, legacy } = origin.element;
  return [
    ...(since === "0.9.5" || since === "1.0" ? [] : [`since ${since}`]),
    ...(legacy === true ? ["legacy interface only"] : []),
  ];
}

/** Why the description of this revision does not have a name that the header has. */
function unknownName(ground: Ground, name: string, naming: Naming): readonly string[] {
  const plain = name.replace(/^struct /, "");
  const [elsewhere] = ground.everywhere.named(plain, naming === "linux" ? "linux" : "");
  if (elsewhere === undefined) return [];
  const { element, olderUntil, house } = elsewhere;
  if (olderUntil !== undefined) return [`the name of ${element.cName} before ${olderUntil}`];
  if (element.until !== undefined) return [`${element.since} has it, ${element.until} no longer`];
  if (house !== undefined && naming !== house) return [`a name of ${house}`];
  const omitted = element.since === "0.9.5" ? "a name that headers of this kind do not have" : `since ${element.since}`;
  return [omitted];
}

export function erratumText({ id, text, meant, because }: Erratum): string {
  return `erratum "${id}": the standard says "${text}"; meant is "${meant}", because ${because}`;
}

export function kindName(kind: NonNullable<Alias["as"]>): string {
  return kind === "bit" ? "the number of the bit" : kind === "mask" ? "the mask" : "the number";
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}
