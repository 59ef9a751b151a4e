import type { Rule } from './rule.ts';

export const attributeTwice: Rule = {
  code: 'V2005',
  name: 'attribute-twice',
  severity: 'error',
  summary: 'an attribute written twice',
  explanation: ``,
  bad: ``,
  good: ``,
};
