import type { Rule } from './rule.ts';

export const structInItself: Rule = {
  code: 'V3001',
  name: 'struct-in-itself',
  severity: 'error',
  summary: 'a struct that contains itself',
  explanation: ``,
  bad: ``,
  good: ``,
};
