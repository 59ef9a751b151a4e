import type { Rule } from "./rule.ts";

export const unknownTag: Rule = {
  code: "V2009",
  name: "unknown-tag",
  severity: "error",
  summary: "an alternative whose tag is no constant",
  explanation: `The alternatives of a switch are chosen by the constants that are the values of its member: \`le32 type : T;\` says that
they are those of \`T\`. Where the member does not say it, the switch does: \`switch command : CTRL_MQ\`. A tag may also be a
number, or a range of numbers.`,
  bad: `device disk = 60 "Disk";

enum T { IN = 0; OUT = 1; }

struct req {
  le32 type : T;
  switch type {
    IN   : u8 data[16];
    OUTT : u8 other[8];
  }
}
`,
  good: `device disk = 60 "Disk";

enum T { IN = 0; OUT = 1; }

struct req {
  le32 type : T;
  switch type {
    IN  : u8 data[16];
    OUT : u8 other[8];
  }
}
`,
};
