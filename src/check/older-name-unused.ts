import type { Rule } from "./rule.ts";

export const olderNameUnused: Rule = {
  code: "V5004",
  name: "older-name-unused",
  severity: "error",
  summary: "a 'was' that no revision, or the wrong one, ever uses",
  explanation: `\`was NAME until 1.2\` says that the element had this name before 1.2. So it has to exist before 1.2 and still in 1.2, and
several older names stand in the order in which they were in use.`,
  bad: `transport bus "Bus";

registers bus {
  0x000 read le32 QueueSize since 1.1 was QueueNum until 1.1;
}
`,
  good: `transport bus "Bus";

registers bus {
  0x000 read le32 QueueSize since 1.1 was QueueNum until 1.3;
}
`,
};
