import type { Rule } from "./rule.ts";
import { structsWithin } from "./survey/reach.ts";

export const writableTooWide: Rule = {
  code: "V3007",
  name: "writable-too-wide",
  severity: "error",
  summary: "a member of the configuration space that the driver writes, wider than 32 bits",
  explanation: `Accesses to the configuration space have at most 32 bits, so a driver writes a longer member in two steps, and the device
cannot tell when the second one is done. The standard has no such member: \`le64\` is for what the driver only reads, and
there the generation of the configuration tells whether both halves belong together.`,
  bad: `device disk = 60 "Disk";

config {
  le64 limit writable;
}
`,
  good: `device disk = 60 "Disk";

config {
  le32 limit writable;
}
`,
  *check(survey) {
    const inConfig = structsWithin(survey, (item) => item.kind === "config");
    for (const { member, body } of survey.sites) {
      if ((body.kind !== "config" && !inConfig.has(body.item)) || (member.kind !== "field" && member.kind !== "bits"))
        continue;
      if (
        member.access === undefined ||
        member.access.writable === "never" ||
        member.type.kind !== "scalar" ||
        member.type.size <= 4
      )
        continue;
      yield {
        message: `the driver writes '${member.name}', but an access to the configuration space has 32 bits at most, not ${member.type.size * 8}`,
        at: survey.isWritten(member, "writable")
          ? survey.placeOf(member, "writable")
          : survey.placeOf(member, "write_clears"),
        related: [{ at: member.at, message: `'${member.name}' is ${member.type.name}` }],
        help: "make it narrower, or two members",
      };
    }
  },
};
