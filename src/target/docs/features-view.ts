import type { Features, Module, Rule } from "../../ir/model.ts";
import { revisionOf } from "./availability.ts";
import { dependencyGraph, type GraphView } from "./dependency-graph.ts";
import { condition, statement } from "./expression-words.ts";
import { isFeatureRule } from "./headings.ts";
import { code, joined, listed, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";

export interface FeaturesView {
  readonly facts: string;
  readonly table: TableView | null;
  /** What is left out of names in conditions. */
  readonly prefix: string;
  /** Sentences about features together. */
  readonly rules: readonly string[];
  readonly graph: GraphView | null;
}

export function featuresView(module: Module, facts: (features: Features) => string): FeaturesView | null {
  const blocks = module.items.filter((item) => item.kind === "features");
  const [first] = blocks;
  const rows = blocks.flatMap((block) => block.features.map((feature) => ({ feature, block })));
  const rules = module.items.flatMap((item) =>
    item.kind === "rule" && isFeatureRule(item) ? [featureRule(item, module)] : [],
  );
  if (rows.length === 0 && rules.length === 0) return null;
  const prefixed = rows.find(({ feature }) => feature.cName.endsWith(feature.name))?.feature;
  return {
    facts: first === undefined ? "" : facts(first),
    table: table(rows, [
      { title: "Bit", align: "right", cell: ({ feature }) => String(feature.bit) },
      { title: "Name", cell: ({ feature }) => code(feature.cName) },
      {
        title: "Needs",
        cell: ({ feature }) =>
          joined(
            feature.requires.map((one) =>
              one.op === "|" && feature.requires.length > 1 ? `(${condition(one)})` : condition(one),
            ),
            " and ",
          ),
      },
      { title: "Exists if", cell: ({ feature }) => (feature.if === undefined ? "" : condition(feature.if)) },
      { title: "Since", cell: ({ feature, block }) => revisionOf(feature, block) },
      {
        title: "Meaning",
        cell: ({ feature }) =>
          feature.aliasOf !== undefined && feature.doc === ""
            ? `Another name of ${code(feature.aliasOf)}.`
            : meaningOf(feature),
      },
    ]),
    prefix: prefixed === undefined ? "" : code(prefixed.cName.slice(0, -prefixed.name.length)),
    rules,
    graph: dependencyGraph(module),
  };
}

/** A rule between features as a sentence; empty for what a driver or device must, should or may. */
function featureRule(rule: Rule, module: Module): string {
  const revision = revisionOf(rule, module);
  const behind = joined(
    [rule.if === undefined ? "" : ` if ${condition(rule.if)}`, revision === "" ? "" : ` (${revision})`],
    "",
  );
  const names = (rule.features ?? []).map((name) => code(name));
  const { expression } = rule;
  switch (rule.form) {
    case "at_least_one":
      return `At least one of ${listed(names)} is negotiated${behind}.`;
    case "conflicts":
      return `${listed(names)} exclude each other${behind}.`;
    case "requires":
      if (expression === undefined) return "";
      return `${expression.op === "->" ? `${condition(expression.left)} needs ${condition(expression.right)}` : statement(expression, undefined)}${behind}.`;
    case "offers":
      return expression === undefined ? "" : `${statement(expression, "device")}${behind}.`;
    case "must":
    case "should":
    case "may":
      return "";
  }
}
