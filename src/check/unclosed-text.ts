import type { Rule } from "./rule.ts";

export const unclosedText: Rule = {
  code: "V1002",
  name: "unclosed-text",
  severity: "error",
  summary: "a text without its closing quote",
  explanation: `Titles, labels, units, sentences and errata are texts in double quotes. A text ends on the line that it begins on. A quote inside of it is written \`\\"\`.`,
  bad: `device disk = 60 "Disk;
`,
  good: `device disk = 60 "Disk";
`,
};
