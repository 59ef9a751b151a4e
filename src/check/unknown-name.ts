import type { Rule } from "./rule.ts";

export const unknownName: Rule = {
  code: "V2001",
  name: "unknown-name",
  severity: "error",
  summary: "a name that nothing declares",
  explanation: `A name in an expression is a feature of the description or of the core, a member that stands before it or around it,
\`config.MEMBER\`, the name of a message or struct followed by one of its members, or a constant. Queues, messages and
registers are named where a block says which they belong to. Nothing is declared by being used.`,
  bad: `device disk = 60 "Disk";

features {
  FLUSH = 9;
}
config {
  u8 writeback if FLUHS;
}
`,
  good: `device disk = 60 "Disk";

features {
  FLUSH = 9;
}
config {
  u8 writeback if FLUSH;
}
`,
};
