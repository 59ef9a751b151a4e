import type { Expression, Feature, Module } from "../../ir/model.ts";
import type { Block, FunctionView } from "./blocks.ts";
import { joined, type Code, type CodeWriter } from "./code.ts";
import { comment } from "./comment.ts";
import { conditionLines, featuresParameter, functionPrefix, signature } from "./function-text.ts";
import type { Entry } from "./header.ts";
import { publishedName } from "./identifiers.ts";

/** The names of a module's feature bits, for messages. */
export function featureNames(module: Module, house: string): readonly Entry[] {
  const features = featuresOf(module).filter((feature) => feature.aliasOf === undefined);
  if (features.length === 0) return [];
  const names = features.map((feature) => ({ macro: publishedName(feature, house), name: feature.name }));
  const block: Block = {
    shape: "names",
    comment: comment(["The name of a feature bit, or NULL."]),
    signature: signature("const char *", `${functionPrefix(module)}feature_name`, ["unsigned int bit"]),
    names,
  };
  return [{ block, legacy: false, declares: [], uses: names.map(({ macro }) => macro) }];
}

/** A function that finds a feature whose requirements are not met. */
export function unmetFeature(module: Module, house: string, writer: CodeWriter): readonly Entry[] {
  const steps: { code: Code; macro: string }[] = [];
  const add = (feature: Feature, required: Expression): void => {
    const own: Expression = { op: "feature", module: module.name, name: feature.name, at: feature.at };
    const unmet = joined("&&", writer.condition(own), writer.condition({ op: "not", operand: required }));
    if (unmet === undefined || unmet.usesConfig || unmet.variables.length > 0) return;
    steps.push({ code: unmet, macro: publishedName(feature, house) });
  };
  const features = featuresOf(module);
  for (const feature of features) for (const required of feature.requires) add(feature, required);
  for (const item of module.items) {
    if (
      item.kind !== "rule" ||
      item.form !== "requires" ||
      item.expression?.op !== "->" ||
      item.expression.left.op !== "feature"
    )
      continue;
    const { left, right } = item.expression;
    const feature = features.find((one) => one.name === left.name);
    if (feature !== undefined) add(feature, right);
  }
  if (steps.length === 0) return [];
  const view: FunctionView = {
    shape: "function",
    comment: comment(["The first feature of the set that requires others which are not in it; -1 if there is none."]),
    signature: signature("int", `${functionPrefix(module)}unmet_feature`, [featuresParameter]),
    locals: [],
    steps: steps.map(({ code, macro }) => ({ condition: conditionLines(code.text), result: macro })),
    last: "return -1",
  };
  return [{ block: view, legacy: false, declares: [], uses: [...new Set(steps.flatMap(({ code }) => code.macros))] }];
}

function featuresOf(module: Module): readonly Feature[] {
  return module.items.flatMap((item) => (item.kind === "features" ? item.features : []));
}
