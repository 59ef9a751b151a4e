import type { Rule } from "./rule.ts";

export const numberTooLarge: Rule = {
  code: "V1007",
  name: "number-too-large",
  severity: "error",
  summary: "a number that nothing in virtio can hold",
  explanation: `The widest space of virtio, that of the feature bits, has 128 bits; a number with more has too many digits. The standard
has such a slip: two limits of the network device's \`speed\` have 35 and 36 bits, for a member of 32.`,
  bad: `device disk = 60 "Disk";

const ALL = 0xffffffffffffffffffffffffffffffffff;
`,
  good: `device disk = 60 "Disk";

const ALL = 0xffffffffffffffff;
`,
};
