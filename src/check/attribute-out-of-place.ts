import type { Rule } from './rule.ts';

export const attributeOutOfPlace: Rule = {
  code: 'V2004',
  name: 'attribute-out-of-place',
  severity: 'error',
  summary: 'an attribute that means nothing at this element',
  explanation: ``,
  bad: ``,
  good: ``,
};
