import type { Rule } from "./rule.ts";

export const duplicateModule: Rule = {
  code: "V2010",
  name: "duplicate-module",
  severity: "error",
  summary: "two descriptions of one name",
  explanation: `A description is known by the name behind \`device\`, \`transport\` or \`core\`: others refer to its structs by it, and its C
names begin with it. The descriptions that come with virtgen are compiled along, so a device of one's own has a name that
the standard does not use.`,
  bad: `core config "Another Config";
`,
  good: `core limits "Limits";
`,
};
