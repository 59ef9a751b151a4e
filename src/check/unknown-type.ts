import type { Rule } from './rule.ts';

export const unknownType: Rule = {
  code: 'V2002',
  name: 'unknown-type',
  severity: 'error',
  summary: 'a struct, enum or external type that nothing declares',
  explanation: ``,
  bad: ``,
  good: ``,
};
