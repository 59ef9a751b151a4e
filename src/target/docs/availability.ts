import type { Element, Revision } from "../../ir/model.ts";
import { joined } from "./markdown.ts";

/** What something stands in; what it inherits from there need not be said again. */
type Outer = Pick<Element, "since" | "until" | "legacy">;

/** From when to when the element exists, where that differs from what it stands in: `1.2`, `legacy`. */
export function revisionOf(element: Element, outer: Outer): string {
  return joined(
    [
      element.legacy === true && outer.legacy !== true ? "legacy" : "",
      element.since === outer.since ? "" : element.since,
      element.until === undefined || element.until === outer.until ? "" : `until ${element.until}`,
    ],
    ", ",
  );
}

/** The same as a sentence for a paragraph: `Since 1.2.` */
export function sinceSentence(element: Element, outer: Outer): string {
  return joined(
    [
      element.legacy === true && outer.legacy !== true ? "Legacy interface only." : "",
      element.since === outer.since ? "" : `Since ${element.since}.`,
      element.until === undefined || element.until === outer.until ? "" : `Until ${element.until}.`,
      formerly(element, (name) => name),
    ],
    " ",
  );
}

/** `Until 1.3 QueueNum.` for each older name. */
export function formerly(element: Element, font: (name: string) => string): string {
  return (element.was ?? []).map((older) => `Until ${older.until} ${font(older.name)}.`).join(" ");
}

/** The revision as a heading has it: the legacy interface has a number, but is better known by its name. */
export function revisionName(revision: Revision): string {
  return revision === "0.9.5" ? "0.9.5 (legacy interface)" : revision;
}
