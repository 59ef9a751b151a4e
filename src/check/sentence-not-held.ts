import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import { nearest } from "../diagnostic/suggest.ts";
import type { HeldBy, Module, Rule as Statement } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { holds, targetsOf, type Target } from "./survey/held.ts";
import { isRequest } from "../ir/item-kinds.ts";
import { revisionsOf, spellRevisions, type Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const sentenceNotHeld: Rule = {
  code: "V6007",
  name: "sentence-not-held",
  severity: "error",
  summary: "'by' names an element that does not hold anybody to the sentence",
  explanation: `\`must not driver "…": "\`events_read\` is not written." by events_read;\` says that a property of \`events_read\` is what the
sentence asks for, and that generated code enforces it: here that the driver may not write the member. So the element has to
have such a property, in every revision that has the sentence:

- a member: it is reserved; it has one value, or a range (of at most 32 bits); it has a length; it is the tag of a \`switch\`;
  it, or what it stands in, has a condition; \`refuse\`, for a device; and where the sentence says \`must not\`, that the
  other side writes it, or that it lies in the configuration space and is not \`writable\`. There also \`writable before\`,
  and for a device \`write_clears\`, \`kept over reset\` and \`reset\`.
- \`config\`: nothing of it is \`writable\`, and the sentence says \`must not\`.
- a feature: it \`requires\` others, stands in \`requires:\`, \`at_least_one\`, \`conflicts\` or \`offers\`, or is \`legacy\`.
- a queue: it has a condition, or there is one for each of a range.
- a message, unless it has \`any_length\` and no condition, or one of its alternatives (\`req.DISCARD\`): sizes and directions
  are checked.

That a member's values are an enumeration is a name for its numbers and holds nobody to them, unless it is a tag. Registers
are served by transports that are not generated: say it in a sentence without \`by\`.`,
  bad: `device disk = 60 "Disk";

config {
  le32 blocks;
}
must device "Device Types / Disk": "\`blocks\` is not 0." by blocks;
`,
  good: `device disk = 60 "Disk";

config {
  le32 blocks in 1..0xffff;
}
must device "Device Types / Disk": "\`blocks\` is not 0." by blocks;
`,
  *check(survey) {
    for (const module of survey.modules)
      for (const item of module.items)
        if (item.kind === "rule") for (const one of item.heldBy ?? []) yield* ofPath(survey, module, item, one);
  },
};

function* ofPath(survey: Survey, module: Module, statement: Statement, by: HeldBy): Iterable<Finding> {
  const name = by.path.join(".");
  const targets = targetsOf(survey, module, by);
  const [first] = targets;
  if (first === undefined) {
    const meant = nearest(name, namesIn(survey, module));
    yield {
      message: `nothing that could hold a sentence is named '${name}'`,
      at: by.at,
      help:
        meant === undefined
          ? "'by' names a member of the configuration space, a feature, a queue, a message ('req'), one of its members or alternatives ('req.type', 'req.DISCARD'), or a member of a struct ('hdr.flags')"
          : `did you mean '${meant}'?`,
    };
    return;
  }
  const holding = targets.filter((target) => holds(survey, module, statement, target));
  if (holding.length === 0) {
    yield {
      message: `${called(first.element)} has nothing that holds ${statement.role === "device" ? "a device" : "a driver"} to this`,
      at: by.at,
      related: [{ at: first.element.at, message: "it stands here" }],
      help: helpFor(first, statement),
    };
    return;
  }
  const without = revisionsOf(statement).filter(
    (revision) => !holding.some(({ element }) => existsAt(element, revision)),
  );
  if (without.length === 0) return;
  yield {
    message: `'${name}' does not exist in ${spellRevisions(without)}, which has the sentence`,
    at: by.at,
    related: [{ at: first.element.at, message: "it stands here" }],
    help: "give the sentence the revisions of what holds it ('since', 'until', 'legacy'), or name another element",
  };
}

/** What one word behind `by` can name. */
function namesIn(survey: Survey, module: Module): readonly string[] {
  const members = (survey.config(module)?.members ?? []).map(({ name }) => name);
  const features = survey.featuresFor(module).map(({ feature }) => feature.name);
  const others = module.items.flatMap((item) =>
    item.kind === "queues" ? item.queues.map((queue) => queue.name) : isRequest(item) ? [item.name] : [],
  );
  return [...members, ...features, ...others].filter((name) => name !== "");
}

function helpFor({ what, place }: Target, { role, not }: Statement): string {
  switch (what.kind) {
    case "config":
      return "the configuration space as a whole holds a 'must not' by having nothing that is 'writable': name its members, or leave 'by' out";
    case "feature":
      return "a feature holds by what it requires, or by a rule about it: correct the feature, or leave 'by' out";
    case "queue":
      return "a queue holds by its condition, or by how many there are: correct the queue, or leave 'by' out";
    case "register":
      return "transports are not generated from their registers: leave 'by' out";
    case "message":
    case "alternative":
    case "member": {
      const more =
        place === "config"
          ? not === true
            ? ", or by not being 'writable'"
            : ", or by 'writable before'"
          : role === "device"
            ? ", or by 'refuse'"
            : "";
      return `a member holds by a range ('in'), a fixed value, a length or a condition, as a tag or a reserved one${more}: give it what is missing, or leave 'by' out`;
    }
  }
}
