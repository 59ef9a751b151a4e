import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import { evaluate } from "../ir/expression.ts";
import { newestRevision, revisions, type Expression, type Feature, type Module, type Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { about, featureOf, featuresIn, type Constraint } from "./survey/constraints.ts";
import { satisfiable, type Exists } from "./survey/solver.ts";
import { spellRevisions, type Survey } from "./survey/survey.ts";

export const featureNeverNegotiable: Rule = {
  code: "V4004",
  name: "feature-never-negotiable",
  severity: "error",
  summary: "a feature whose requirements contradict each other or what else holds",
  explanation: `\`requires\`, \`at_least_one\` and \`conflicts\` together say which sets of features can be negotiated. A feature that is in none
of these sets can never be used, in no revision or not in one of them. The message lists what it takes to see that.`,
  bad: `device can = 63 "Can";

features {
  CLASSIC = 0;
  FD      = 1;
  BOTH    = 2 requires CLASSIC & FD;
}
conflicts CLASSIC, FD;
`,
  good: `device can = 63 "Can";

features {
  CLASSIC = 0;
  FD      = 1;
  BOTH    = 2 requires CLASSIC & FD;
}
at_least_one CLASSIC, FD;
`,
  *check(survey) {
    for (const module of survey.modules) {
      if (survey.features(module).length > 256) continue;
      const found = new Map<Feature, Revision[]>();
      for (const revision of revisions) {
        if (!existsAt(module, revision)) continue;
        for (const feature of stuckAt(survey, module, revision))
          found.set(feature, [...(found.get(feature) ?? []), revision]);
      }
      for (const [feature, stuck] of found) yield finding(survey, module, feature, stuck);
    }
  },
};

/** That something is required before it exists is another rule's matter. */
const always: Exists = () => true;

/** The features that no set of features can have. */
function stuckAt(survey: Survey, module: Module, revision: Revision): readonly Feature[] {
  const constraints = survey.constraintsAt(module, revision);
  // Most often all features can be negotiated at once, and then each of them can.
  if (constraints.every((one) => evaluate(one.condition, (name) => (name.op === "feature" ? 1n : undefined)) !== 0n))
    return [];
  return survey.features(module).filter((feature) => {
    if (!existsAt(feature, revision)) return false;
    const wanted = featureOf(module, feature);
    return !satisfiable([wanted, ...about(constraints, featuresIn(wanted)).map((one) => one.condition)], always);
  });
}

function finding(survey: Survey, module: Module, feature: Feature, stuck: readonly Revision[]): Finding {
  const revision = stuck.at(-1) ?? newestRevision;
  const reasons = smallest(featureOf(module, feature), survey.constraintsAt(module, revision), (conditions) =>
    satisfiable(conditions, always),
  );
  const lifetime = revisions.filter((one) => existsAt(feature, one));
  return {
    message: `'${feature.name}' can never be negotiated${stuck.length === lifetime.length ? "" : ` in ${spellRevisions(stuck)}`}: ${reasons.map((one) => one.text).join(", and ")}`,
    at: feature.at,
    related: reasons.filter((one) => one.at !== feature.at).map((one) => ({ at: one.at, message: one.text })),
    help:
      reasons.length === 1
        ? "its requirement contradicts itself"
        : "these cannot all hold: leave out the one that is wrong",
  };
}

/** The constraints that are enough to contradict the feature: none of them can be left out. */
function smallest(
  feature: Expression,
  constraints: readonly Constraint[],
  holds: (conditions: readonly Expression[]) => boolean,
): readonly Constraint[] {
  let kept = constraints;
  for (const one of constraints) {
    const without = kept.filter((other) => other !== one);
    if (!holds([feature, ...without.map((other) => other.condition)])) kept = without;
  }
  return kept;
}
