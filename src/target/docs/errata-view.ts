import type { Erratum, Module } from "../../ir/model.ts";
import { elementsOf, type Visited } from "./element-walk.ts";
import { erratumHeading, itemHeading } from "./headings.ts";
import { headingLink } from "./links.ts";
import { code, joined, plain } from "./markdown.ts";

/** What the standard's text says and what is meant instead. */
export interface ErratumView {
  readonly heading: string;
  /** The element that it is about; empty where it is about the text alone. */
  readonly where: string;
  readonly text: string;
  readonly meant: string;
  readonly because: string;
  /** Files and lines of the standard; empty where the erratum does not say. */
  readonly places: string;
}

/** In the order of the description; empty where the text is taken as it stands. */
export function errataViews(module: Module): readonly ErratumView[] {
  const ofModule = (module.errata ?? []).map((erratum) => erratumView(erratum, ""));
  const ofElements = elementsOf(module).flatMap((visited) =>
    (visited.element.errata ?? []).map((erratum) => erratumView(erratum, whereIs(visited, module))),
  );
  return [...ofModule, ...ofElements];
}

function erratumView(erratum: Erratum, where: string): ErratumView {
  return {
    heading: plain(erratumHeading(erratum)),
    where,
    text: plain(erratum.text),
    meant: plain(erratum.meant),
    because: plain(erratum.because),
    places: joined((erratum.places ?? []).map(code), ", "),
  };
}

/** The block and the element in it. */
function whereIs(visited: Visited, module: Module): string {
  const place = headingLink(module, visited.place, "");
  switch (visited.kind) {
    case "rule":
      return plain(visited.name);
    case "erratum":
      return "";
    case "block":
      return visited.item === undefined
        ? joined([place, visited.name], ", ")
        : headingLink(module, itemHeading(visited.item), "");
    default:
      return joined([place, visited.name], ", ");
  }
}
