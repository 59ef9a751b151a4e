import { existsAt } from '../../ir/availability.ts';
import type { Element, Expression, Module, Revision } from '../../ir/model.ts';
import { printExpression } from '../../ir/print-expression.ts';
import type { Place } from '../../diagnostic/diagnostic.ts';
import type { Survey } from './survey.ts';

/** Something that every set of negotiated features fulfils. */
export interface Constraint {
  readonly condition: Expression;
  readonly at: Place;
  /** As a sentence: `'RSS' requires CTRL_VQ`. */
  readonly text: string;
}

/** What the features of a description and of the core demand of each other in a revision. */
export function constraintsOf(survey: Survey, module: Module, revision: Revision): readonly Constraint[] {
  const owners = module.kind === 'core' ? survey.core : [module, ...survey.core];
  return owners.flatMap((owner) => [...ofFeatures(survey, owner, revision), ...ofRules(survey, owner, revision)]);
}

function ofFeatures(survey: Survey, module: Module, revision: Revision): readonly Constraint[] {
  return survey.features(module).filter((feature) => existsAt(feature, revision)).flatMap((feature) =>
    feature.requires.map((required) => ({
      condition: { op: '->', left: featureOf(module, feature), right: required } as const,
      at: feature.at,
      text: `'${feature.name}' requires ${printExpression(required)}`,
    })),
  );
}

function ofRules(survey: Survey, module: Module, revision: Revision): readonly Constraint[] {
  return module.items.flatMap((item): readonly Constraint[] => {
    if (item.kind !== 'rule' || !existsAt(item, revision)) return [];
    const { at } = item;
    const under = (condition: Expression): Expression => (item.if === undefined ? condition : { op: '->', left: item.if, right: condition });
    const features = (item.features ?? []).map((name): Expression => ({ op: 'feature', module: ownerOf(survey, module, name), name, at }));
    switch (item.form) {
      case 'requires':
        return item.expression === undefined ? [] : [{ condition: under(item.expression), at, text: `requires: ${printExpression(item.expression)}` }];
      case 'at_least_one':
        return features.length === 0 ? [] : [{ condition: under(features.reduce((left, right) => ({ op: '|', left, right }))), at, text: `at least one of ${item.features?.join(', ') ?? ''} is negotiated` }];
      case 'conflicts':
        return features.flatMap((left, index) =>
          features.slice(index + 1).map((right) => ({
            condition: under({ op: 'not', operand: { op: '&', left, right } }),
            at,
            text: `${printExpression(left)} conflicts with ${printExpression(right)}`,
          })),
        );
      default:
        return [];
    }
  });
}

/** The module whose feature a bare name means: the description's own, else the core's. */
export function ownerOf(survey: Survey, module: Module, name: string): string {
  const owner = [module, ...survey.core].find((one) => survey.features(one).some((feature) => feature.name === name));
  return owner?.name ?? module.name;
}

export function featureOf(module: Module, feature: Element): Expression {
  return { op: 'feature', module: module.name, name: feature.name, at: feature.at };
}
