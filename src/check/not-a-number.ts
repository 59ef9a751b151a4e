import type { Rule } from './rule.ts';

export const notANumber: Rule = {
  code: 'V2007',
  name: 'not-a-number',
  severity: 'error',
  summary: 'a value that cannot be computed from the description',
  explanation: ``,
  bad: ``,
  good: ``,
};
