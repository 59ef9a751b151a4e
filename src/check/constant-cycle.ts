import type { Rule } from './rule.ts';

export const constantCycle: Rule = {
  code: 'V2008',
  name: 'constant-cycle',
  severity: 'error',
  summary: 'a constant defined by itself',
  explanation: ``,
  bad: ``,
  good: ``,
};
