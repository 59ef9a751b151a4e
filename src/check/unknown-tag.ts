import type { Rule } from './rule.ts';

export const unknownTag: Rule = {
  code: 'V2009',
  name: 'unknown-tag',
  severity: 'error',
  summary: 'an alternative whose tag is no constant',
  explanation: ``,
  bad: ``,
  good: ``,
};
