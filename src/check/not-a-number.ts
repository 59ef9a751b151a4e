import type { Rule } from "./rule.ts";

export const notANumber: Rule = {
  code: "V2007",
  name: "not-a-number",
  severity: "error",
  summary: "a value that cannot be computed from the description",
  explanation: `The value of a constant, a feature bit, the width of a bit group and the like are numbers that the description alone
decides: of numbers, constants, arithmetic and functions declared by \`where\`.`,
  bad: `device disk = 60 "Disk";

const SECTOR = 512;
const SIZE   = SECTOR / 0;
`,
  good: `device disk = 60 "Disk";

const SECTOR = 512;
const SIZE   = SECTOR / 2;
`,
};
