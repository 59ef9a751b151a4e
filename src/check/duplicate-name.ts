import type { Rule } from './rule.ts';

export const duplicateName: Rule = {
  code: 'V2003',
  name: 'duplicate-name',
  severity: 'error',
  summary: 'two elements of one name that exist in the same revision',
  explanation: ``,
  bad: ``,
  good: ``,
};
