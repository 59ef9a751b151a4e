import type { Rule } from "./rule.ts";

export const neverExists: Rule = {
  code: "V5002",
  name: "never-exists",
  severity: "error",
  summary: "an element whose 'until' is not after its 'since'",
  explanation: `\`since\` names the first revision that has an element, \`until\` the first that no longer has it, so \`since 1.2 until 1.2\` is
nothing at all. What stands inside of a block exists at most as long as the block.`,
  bad: `device disk = 60 "Disk";

features {
  MQ = 12 since 1.2 until 1.2;
}
`,
  good: `device disk = 60 "Disk";

features {
  MQ = 12 since 1.2 until 1.3;
}
`,
};
