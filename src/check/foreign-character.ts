import type { Rule } from "./rule.ts";

export const foreignCharacter: Rule = {
  code: "V1001",
  name: "foreign-character",
  severity: "error",
  summary: "a character that is no part of the language",
  explanation: `A description is made of names, numbers, texts in double quotes and the signs of the grammar. Other characters come in
with text that was copied from a document: typographic quotes, dashes, spaces that are none. Inside of texts and comments
every character may stand.`,
  bad: `device disk = 60 “Disk”;
`,
  good: `device disk = 60 "Disk";
`,
};
