import type { Rule } from "./rule.ts";
import { structsWithin } from "./survey/reach.ts";
import { called } from "./survey/words.ts";

export const limitOutsideCapability: Rule = {
  code: "V3013",
  name: "limit-outside-capability",
  severity: "error",
  summary: "'limit' or 'bitmap' at a member that no capability has",
  explanation: `The driver answers a capability of the device with its own: of a \`limit\` it takes at most what the device has, of a
\`bitmap\` a subset. Nothing else in virtio is negotiated like this; what the driver may choose elsewhere is a range
(\`in 1..config.max\`) or a feature.`,
  bad: `device nic = 61 "Nic";

config {
  le32 groups limit;
}
`,
  good: `device nic = 61 "Nic";

struct filter_capability since 1.4 {
  le32 groups limit;
}
capability FILTER = 0x0800 since 1.4 { struct filter_capability; }
`,
  *check(survey) {
    const inCapability = structsWithin(survey, (item) => item.kind === "capability");
    for (const { member, body } of survey.sites) {
      if (
        member.kind !== "field" ||
        member.negotiation === undefined ||
        body.item.kind === "capability" ||
        inCapability.has(body.item)
      )
        continue;
      yield {
        message: `'${member.negotiation}' at ${called(member)}, which stands in ${body.title} and in no capability`,
        at: survey.placeOf(member, member.negotiation),
        help: `the driver answers only what a capability has: capability NAME = 0x0800 { ${body.kind === "struct" ? `struct ${body.element.name};` : "…"} }`,
      };
    }
  },
};
