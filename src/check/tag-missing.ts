import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import type { Constant, Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { spanOf, type Choice } from "./survey/choices.ts";
import { isLegacy } from "./survey/presence.ts";
import { revisionsOf, spellRevisions, type Survey } from "./survey/survey.ts";
import { listed } from "./survey/words.ts";

export const tagMissing: Rule = {
  code: "V3010",
  name: "tag-missing",
  severity: "warning",
  summary: "a switch that says nothing about some of its values",
  explanation: `A \`switch\` over the constants of an enum has an alternative for each of them, or \`default\`. Where nothing follows, the
empty alternative says so: \`FLUSH : { }\`. Without it a reader cannot tell whether a value was forgotten, and a new
constant of the next revision would go by unnoticed. Values of the legacy interface count on the legacy interface only;
so do they in a switch that is part of it.`,
  bad: `device disk = 60 "Disk";

enum T { IN = 0; OUT = 1; FLUSH = 4; }

struct req {
  u8 type : T;
  switch type {
    IN  : u8 data[16];
    OUT : u8 other[8];
  }
}
`,
  good: `device disk = 60 "Disk";

enum T { IN = 0; OUT = 1; FLUSH = 4; }

struct req {
  u8 type : T;
  switch type {
    IN    : u8 data[16];
    OUT   : u8 other[8];
    FLUSH : { }
  }
}
`,
  needsAll: true,
  *check(survey) {
    for (const choice of survey.choices)
      if (choice.kind === "switch" || choice.kind === "part switch" || choice.kind === "union")
        yield* inChoice(survey, choice);
  },
};

function* inChoice(survey: Survey, choice: Choice): Iterable<Finding> {
  const { values, element, arms } = choice;
  if (values === undefined || arms.some((arm) => arm.tags.some((tag) => tag.kind === "default"))) return;
  const legacy = isLegacy(survey, element, choice.guards);
  const spans = arms.map((arm) => ({ arm, spans: arm.tags.flatMap((tag) => spanOf(tag) ?? []) }));
  const covers = (constant: Constant, revision: Revision): boolean =>
    spans.some(
      ({ arm, spans: own }) =>
        existsAt(arm, revision) &&
        own.some((span) => span.from <= BigInt(constant.value) && BigInt(constant.value) <= span.to),
    );
  const missing = survey.constantsOf(values).flatMap((constant) => {
    if (constant.type !== "number" || constant.aliasOf !== undefined || (constant.legacy === true && !legacy))
      return [];
    const revisions = revisionsOf(element).filter(
      (revision) => existsAt(constant, revision) && !covers(constant, revision),
    );
    return revisions.length === 0 ? [] : [{ constant, revisions }];
  });
  const [first] = missing;
  if (first === undefined) return;
  const names = missing.map((one) => `'${one.constant.name}'`);
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} others`] : names;
  const always =
    first.revisions.length === revisionsOf(first.constant).filter((revision) => existsAt(element, revision)).length;
  yield {
    message: `this ${choice.kind === "union" ? "union" : "switch"} says nothing about ${listed(shown)}${always ? "" : ` in ${spellRevisions(first.revisions)}`}`,
    at: element.at,
    related: [{ at: first.constant.at, message: `'${first.constant.name}' = ${first.constant.text}` }],
    help:
      missing.length === 1
        ? `where nothing follows, write '${first.constant.name} : { }'`
        : "where nothing follows, write 'default : { }'",
  };
}
