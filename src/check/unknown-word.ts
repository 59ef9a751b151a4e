import type { Rule } from "./rule.ts";

export const unknownWord: Rule = {
  code: "V2011",
  name: "unknown-word",
  severity: "error",
  summary: "a word that is none of those possible here",
  explanation: `Some words are chosen from a few: \`as mask\`, \`as bit\` or \`as number\` behind an alias, \`order linux little\` or \`guest\`, the
owners of feature bits, the parts of an erratum, the houses that there are.`,
  bad: `device disk = 60 "Disk";

bits SHUTDOWN {
  SEND = 1 also linux DISK_SHUTDOWN_SEND as flag;
}
`,
  good: `device disk = 60 "Disk";

bits SHUTDOWN {
  SEND = 1 also linux DISK_SHUTDOWN_SEND as mask;
}
`,
};
