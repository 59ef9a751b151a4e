import type { Expression, Feature, Ir, Module, Rule } from "../../ir/model.ts";
import { demandsOf, type FeatureLiteral } from "./conditions.ts";
import { docComment, sentences } from "./doc-comment.ts";
import { propertyName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import type { Section } from "./section.ts";

/** The feature bits of a module, and everything that is said about which go together. */
export function featureSections(context: ModuleContext, ir: Ir): readonly Section[] {
  const { module, imports } = context;
  const features = featuresOf(module);
  if (features.length === 0) return [];
  const core = ir.modules.find((one) => one !== module && one.kind === "core" && featuresOf(one).length > 0);
  const coreF = core === undefined || module.kind === "core" ? undefined : imports.of(core.name, "F");
  const coreTable = core === undefined || module.kind === "core" ? undefined : imports.of(core.name, "features");
  imports.value("featureTable");
  const view = {
    doc: docComment([
      module.kind === "core" ? "Feature bits that any device may have." : `Feature bits of the ${lowerTitle(module)}.`,
    ]),
    features: features.map((feature) => ({
      doc: docComment([sentences(feature)], "  "),
      name: propertyName(feature.name),
      bit: feature.bit,
    })),
    set: `${imports.type("FeatureSet")}<F${coreF === undefined ? "" : ` | ${coreF}`}>`,
    table: `${imports.type("FeatureTable")}<typeof F>`,
    rules: [
      ...mapRow(
        "since",
        features
          .filter((feature) => feature.since !== module.since && feature.legacy !== true)
          .map((feature) => `${propertyName(feature.name)}: '${feature.since}'`),
      ),
      ...listRow(
        "legacy",
        features.filter((feature) => feature.legacy === true).map((feature) => `'${feature.name}'`),
      ),
      ...requirementRow(
        "requires",
        [...ownRequirements(features, module), ...ruleDemands(module, "requires")],
        context,
      ),
      ...requirementRow("offers", ruleDemands(module, "offers"), context),
      ...unconditionalRow("alwaysOffers", ruleDemands(module, "offers"), context),
      ...namesRow("atLeastOne", module, "at_least_one", context),
      ...namesRow("conflicts", module, "conflicts", context),
    ],
    core: coreTable ?? "",
  };
  return [{ template: "features", view, declares: ["F", "features"], uses: [], early: true }];
}

function featuresOf(module: Module): readonly Feature[] {
  return module.items.flatMap((item) => (item.kind === "features" ? item.features : []));
}

function lowerTitle(module: Module): string {
  return module.title;
}

type Demand = readonly FeatureLiteral[];

/** `requires` at the features themselves. */
function ownRequirements(features: readonly Feature[], module: Module): readonly Demand[] {
  return features.flatMap((feature) =>
    feature.requires.flatMap((required) =>
      (demandsOf(required) ?? []).map((literals): Demand => [
        { module: module.name, name: feature.name, negated: true },
        ...literals,
      ]),
    ),
  );
}

/** Rules of a form, each as what has to hold. Those about more than features are for the device and the driver to keep. */
function ruleDemands(module: Module, form: Rule["form"]): readonly Demand[] {
  return module.items.flatMap((item) => {
    if (item.kind !== "rule" || item.form !== form || item.expression === undefined || item.legacy === true) return [];
    const whole: Expression =
      item.if === undefined ? item.expression : { op: "->", left: item.if, right: item.expression };
    return demandsOf(whole) ?? [];
  });
}

/** `requires: [[F.GUEST_ECN, [F.GUEST_TSO4, F.GUEST_TSO6]]]`: a demand belongs to the first feature that has to be absent otherwise. */
function requirementRow(name: string, demands: readonly Demand[], context: ModuleContext): readonly string[] {
  const byFeature = new Map<string, string[]>();
  for (const demand of demands) {
    const owner = demand.find((literal) => literal.negated);
    if (owner === undefined) continue;
    const rest = demand.filter((literal) => literal !== owner).map((literal) => context.literal(literal));
    const key = context.feature(owner.module, owner.name);
    byFeature.set(key, [...(byFeature.get(key) ?? []), `[${rest.join(", ")}]`]);
  }
  return listRow(
    name,
    [...byFeature].map(([feature, lists]) => `[${[feature, ...lists].join(", ")}]`),
  );
}

/** What has to be there whatever else is. */
function unconditionalRow(name: string, demands: readonly Demand[], context: ModuleContext): readonly string[] {
  const rows = demands
    .filter((demand) => demand.every((literal) => !literal.negated))
    .map((demand) => `[${demand.map((literal) => context.literal(literal)).join(", ")}]`);
  return listRow(name, rows);
}

function namesRow(name: string, module: Module, form: Rule["form"], context: ModuleContext): readonly string[] {
  const rules = module.items.filter(
    (item): item is Rule => item.kind === "rule" && item.form === form && item.legacy !== true && item.if === undefined,
  );
  return listRow(
    name,
    rules.map(
      (rule) => `[${(rule.features ?? []).map((feature) => context.feature(module.name, feature)).join(", ")}]`,
    ),
  );
}

function mapRow(name: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`${name}: { ${entries.join(", ")} }`];
}

function listRow(name: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`${name}: [${entries.join(", ")}]`];
}
