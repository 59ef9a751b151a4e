import type { Rule } from "./rule.ts";

export const attributeTwice: Rule = {
  code: "V2005",
  name: "attribute-twice",
  severity: "error",
  summary: "an attribute written twice",
  explanation: `Where two attributes of one kind contradict each other, nothing says which of them counts. Conditions are joined by \`&\`.
Aliases, errata, older names and requirements may stand several times.`,
  bad: `device disk = 60 "Disk";

features {
  MQ  = 12;
  RSS = 13;
}
config {
  le16 pairs if MQ if RSS;
}
`,
  good: `device disk = 60 "Disk";

features {
  MQ  = 12;
  RSS = 13;
}
config {
  le16 pairs if MQ & RSS;
}
`,
};
