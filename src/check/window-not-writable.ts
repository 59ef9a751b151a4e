import type { Rule } from "./rule.ts";
import { membersAt } from "./survey/paths.ts";

export const windowNotWritable: Rule = {
  code: "V3012",
  name: "window-not-writable",
  severity: "error",
  summary: "a window chosen by a member that the driver cannot write",
  explanation: `A window is a piece of the configuration space that shows what other members select: the driver writes \`select\` and
\`subsel\` of the input device and then reads what they chose. So each member behind \`window\` is \`writable\`.`,
  bad: `device keys = 62 "Keys";

enum CFG { ID_NAME = 1; ID_SERIAL = 2; }

config {
  u8 select : CFG;
  u8 size;
  window select {
    ID_NAME   : u8 string[128];
    ID_SERIAL : u8 serial[128];
  }
}
`,
  good: `device keys = 62 "Keys";

enum CFG { ID_NAME = 1; ID_SERIAL = 2; }

config {
  u8 select : CFG writable;
  u8 size;
  window select {
    ID_NAME   : u8 string[128];
    ID_SERIAL : u8 serial[128];
  }
}
`,
  *check(survey) {
    for (const { member, body, levels } of survey.sites) {
      if (member.kind !== "window" || body.kind !== "config") continue;
      for (const name of member.by) {
        const found = membersAt(survey, body.module, levels, {
          op: "member",
          scope: "sibling",
          path: [{ name }],
          at: member.at,
        });
        const closed = found.find(
          (one) =>
            !("access" in one) ||
            one.access === undefined ||
            typeof one.access === "string" ||
            one.access.writable === "never",
        );
        if (closed === undefined) continue;
        yield {
          message: `the window is chosen by '${name}', which the driver cannot write`,
          at: member.at,
          related: [{ at: closed.at, message: "read-only" }],
          help: `write 'writable' behind '${name}'`,
        };
      }
    }
  },
};
