import type { Finding } from "../diagnostic/diagnostic.ts";
import type { Element } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isConstantGroup, isRequest } from "../ir/item-kinds.ts";
import type { Survey } from "./survey/survey.ts";
import { called } from "./survey/words.ts";

export const emptyLabel: Rule = {
  code: "V6003",
  name: "empty-label",
  severity: "error",
  summary: "a label, a title or a sentence without text",
  explanation: `A label is the LaTeX label of the standard's section or block that says something; the tables and the generated code
lead the reader there. An empty one leads nowhere, as does a requirement whose sentence is empty.`,
  bad: `device disk = 60 "Disk";

must device "": "Something is demanded.";
`,
  good: `device disk = 60 "Disk";

must device "Device Types / Disk / Device Operation": "Something is demanded.";
`,
  *check(survey) {
    for (const module of survey.modules) {
      yield* ofElement(survey, module);
      for (const item of module.items) {
        yield* ofElement(survey, item);
        if (item.kind === "rule" && item.sentence !== undefined && item.sentence.trim() === "") {
          yield {
            message: "a requirement without a sentence",
            at: item.at,
            help: "say in a sentence of your own what is demanded",
          };
        }
        const inner: readonly Element[] =
          item.kind === "features"
            ? item.features
            : item.kind === "queues"
              ? item.queues
              : item.kind === "registers"
                ? item.registers
                : isConstantGroup(item)
                  ? item.constants
                  : isRequest(item)
                    ? item.parts
                    : [];
        for (const element of inner) yield* ofElement(survey, element);
      }
    }
    for (const { member } of survey.sites) yield* ofElement(survey, member);
  },
};

function* ofElement(survey: Survey, element: Element & { readonly kind?: string }): Iterable<Finding> {
  if (element.label === undefined || element.label.trim() !== "") return;
  yield {
    message: `the label of ${called(element)} is empty`,
    at: survey.placeOf(element, "label"),
    help: "write the LaTeX label of the standard's section, or leave it out",
  };
}
