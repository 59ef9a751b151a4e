import type { Rule } from './rule.ts';

export const unknownName: Rule = {
  code: 'V2001',
  name: 'unknown-name',
  severity: 'error',
  summary: 'a name that nothing declares',
  explanation: ``,
  bad: ``,
  good: ``,
};
