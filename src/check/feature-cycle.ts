import type { Finding } from "../diagnostic/diagnostic.ts";
import { evaluate } from "../ir/expression.ts";
import type { Feature, Module } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { featuresIn } from "./survey/constraints.ts";
import type { Survey } from "./survey/survey.ts";

export const featureCycle: Rule = {
  code: "V4003",
  name: "feature-cycle",
  severity: "error",
  summary: "features that require each other in a circle, or one that requires itself",
  explanation: `\`requires\` says what has to be negotiated so that a feature makes sense. Features that require each other could only be
negotiated together: then they would be one feature. Most often one direction is wrong.`,
  bad: `device nic = 61 "Nic";

features {
  CSUM = 0 requires TSO4;
  TSO4 = 11 requires CSUM;
}
`,
  good: `device nic = 61 "Nic";

features {
  CSUM = 0;
  TSO4 = 11 requires CSUM;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      // More features than bits are another rule's matter.
      if (survey.features(module).length > 256) continue;
      const reported = new Set<Feature>();
      const needs = needsOf(survey, module);
      for (const feature of survey.features(module)) {
        const itself = feature.requires.some((required) =>
          featuresIn(required).includes(`${module.name}.${feature.name}`),
        );
        if (itself) {
          yield {
            message: `'${feature.name}' requires itself`,
            at: survey.placeOf(feature, "requires"),
            help: "name what it needs beside itself",
          };
          continue;
        }
        const circle = find(needs, feature);
        if (circle === undefined || circle.some((one) => reported.has(one))) continue;
        for (const one of circle) reported.add(one);
        yield finding(circle);
      }
    }
  },
};

function finding(circle: readonly Feature[]): Finding {
  const [first, ...rest] = circle;
  const chain = [...circle.slice(1), ...circle.slice(0, 1)].map((one) => `'${one.name}'`).join(", which requires ");
  return {
    message: `'${first?.name ?? ""}' requires ${chain}`,
    at: first?.at ?? { file: "", line: 1, column: 1, length: 1 },
    related: rest.map((one, index) => ({
      at: one.at,
      message: `requires '${rest[index + 1]?.name ?? first?.name ?? ""}'`,
    })),
    help: "features that only go together are one feature: leave out the direction that is wrong",
  };
}

/** A way from the feature over what cannot do without each other back to it. */
function find(needs: ReadonlyMap<Feature, readonly Feature[]>, start: Feature): readonly Feature[] | undefined {
  const visited = new Set<Feature>();
  const search = (feature: Feature, path: readonly Feature[]): readonly Feature[] | undefined => {
    for (const next of needs.get(feature) ?? []) {
      if (next === start) return path;
      if (visited.has(next)) continue;
      visited.add(next);
      const found = search(next, [...path, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(start, [start]);
}

/** The features without which a feature cannot be negotiated, whatever else is. */
function needsOf(survey: Survey, module: Module): ReadonlyMap<Feature, readonly Feature[]> {
  const byName = new Map(survey.features(module).map((feature) => [`${module.name}.${feature.name}`, feature]));
  return new Map(
    survey.features(module).map((feature) => [
      feature,
      feature.requires.flatMap((required) =>
        featuresIn(required).flatMap((name) => {
          const other = byName.get(name);
          const missing = evaluate(required, (part) =>
            part.op === "feature" ? (`${part.module}.${part.name}` === name ? 0n : 1n) : undefined,
          );
          return other !== undefined && missing === 0n ? [other] : [];
        }),
      ),
    ]),
  );
}
