import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import type { Item, Module } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { Body } from "./survey/bodies.ts";
import { isConstantGroup, isRequest } from "../ir/item-kinds.ts";
import { revisionsOf, spellRevisions } from "./survey/survey.ts";

export const nothingInside: Rule = {
  code: "V3008",
  name: "nothing-inside",
  severity: "error",
  summary: "a struct, part, message or group of constants that is empty",
  explanation: `What has no members has no bytes and no meaning, be it in all revisions or in one in which only the braces exist. An
alternative of a switch may be empty, \`FLUSH : { }\`: it says that nothing follows.`,
  bad: `device disk = 60 "Disk";

struct range since 1.1 {
  le64 sector since 1.2;
}
`,
  good: `device disk = 60 "Disk";

struct range since 1.2 {
  le64 sector;
}
`,
  needsAll: true,
  *check(survey) {
    for (const body of survey.bodies) if (body.kind !== "section") yield* inBody(body);
    for (const module of survey.modules) for (const item of module.items) yield* inItem(module, item);
  },
};

function* inBody(body: Body): Iterable<Finding> {
  const { members, element, title } = body;
  if (members.length === 0) {
    yield {
      message: `${title} has no members`,
      at: element.at,
      help:
        body.kind === "part"
          ? "leave the part out; an alternative without parts is 'TAG : { }'"
          : "leave it out, or say what is in it",
    };
    return;
  }
  const empty = revisionsOf(element).filter((revision) => !members.some((member) => existsAt(member, revision)));
  if (empty.length === 0) return;
  const since = members.map((member) => member.since).toSorted()[0] ?? "";
  yield {
    message: `${title} exists in ${spellRevisions(empty)}, but none of its members does`,
    at: element.at,
    related: members.slice(0, 1).map((member) => ({
      at: member.at,
      message: `exists since ${member.since}${member.until === undefined ? "" : ` until ${member.until}`}`,
    })),
    help: `let it exist as long as its members: 'since ${since}'`,
  };
}

function* inItem(module: Module, item: Item): Iterable<Finding> {
  if (isConstantGroup(item) && item.constants.length === 0) {
    yield {
      message: `${item.kind} '${item.name}' has no constants`,
      at: item.at,
      help: "leave it out, or say which there are",
    };
  } else if (isRequest(item) && item.parts.length === 0) {
    yield {
      message: `${item.kind} '${item.name}' has no parts`,
      at: item.at,
      help: "say what the device reads and writes: device-readable { … } device-writable { … }",
    };
  } else if (item.kind === "features" && item.features.length === 0) {
    yield {
      message: `'${module.name}' has a block of feature bits without any`,
      at: item.at,
      help: "leave the block out",
    };
  } else if (item.kind === "queues" && item.queues.length === 0) {
    yield { message: `'${module.name}' has a block of queues without any`, at: item.at, help: "leave the block out" };
  } else if (item.kind === "registers" && item.registers.length === 0) {
    yield { message: `the registers '${item.name}' are none`, at: item.at, help: "leave the block out" };
  }
}
