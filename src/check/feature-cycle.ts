import type { Finding } from '../diagnostic/diagnostic.ts';
import { evaluate, walkExpression } from '../ir/expression.ts';
import type { Expression, Feature, Module } from '../ir/model.ts';
import type { Rule } from './rule.ts';
import type { Survey } from './survey/survey.ts';

export const featureCycle: Rule = {
  code: 'V4003',
  name: 'feature-cycle',
  severity: 'error',
  summary: 'features that require each other in a circle, or one that requires itself',
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
      const reported = new Set<Feature>();
      for (const feature of survey.features(module)) {
        const itself = feature.requires.some((required) => names(required).some((name) => name.module === module.name && name.name === feature.name));
        if (itself) {
          yield { message: `'${feature.name}' requires itself`, at: survey.placeOf(feature, 'requires'), help: 'name what it needs beside itself' };
          continue;
        }
        const circle = find(survey, module, feature);
        if (circle === undefined || circle.some((one) => reported.has(one))) continue;
        for (const one of circle) reported.add(one);
        yield finding(circle);
      }
    }
  },
};

function finding(circle: readonly Feature[]): Finding {
  const [first, ...rest] = circle;
  const chain = [...circle.slice(1), ...circle.slice(0, 1)].map((one) => `'${one.name}'`).join(', which requires ');
  return {
    message: `'${first?.name ?? ''}' requires ${chain}`,
    at: first?.at ?? { file: '', line: 1, column: 1, length: 1 },
    related: rest.map((one, index) => ({ at: one.at, message: `requires '${rest[index + 1]?.name ?? first?.name ?? ''}'` })),
    help: 'features that only go together are one feature: leave out the direction that is wrong',
  };
}

/** A way from the feature over what cannot do without each other back to it. */
function find(survey: Survey, module: Module, start: Feature): readonly Feature[] | undefined {
  const features = survey.features(module);
  const visited = new Set<Feature>();
  const search = (feature: Feature, path: readonly Feature[]): readonly Feature[] | undefined => {
    for (const next of features) {
      if (!needs(module, feature, next)) continue;
      if (next === start) return path;
      if (visited.has(next)) continue;
      visited.add(next);
      const found = search(next, [...path, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return start.requires.length === 0 ? undefined : search(start, [start]);
}

/** Whether a requirement fails as soon as the other feature is missing, whatever else is negotiated. */
function needs(module: Module, feature: Feature, other: Feature): boolean {
  return feature.requires.some((required) => {
    if (!names(required).some((name) => name.module === module.name && name.name === other.name)) return false;
    const missing = evaluate(required, (name) => (name.op === 'feature' ? (name.module === module.name && name.name === other.name ? 0n : 1n) : undefined));
    return missing === 0n;
  });
}

function names(expression: Expression): readonly { readonly module: string; readonly name: string }[] {
  const found: { module: string; name: string }[] = [];
  walkExpression(expression, (part) => {
    if (part.op === 'feature') found.push({ module: part.module, name: part.name });
  });
  return found;
}
