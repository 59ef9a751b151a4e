import type { Rule } from "./rule.ts";

export const unexpectedWord: Rule = {
  code: "V1004",
  name: "unexpected-word",
  severity: "error",
  summary: "something stands where the grammar has no place for it",
  explanation: `The message says what could stand there, and where something is missing the mark stands behind the last word that was
right. Often one slip confuses what follows: of several errors the first is the one to look at. As long as there are
such errors nothing else is checked.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector
  le32 num_sectors;
}
`,
  good: `device disk = 60 "Disk";

struct range {
  le64 sector;
  le32 num_sectors;
}
`,
};
