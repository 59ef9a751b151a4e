import type { Rule } from "./rule.ts";

export const constantCycle: Rule = {
  code: "V2008",
  name: "constant-cycle",
  severity: "error",
  summary: "a constant defined by itself",
  explanation: `Constants may be defined by others, in any order, but not in a circle: one of them has to have a number.`,
  bad: `device disk = 60 "Disk";

const MINIMUM = MAXIMUM - 1;
const MAXIMUM = MINIMUM + 1;
`,
  good: `device disk = 60 "Disk";

const MINIMUM = 1;
const MAXIMUM = MINIMUM + 1;
`,
};
