import type { Element, Expression, Module, Rule } from "../../ir/model.ts";
import { walkExpression } from "../../ir/expression.ts";
import { printExpression } from "../../ir/print-expression.ts";
import type { Place } from "../../diagnostic/diagnostic.ts";
import type { Survey } from "./survey.ts";

/** Something that every set of negotiated features fulfils. */
export interface Constraint {
  readonly condition: Expression;
  /** What demands it: its revisions count. */
  readonly element: Element;
  readonly at: Place;
  /** As a sentence: `'RSS' requires CTRL_VQ`. */
  readonly text: string;
}

/** What the features of a description demand of each other, in all revisions. */
export function constraintsOf(survey: Survey, module: Module): readonly Constraint[] {
  return [
    ...ofFeatures(survey, module),
    ...module.items.flatMap((item) =>
      item.kind === "rule" && demanding.has(item.form) ? ofRule(survey, module, item) : [],
    ),
  ];
}

const demanding: ReadonlySet<string> = new Set(["requires", "at_least_one", "conflicts"]);

function ofFeatures(survey: Survey, module: Module): readonly Constraint[] {
  return survey.features(module).flatMap((feature) =>
    feature.requires.map((required) => ({
      condition: { op: "->", left: featureOf(module, feature), right: required } as const,
      element: feature,
      at: feature.at,
      text: `'${feature.name}' requires ${printExpression(required)}`,
    })),
  );
}

function ofRule(survey: Survey, module: Module, item: Rule): readonly Constraint[] {
  const { at } = item;
  const under = (condition: Expression): Expression =>
    item.if === undefined ? condition : { op: "->", left: item.if, right: condition };
  const features = (item.features ?? []).map((name): Expression => ({
    op: "feature",
    module: ownerOf(survey, module, name),
    name,
    at,
  }));
  switch (item.form) {
    case "requires":
      return item.expression === undefined
        ? []
        : [
            {
              condition: under(item.expression),
              element: item,
              at,
              text: `requires: ${printExpression(item.expression)}`,
            },
          ];
    case "at_least_one":
      return features.length === 0
        ? []
        : [
            {
              condition: under(features.reduce((left, right) => ({ op: "|", left, right }))),
              element: item,
              at,
              text: `at least one of ${item.features?.join(", ") ?? ""} is negotiated`,
            },
          ];
    case "conflicts":
      return features.flatMap((left, index) =>
        features.slice(index + 1).map((right) => ({
          condition: under({ op: "not", operand: { op: "&", left, right } }),
          element: item,
          at,
          text: `${printExpression(left)} conflicts with ${printExpression(right)}`,
        })),
      );
    default:
      return [];
  }
}

/** The module whose feature a bare name means: the description's own, else the core's. */
export function ownerOf(survey: Survey, module: Module, name: string): string {
  const owner = [module, ...survey.core].find((one) => survey.features(one).some((feature) => feature.name === name));
  return owner?.name ?? module.name;
}

export function featureOf(module: Module, feature: Element): Expression {
  return { op: "feature", module: module.name, name: feature.name, at: feature.at };
}

/** Those that can matter to some features: they speak of them, or of what these speak of. */
export function about(constraints: readonly Constraint[], features: Iterable<string>): readonly Constraint[] {
  const reached = new Set(features);
  const found = new Set<Constraint>();
  for (let more = true; more;) {
    more = false;
    for (const constraint of constraints) {
      if (found.has(constraint)) continue;
      const names = featuresIn(constraint.condition);
      if (!names.some((name) => reached.has(name))) continue;
      found.add(constraint);
      for (const name of names) reached.add(name);
      more = true;
    }
  }
  return [...found];
}

const named = new WeakMap<Expression, readonly string[]>();

/** The features that a condition speaks of, with their modules. */
export function featuresIn(condition: Expression): readonly string[] {
  let names = named.get(condition);
  if (names === undefined) {
    const found: string[] = [];
    walkExpression(condition, (part) => {
      if (part.op === "feature") found.push(`${part.module}.${part.name}`);
    });
    names = found;
    named.set(condition, names);
  }
  return names;
}
