import type { Element } from "../../ir/model.ts";
import { formerly } from "./availability.ts";
import { erratumHeading } from "./headings.ts";
import { code, joined, link, plain, slug } from "./markdown.ts";

/** Documentation, older names and links to errata, as sentences. */
export function meaningOf(element: Element): string {
  return joined([element.doc, formerly(element, code), errataLinks(element)], " ");
}

/** A sentence that leads to the errata of an element; empty where it has none. */
export function errataLinks(element: Element): string {
  const links = (element.errata ?? []).map((erratum) => link(plain(erratum.id), `#${slug(erratumHeading(erratum))}`));
  if (links.length === 0) return "";
  return `${links.length === 1 ? "Erratum" : "Errata"}: ${links.join(", ")}.`;
}
