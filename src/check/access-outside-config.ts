import type { Finding } from "../diagnostic/diagnostic.ts";
import type { Member } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { MemberSite } from "./survey/bodies.ts";
import { structsWithin } from "./survey/reach.ts";
import type { Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const accessOutsideConfig: Rule = {
  code: "V3006",
  name: "access-outside-config",
  severity: "error",
  summary: "'writable', 'reset' and their like at a member that is not in the configuration space",
  explanation: `The configuration space is memory of the device that the driver reads, and here and there writes: \`writable\`,
\`write_clears\`, \`kept over reset\`, \`reset\` and \`window\` say how. What is sent on a queue belongs to one side or the other
as a whole: the part of the message, \`device-readable\` or \`device-writable\`, says it. Structs of a transport lie in the
memory of the device, too.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector writable;
}
`,
  good: `device disk = 60 "Disk";

config {
  le64 capacity;
  u8   writeback writable;
}
`,
  *check(survey) {
    const inConfig = structsWithin(survey, (item) => item.kind === "config");
    for (const site of survey.sites) if (!isMemory(site, inConfig)) yield* outside(survey, site);
  },
};

function isMemory({ body }: MemberSite, inConfig: ReadonlySet<object>): boolean {
  return (
    body.kind === "config" ||
    body.module.kind === "transport" ||
    (body.kind === "view" && "of" in body.element && body.element.of === "config") ||
    inConfig.has(body.item)
  );
}

const attributes = ["writable", "write_clears", "kept", "reset"];

function* outside(survey: Survey, { member, body }: MemberSite): Iterable<Finding> {
  if (member.kind === "window") {
    yield {
      message: `a window in ${body.title}, which is no configuration space`,
      at: member.at,
      help: "a message that a tag chooses is a 'switch'",
    };
    return;
  }
  const attribute = hasAccess(member) ? attributes.find((one) => survey.isWritten(member, one)) : undefined;
  if (attribute === undefined) return;
  yield {
    message: `'${attribute === "kept" ? "kept over reset" : attribute}' at ${called(member)}, which stands in ${body.title}`,
    at: survey.placeOf(member, attribute),
    help:
      body.kind === "part" || body.kind === "struct"
        ? "it belongs to the configuration space; who writes a message is said by 'device-readable' and 'device-writable'"
        : "it belongs to the configuration space",
  };
}

function hasAccess(member: Member): boolean {
  return (member.kind === "field" || member.kind === "bits") && member.access !== undefined;
}
