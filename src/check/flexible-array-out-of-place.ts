import type { Finding } from "../diagnostic/diagnostic.ts";
import { coexist } from "../ir/availability.ts";
import type { Member, Type } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { Body } from "./survey/bodies.ts";
import { isLegacy, together } from "./survey/presence.ts";
import type { Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const flexibleArrayOutOfPlace: Rule = {
  code: "V3005",
  name: "flexible-array-out-of-place",
  severity: "error",
  summary: "an array without a length where nothing says how long it is",
  explanation: `\`u8 data[];\` takes what is left of its part: the whole length of the message in that direction, less all that has a length
of its own. So it stands last in its part or struct, and there is one in each direction of a message at most: blk's
\`data[]\` before the part with \`status\` is fine, and so are an array that the device reads and one that it writes. Inside
of a union, or as an element of another array, it has no end. A list that ends with a mark (\`each { … } until type == 0\`)
may stand anywhere. On the legacy interface each part is a descriptor of its own.`,
  bad: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
request write on requestq {
  device-readable {
    u8   data[];
    le64 sector;
  }
  device-writable { u8 status; }
}
`,
  good: `device disk = 60 "Disk";

queues {
  requestq = 0;
}
request write on requestq {
  device-readable {
    le64 sector;
    u8   data[];
  }
  device-writable { u8 status; }
}
`,
  *check(survey) {
    const open = new OpenEnds(survey);
    for (const body of survey.bodies) if (body.kind !== "view") yield* inSequence(open, body.members, body.title);
    for (const module of survey.modules) {
      const parts = survey.bodies.filter((body) => body.module === module && body.kind === "part");
      yield* inMessages(survey, open, parts);
    }
  },
};

/** Finds the array without an end that a member ends with, or has inside. */
class OpenEnds {
  private readonly survey: Survey;
  private readonly known = new Map<Member, Member | undefined>();

  constructor(survey: Survey) {
    this.survey = survey;
  }

  of(member: Member): Member | undefined {
    if (this.known.has(member)) return this.known.get(member);
    // While it is looked at it has none, so that a struct in itself comes to an end.
    this.known.set(member, undefined);
    const found = this.search(member);
    this.known.set(member, found);
    return found;
  }

  private search(member: Member): Member | undefined {
    switch (member.kind) {
      case "field":
        if (member.each?.until !== undefined || member.pad !== undefined) return undefined;
        if (isRest(member) || (member.type.kind === "opaque" && member.dimensions.length === 0)) return member;
        return member.dimensions.length === 0 ? this.inType(member.type) : undefined;
      case "bits":
        return isRest(member) ? member : undefined;
      case "group":
        return isRest(member) ? member : member.dimensions.length === 0 ? this.first(member.members) : undefined;
      case "present":
        return this.first(member.members);
      default:
        return this.first(member.arms.flatMap((arm) => arm.members));
    }
  }

  first(members: readonly Member[]): Member | undefined {
    for (const member of members) {
      const found = this.of(member);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The flexible array that a single value of the type has inside. */
  inType(type: Type): Member | undefined {
    return type.kind === "struct"
      ? this.first(this.survey.structsOf(type).flatMap((struct) => struct.members))
      : undefined;
  }
}

function isRest(member: { readonly dimensions: readonly { readonly kind: string }[] }): boolean {
  return member.dimensions.some((dimension) => dimension.kind === "rest");
}

function* inSequence(open: OpenEnds, members: readonly Member[], title: string): Iterable<Finding> {
  for (const [index, member] of members.entries()) {
    const rest = open.of(member);
    const next =
      rest === undefined
        ? undefined
        : members.slice(index + 1).find((other) => coexist(member, other) && !excludes(member, other));
    if (rest !== undefined && next !== undefined) {
      yield {
        message: `${called(rest)} takes the rest of ${title}, but ${called(next)} follows`,
        at: rest.at,
        related: [{ at: next.at, message: "where does this begin?" }],
        help: "give it a length, or let it be the last",
      };
    }
    yield* inside(open, member, title);
  }
}

function* inside(open: OpenEnds, member: Member, title: string): Iterable<Finding> {
  if (member.kind === "field") {
    const inner = member.dimensions.length === 0 || member.each !== undefined ? undefined : open.inType(member.type);
    if (inner !== undefined) yield element(member, inner);
    if (member.each !== undefined) {
      const rest = open.first(member.each.members);
      if (rest !== undefined) yield element(member, rest);
      yield* inSequence(open, member.each.members, `an element of '${member.name}'`);
    }
  } else if (member.kind === "group") {
    const rest = member.dimensions.length === 0 ? undefined : open.first(member.members);
    if (rest !== undefined) yield element(member, rest);
    yield* inSequence(open, member.members, title);
  } else if (member.kind === "present") yield* inSequence(open, member.members, title);
  else if (member.kind !== "bits") {
    for (const arm of member.arms) {
      const rest = member.kind === "switch" ? undefined : open.first(arm.members);
      if (rest !== undefined) {
        yield {
          message: `${called(rest)} has no length, and stands in a ${member.kind}, which is as long as its longest alternative`,
          at: rest.at,
          related: [{ at: member.at, message: `the ${member.kind}` }],
          help:
            member.kind === "union"
              ? "give it a length, or write 'switch' for 'union by' where the chosen alternative decides the length"
              : "give it a length",
        };
      }
      yield* inSequence(open, arm.members, title);
    }
  }
}

function element(array: Member, rest: Member): Finding {
  return {
    message: `${called(rest)} takes all that is left, so '${array.name}' never has a second element`,
    at: rest.at,
    related: [{ at: array.at, message: "an array of them" }],
    help: "give it a length, or let 'until' say which element is the last",
  };
}

/** Blocks `present if` whose conditions contradict each other are never there together. */
function excludes(a: Member, b: Member): boolean {
  if (a.kind !== "present" || b.kind !== "present") return false;
  return !together([{ element: a, condition: a.condition }], [{ element: b, condition: b.condition }]);
}

function* inMessages(survey: Survey, open: OpenEnds, parts: readonly Body[]): Iterable<Finding> {
  const found = parts.flatMap((body) => {
    const rest = open.first(body.members);
    return rest === undefined ? [] : [{ body, rest }];
  });
  for (const [index, second] of found.entries()) {
    const first = found.find(
      (one, earlier) =>
        earlier < index &&
        one.body.item === second.body.item &&
        directionOf(one.body) === directionOf(second.body) &&
        together(one.body.guards, second.body.guards),
    );
    if (first === undefined || isLegacy(survey, second.body.element, second.body.guards)) continue;
    yield {
      message: `${called(first.rest)} and ${called(second.rest)} have no length, and the device ${directionOf(second.body) === "device-readable" ? "reads" : "writes"} both`,
      at: second.rest.at,
      related: [{ at: first.rest.at, message: "where does this end?" }],
      help: "in each direction of a message one array at most can do without a length",
    };
  }
}

function directionOf(body: Body): string {
  return "direction" in body.element ? String(body.element.direction) : "";
}
