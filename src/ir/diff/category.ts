import { walkExpression } from "../expression.ts";
import type { Rule } from "../model.ts";
import { blockEntry, type Entry } from "./entry.ts";
import type { Category, Change } from "./model.ts";

/** @param before the same element on the earlier side, or the entry itself */
export function categoryOf(entry: Entry, what: Change["what"], before: Entry): Category {
  switch (what) {
    case "name":
    case "c-name":
    case "aliases":
      return "name";
    case "documentation":
    case "title":
    case "label":
    case "errata":
    case "held-by":
    case "since":
      return "documentation";
    case "requires":
    case "bit":
    case "negotiation":
      return "negotiation";
    case "values":
    case "unit": {
      // That it is said at all changes no byte.
      const said = (before.facts.get(what) ?? "") !== "" && (entry.facts.get(what) ?? "") !== "";
      return said ? categoryOfSubject(entry) : "documentation";
    }
    default:
      return categoryOfSubject(entry);
  }
}

function categoryOfSubject(entry: Entry): Category {
  if (blockEntry(entry).subject === "house") return "name";
  switch (entry.subject) {
    case "feature":
    case "feature-range":
      return "negotiation";
    case "rule":
      return isAboutFeatures(entry.element as Rule) ? "negotiation" : "requirement";
    case "erratum":
      return "documentation";
    default:
      return "wire";
  }
}

function isAboutFeatures(rule: Rule): boolean {
  if (rule.features !== undefined) return true;
  if (rule.expression === undefined) return false;
  let only = true;
  walkExpression(rule.expression, (part) => {
    if (part.op === "member" || part.op === "variable") only = false;
  });
  return only;
}
