import type { Rule } from "./rule.ts";

export const unexpectedEnd: Rule = {
  code: "V1005",
  name: "unexpected-end",
  severity: "error",
  summary: "the description ends in the middle of something",
  explanation: `Every brace that is opened is closed, and every statement ends with its semicolon. Where a brace is missing, the message
shows the block that is still open.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector;
`,
  good: `device disk = 60 "Disk";

struct range {
  le64 sector;
}
`,
};
