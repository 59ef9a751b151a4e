import type { Rule } from "./rule.ts";

export const revisionWithoutEffect: Rule = {
  code: "V5003",
  name: "revision-without-effect",
  severity: "warning",
  summary: "a 'since' or 'until' that the block around it overrules",
  explanation: `What stands in a block exists at most as long as the block: a \`since\` that is older than the block's, or an \`until\` that is
newer, changes nothing. Either it is superfluous, or the block has the wrong revision.`,
  bad: `device disk = 60 "Disk";

struct range since 1.2 {
  le64 sector;
  le32 flags since 1.1;
}
`,
  good: `device disk = 60 "Disk";

struct range since 1.2 {
  le64 sector;
  le32 flags;
}
`,
};
