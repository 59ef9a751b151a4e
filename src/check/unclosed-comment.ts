import type { Rule } from "./rule.ts";

export const unclosedComment: Rule = {
  code: "V1003",
  name: "unclosed-comment",
  severity: "error",
  summary: "a comment that no '*/' ends",
  explanation: `A comment that begins with \`/*\` reaches to the next \`*/\`, over as many lines as it takes. The standard itself has such
a comment, in \`struct virtio_admin_cmd_list\`: it swallows the only member.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector; /* the first one
}
`,
  good: `device disk = 60 "Disk";

struct range {
  le64 sector; /* the first one */
}
`,
};
