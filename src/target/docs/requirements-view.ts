import type { Module, Rule } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { revisionOf } from "./availability.ts";
import { condition, range, statement } from "./expression-words.ts";
import { isFeatureRule } from "./headings.ts";
import { errataLinks } from "./meaning.ts";
import { capitalized, joined, plain, table, type TableView } from "./markdown.ts";

/** The requirements of one normative block of the standard, known by its LaTeX label. */
export interface RequirementsView {
  readonly heading: string;
  readonly table: TableView | null;
}

/** In the order in which the description first names each label. */
export function requirementsViews(module: Module): readonly RequirementsView[] {
  const rules = module.items.filter((item) => item.kind === "rule").filter((rule) => !isFeatureRule(rule));
  const labels = [...new Set(rules.map((rule) => rule.label ?? ""))];
  return labels.map((label) => ({
    heading: label === "" ? "Without a label" : plain(label),
    table: requirementsTable(
      rules.filter((rule) => (rule.label ?? "") === label),
      module,
    ),
  }));
}

function requirementsTable(rules: readonly Rule[], module: Module): TableView | null {
  return table(rules, [
    { title: "Who", cell: (rule) => rule.role ?? "" },
    { title: "Level", cell: (rule) => `${rule.form} ${rule.not === true ? "not" : ""}`.trim() },
    { title: "What holds", cell: (rule) => sentenceOf(rule) },
    { title: "If", cell: (rule) => (rule.if === undefined ? "" : condition(rule.if)) },
    { title: "Since", cell: (rule) => revisionOf(rule, module) },
  ]);
}

function sentenceOf(rule: Rule): string {
  return joined([joined([rule.doc, ownWords(rule)], " "), errataLinks(rule)], " ");
}

function ownWords(rule: Rule): string {
  if (rule.sentence !== undefined) return joined([plain(rule.sentence), heldBy(rule)], " ");
  if (rule.expression === undefined) return "";
  if (rule.range === undefined) return `${capitalized(statement(rule.expression, rule.role))}.`;
  return `\`${printExpression(rule.expression)}\` is in ${range(rule.range.from, rule.range.to)}.`;
}

/** Which elements hold it, so that a reader need not look for what checks the sentence. */
function heldBy({ heldBy: elements = [] }: Rule): string {
  return elements.length === 0 ? "" : `Held by ${elements.map(({ path }) => `\`${path.join(".")}\``).join(", ")}.`;
}
