import type { Rule } from "./rule.ts";

export const unknownRevision: Rule = {
  code: "V2006",
  name: "unknown-revision",
  severity: "error",
  summary: "a revision that the standard does not have",
  explanation: `The standard has the revisions 1.0, 1.1, 1.2, 1.3 and 1.4; 0.9.5 stands for the legacy interface, which each of them
describes. Drafts and committee numbers (1.2-cs01) are not told apart.`,
  bad: `device disk = 60 "Disk";

features {
  MQ = 12 since 1.5;
}
`,
  good: `device disk = 60 "Disk";

features {
  MQ = 12 since 1.2;
}
`,
};
