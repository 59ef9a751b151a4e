import type { Finding } from "../diagnostic/diagnostic.ts";
import { newestRevision, type Field, type Request } from "../ir/model.ts";
import { refusalMembers, refusalPlace, type RefusalMember } from "../ir/refusal.ts";
import type { Rule } from "./rule.ts";
import { isRequest } from "../ir/item-kinds.ts";
import type { Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const refusalWithoutPlace: Rule = {
  code: "V4015",
  name: "refusal-without-place",
  severity: "error",
  summary: "'refuse' at a member that a device cannot answer an unknown request with",
  explanation: `\`u8 status : S refuse UNSUPP;\` says what a device answers to a request that it does not know, or cannot make sense of. It
does not know which alternative that is, so the member has to be a number at a place that does not depend on anything: in
the first or last part that the device writes, or in a struct that such a part begins with, or in one that the answer begins
with in every alternative. Several members of one part may say it together.`,
  bad: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
enum S { OK = 0; UNSUPP = 2; }
request req on requestq {
  device-readable { u8 status : S refuse UNSUPP; }
  device-writable { u8 data[512]; }
}
`,
  good: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
enum S { OK = 0; UNSUPP = 2; }
request req on requestq {
  device-readable { le64 sector; }
  device-writable { u8 data[512]; }
  device-writable { u8 status : S refuse UNSUPP; }
}
`,
  *check(survey) {
    // By place: a view that takes a member over has a copy of it.
    const known = new Set<string>();
    for (const module of survey.modules) {
      for (const request of module.items) {
        if (!isRequest(request)) continue;
        const members = request.kind === "request" ? refusalMembers(request, (type) => survey.structsOf(type)[0]) : [];
        for (const { field } of members) known.add(keyOf(field));
        yield* misplaced(survey, request, members);
      }
    }
    for (const { member, body } of survey.sites) {
      if (member.kind !== "field" || member.refuse === undefined || known.has(keyOf(member))) continue;
      known.add(keyOf(member));
      yield {
        message: `'refuse' at ${called(member)}, which stands in ${body.title}${body.guards.some(({ choice }) => choice !== undefined) ? ", of one alternative only" : ""}`,
        at: survey.placeOf(member, "refuse"),
        help: "it stands in a 'device-writable' part of a request, outside of all alternatives, or in a struct that every answer begins with",
      };
    }
  },
};

function keyOf({ at }: Field): string {
  return `${at.file}:${at.line}:${at.column}`;
}

function* misplaced(survey: Survey, request: Request, members: readonly RefusalMember[]): Iterable<Finding> {
  const [first, ...others] = members;
  if (first === undefined) return;
  for (const { field, part } of others) {
    if (part === first.part) continue;
    yield {
      message: `'${request.name}' says in two parts what a device answers to what it does not know`,
      at: survey.placeOf(field, "refuse"),
      related: [{ at: survey.placeOf(first.field, "refuse"), message: "the first one" }],
    };
  }
  for (const member of members) yield* misplacedMember(survey, request, member);
}

function* misplacedMember(survey: Survey, request: Request, member: RefusalMember): Iterable<Finding> {
  const { field, part, struct } = member;
  const at = survey.placeOf(field, "refuse");
  if (field.type.kind !== "scalar" || field.type.size === 8 || field.dimensions.length > 0) {
    yield { message: `'refuse' at ${called(field)}, which is no number of at most 32 bits`, at };
    return;
  }
  const { entries, end } = survey
    .positionsAt(newestRevision)
    .entriesOf(struct === undefined ? part.members : (survey.structsOf(struct)[0]?.members ?? []));
  const entry = entries.find((one) => one.element === field);
  // A member that does not exist any more has no place that could be wrong.
  if (entry === undefined) return;
  const isPlaced = entry.base === "" && field.if === undefined;
  if (refusalPlace(request, member, isPlaced, isPlaced && end.base === "") !== undefined) return;
  yield {
    message: `where ${called(field)} stands depends on the request`,
    at,
    related: [{ at: part.at, message: "its part" }],
    help: "the device has to find it without knowing the request: in the first or last part that it writes, with nothing of varying size before it",
  };
}
