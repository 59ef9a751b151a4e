import { revisions, type Element } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isConstantGroup, isRequest } from "../ir/item-kinds.ts";
import type { Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const labelOfLegacy: Rule = {
  code: "V6006",
  name: "label-of-legacy",
  severity: "warning",
  summary: "an element from a section 'Legacy Interface' that is not legacy",
  explanation: `The standard keeps apart what only the legacy interface has: in sections whose labels say so. What is described from such a
section is marked \`legacy\`, so that a driver and a device of the current interface do not get it. A description that
begins with a later revision has nothing of that interface: it is about how a newer one reaches it.`,
  bad: `device disk = 60 "Disk";

should driver "Device Types / Disk / Legacy Interface: Device Operation": "Used lengths are ignored.";
`,
  good: `device disk = 60 "Disk";

legacy should driver "Device Types / Disk / Legacy Interface: Device Operation": "Used lengths are ignored.";
`,
  *check(survey) {
    for (const element of labelled(survey)) {
      if (
        element.legacy === true ||
        element.until === "1.0" ||
        element.label === undefined ||
        !/\bLegacy Interfaces?\b/.test(element.label)
      )
        continue;
      yield {
        message: `${called(element)} comes from a section on the legacy interface, but is not 'legacy'`,
        at: element.at,
        help: "write 'legacy' before it",
      };
    }
  },
};

function labelled(survey: Survey): readonly (Element & { readonly kind?: string })[] {
  // What is new as a whole is not of the legacy interface, only about it.
  const modules = survey.modules.filter((module) => module.since === revisions[0]);
  const items = modules.flatMap((module) => module.items);
  const inner = items.flatMap((item): readonly Element[] => {
    if (item.kind === "features") return item.features;
    if (item.kind === "queues") return item.queues;
    if (item.kind === "registers") return item.registers;
    if (isConstantGroup(item)) return item.constants;
    return isRequest(item) ? item.parts : [];
  });
  const sites = survey.sites.filter(({ body }) => modules.includes(body.module));
  return [...items, ...inner, ...sites.map((site) => site.member)];
}
