import type { Rule } from "./rule.ts";

export const unknownType: Rule = {
  code: "V2002",
  name: "unknown-type",
  severity: "error",
  summary: "a struct, enum or external type that nothing declares",
  explanation: `A member's type is \`u8\`, \`le16\`, \`le32\`, \`le64\`, \`be16\`, \`be32\`, \`be64\`, \`struct NAME\` with a struct of this description,
\`struct module.NAME\` with one of another, or a name declared by \`external\`. Behind the colon stands an enum, flags or bits
of this description or of the core. A description is compiled together with those that it names.`,
  bad: `device disk = 60 "Disk";

struct geometry {
  le16 cylinders;
}
config {
  struct geometri geometry;
}
`,
  good: `device disk = 60 "Disk";

struct geometry {
  le16 cylinders;
}
config {
  struct geometry geometry;
}
`,
};
