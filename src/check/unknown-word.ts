import type { Rule } from './rule.ts';

export const unknownWord: Rule = {
  code: 'V2011',
  name: 'unknown-word',
  severity: 'error',
  summary: 'a word that is none of those possible here',
  explanation: ``,
  bad: ``,
  good: ``,
};
