import type { Rule } from "./rule.ts";

export const memberWithoutName: Rule = {
  code: "V3015",
  name: "member-without-name",
  severity: "error",
  summary: "a member that has a type and no name",
  explanation: `Bytes that nobody can name cannot be written or checked: what has no meaning is called \`reserved\`. Only a struct may stand
alone in an alternative or a section, as in \`PLUG : struct plug;\`, and a word of bit groups, whose groups are then the
struct's own.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector;
  le32;
}
`,
  good: `device disk = 60 "Disk";

struct range {
  le64 sector;
  le32 reserved;
}
`,
  *check(survey) {
    for (const { member } of survey.sites) {
      if (member.kind !== "field" || member.name !== "") continue;
      const type = member.type.kind === "scalar" ? member.type.name : member.type.kind;
      yield {
        message: `a member of type '${type}' without a name`,
        at: member.at,
        help: `name it: '${type} reserved${member.dimensions.length > 0 ? "[…]" : ""};' if it has no meaning`,
      };
    }
  },
};
