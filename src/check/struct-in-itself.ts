import type { Finding, Related } from "../diagnostic/diagnostic.ts";
import type { Member, Struct, View } from "../ir/model.ts";
import { deepest } from "./nested-too-deep.ts";
import type { Rule } from "./rule.ts";
import type { Survey } from "./survey/survey.ts";

export const structInItself: Rule = {
  code: "V3001",
  name: "struct-in-itself",
  severity: "error",
  summary: "a struct that contains itself",
  explanation: `A struct has a fixed place for each of its members, so it cannot hold another of its kind, not even through a third.
What is nested to any depth on the wire, such as a list of attributes, is an array of bytes for the description.`,
  bad: `device disk = 60 "Disk";

struct entry {
  le16 type;
  struct entry next;
}
`,
  good: `device disk = 60 "Disk";

struct entry {
  le16 type;
  le16 length;
  u8   payload[length];
}
`,
  *check(survey) {
    const done = new Set<Struct | View>();
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind === "struct") yield* search(survey, item, [], done);
        if (item.kind === "house") for (const view of item.views) yield* search(survey, view, [], done);
      }
    }
  },
};

interface Step {
  readonly struct: Struct | View;
  /** The member of the struct that leads on. */
  readonly member: Member;
}

function* search(
  survey: Survey,
  struct: Struct | View,
  path: readonly Step[],
  done: Set<Struct | View>,
): Iterable<Finding> {
  if (done.has(struct)) return;
  const from = path.findIndex((step) => step.struct === struct);
  const last = path.at(-1);
  if (from >= 0 && last !== undefined) {
    const circle = path.slice(from);
    yield {
      message: `struct '${struct.name}' contains itself${
        circle.length > 1
          ? ` through ${circle
              .slice(1)
              .map((step) => `'${step.struct.name}'`)
              .join(" and ")}`
          : ""
      }`,
      at: last.member.at,
      related: circle.slice(0, -1).map((step): Related => ({
        at: step.member.at,
        message: `'${step.struct.name}' contains '${circle[circle.indexOf(step) + 1]?.struct.name ?? ""}'`,
      })),
      help: "a struct has a fixed place for each member; use an array of bytes for what is nested",
    };
    return;
  }
  if (path.length >= deepest) {
    yield {
      message: `structs in structs, ${deepest} deep, to '${struct.name}'`,
      at: struct.at,
      help: "no message of virtio is nested like this",
    };
    done.add(struct);
    return;
  }
  for (const member of structMembers(struct.members)) {
    if (member.kind !== "field" || member.type.kind !== "struct") continue;
    for (const inner of survey.structsOf(member.type))
      yield* search(survey, inner, [...path, { struct, member }], done);
  }
  done.add(struct);
}

function structMembers(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member): readonly Member[] => {
    switch (member.kind) {
      case "field":
        return [member, ...structMembers(member.each?.members ?? [])];
      case "bits":
        return [];
      case "group":
      case "present":
        return structMembers(member.members);
      default:
        return member.arms.flatMap((arm) => structMembers(arm.members));
    }
  });
}
