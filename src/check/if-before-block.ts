import type { Rule } from './rule.ts';

export const ifBeforeBlock: Rule = {
  code: 'V3004',
  name: 'if-before-block',
  severity: 'error',
  summary: 'an if before a block would say that its members move',
  explanation: ``,
  bad: ``,
  good: ``,
};
