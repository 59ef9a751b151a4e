import type { Rule } from "./rule.ts";

export const attributeOutOfPlace: Rule = {
  code: "V2004",
  name: "attribute-out-of-place",
  severity: "error",
  summary: "an attribute that means nothing at this element",
  explanation: `Attributes may follow an element in any order, but not each of them means something at each element: a feature is not
\`writable\`, a struct has no \`reset\` value. Otherwise a word in the wrong line would go unnoticed.`,
  bad: `device disk = 60 "Disk";

features {
  FLUSH = 9 writable;
}
`,
  good: `device disk = 60 "Disk";

features {
  FLUSH = 9;
}
config {
  u8 writeback if FLUSH writable;
}
`,
};
