import type { Differences } from "../../ir/diff/model.ts";
import type { Ir } from "../../ir/model.ts";
import { Templates } from "../templates.ts";
import { alignTables } from "./align-tables.ts";
import { stepView } from "./step-view.ts";

/**
 * A comparison as a page of its own, without links to other pages.
 * @param before what was compared, and `after`
 * @param texts the templates of the documentation
 */
export function comparisonMarkdown(
  comparison: Differences,
  before: Ir,
  after: Ir,
  title: string,
  texts: ReadonlyMap<string, string>,
): string {
  const templates = new Templates(new Map([...texts, ["comparison", "{{> changes}}"]]));
  return tidyMarkdown(templates.render("comparison", { ...stepView(comparison, before, after), title }));
}

/** One empty line between blocks, none at the end, tables in columns. */
export function tidyMarkdown(text: string): string {
  const tidy = text
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
  return alignTables(`${tidy}\n`);
}
