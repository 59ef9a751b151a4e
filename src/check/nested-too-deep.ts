import type { Rule } from "./rule.ts";

/** How deep braces, brackets and parentheses may stand in each other. */
export const deepest = 64;

/** How many operators one expression may have. */
export const mostOperators = 256;

export const nestedTooDeep: Rule = {
  code: "V1006",
  name: "nested-too-deep",
  severity: "error",
  summary: "blocks, parentheses or operators nested deeper than any description needs",
  explanation: `The deepest block of the standard stands six levels deep, its longest condition has three operators. More than ${deepest}
levels or ${mostOperators} operators are a program's mistake, and what reads the description would run out of stack. The same holds for structs
that contain structs, and for constants that are defined by each other.`,
  bad: `device disk = 60 "Disk";

const ONE = ${"(".repeat(deepest + 1)}1${")".repeat(deepest + 1)};
`,
  good: `device disk = 60 "Disk";

const ONE = ((1));
`,
};
