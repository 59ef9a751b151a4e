import type { Rule } from './rule.ts';

export const duplicateModule: Rule = {
  code: 'V2010',
  name: 'duplicate-module',
  severity: 'error',
  summary: 'two descriptions of one name',
  explanation: ``,
  bad: ``,
  good: ``,
};
