import type { Rule } from './rule.ts';

export const unknownRevision: Rule = {
  code: 'V2006',
  name: 'unknown-revision',
  severity: 'error',
  summary: 'a revision that the standard does not have',
  explanation: ``,
  bad: ``,
  good: ``,
};
