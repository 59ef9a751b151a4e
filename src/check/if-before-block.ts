import type { Rule } from "./rule.ts";

export const ifBeforeBlock: Rule = {
  code: "V3004",
  name: "if-before-block",
  severity: "error",
  summary: "an if before a block would say that its members move",
  explanation: `A member of a virtio struct never moves: \`if FEATURE\` behind a member says that it is valid only with the feature, and a
struct ends with its last member that exists. An \`if\` before a block of members would read as if its bytes went away and
those behind moved up. In the few places where the standard really removes bytes, the block is \`present if\`.`,
  bad: `device nic = 61 "Nic";

features {
  HASH_REPORT = 57 since 1.2;
}
struct hdr since 1.2 {
  u8 flags;
  if HASH_REPORT {
    le32 hash_value;
  }
}
`,
  good: `device nic = 61 "Nic";

features {
  HASH_REPORT = 57 since 1.2;
}
struct hdr since 1.2 {
  u8   flags;
  le32 hash_value if HASH_REPORT;
}
`,
};
