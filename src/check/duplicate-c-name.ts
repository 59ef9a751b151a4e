import { nameAt } from "../ir/availability.ts";
import type { Element, Integer, Item, Module, PartItem, Revision } from "../ir/model.ts";
import { spellRevisions } from "./survey/survey.ts";
import type { Rule } from "./rule.ts";
import { isCommand, isGroup, isRequest } from "./survey/kinds.ts";
import { namesakes } from "./survey/names.ts";

export const duplicateCName: Rule = {
  code: "V2012",
  name: "duplicate-c-name",
  severity: "error",
  summary: "two elements with one C identifier",
  explanation: `C has one space of names for all macros of a header and one for all its structs. Elements that have different names here
can still have the same C name: a \`c_prefix\` puts two groups into one space, and a message gives its name to a struct.
The standard has such a pair: VIRTIO_NET_F_GUEST_UDP_TUNNEL_GSO is 65 as a feature and 46 as a bit of the offloads. Two
macros of the same value do no harm.`,
  bad: `device nic = 61 "Nic";

features {
  TUNNEL_GSO = 65 since 1.2;
}
bits OFFLOADS c_prefix VIRTIO_NIC_F_ {
  TUNNEL_GSO = 46;
}
`,
  good: `device nic = 61 "Nic";

features {
  TUNNEL_GSO = 65 since 1.2;
}
bits OFFLOADS c_prefix VIRTIO_NIC_F_ {
  TUNNEL_GSO = 46 c_name VIRTIO_NIC_F_TUNNEL_GSO_MAPPED;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const elements of [macros(module), tags(module)]) {
        for (const { first, second, name, revisions } of namesakes(elements, "cName")) {
          if (
            (first.space === second.space && sameName(first, second, revisions)) ||
            (first.value !== undefined && first.value === second.value)
          )
            continue;
          yield {
            message: `${second.what} has the C name '${name}' of ${first.what}${revisions.includes("1.4") ? "" : ` in ${spellRevisions(revisions)}`}`,
            at: second.at,
            related: [{ at: first.at, message: `'${name}' first` }],
            help: "give one of them another: 'c_name NAME' behind it, or 'c_prefix PREFIX_' at its group",
          };
        }
      }
    }
  },
};

/** Whether the names are the same as well, which another rule reports. */
function sameName(first: Element, second: Element, revisions: readonly Revision[]): boolean {
  return revisions.some((revision) => nameAt(first, revision).name === nameAt(second, revision).name);
}

interface Declared extends Element {
  /** Names are unique in it already, or that has been reported. */
  readonly space: string;
  readonly what: string;
  readonly value?: Integer;
}

function macros(module: Module): readonly Declared[] {
  return module.items.flatMap((item): readonly Declared[] => {
    if (item.kind === "features")
      return item.features.map((feature) => ({
        ...feature,
        space: "features",
        what: `the feature '${feature.name}'`,
        value: feature.bit,
      }));
    if (item.kind === "constant") return [{ ...item, space: "constants", what: `the constant '${item.name}'` }];
    if (isGroup(item))
      return item.constants.map((one) => ({
        ...one,
        space: `group ${item.name}`,
        what: `'${one.name}' of '${item.name}'`,
      }));
    if (item.kind === "registers")
      return item.registers.map((register) => ({
        ...register,
        space: "registers",
        what: `the register '${register.name}'`,
        value: register.offset,
      }));
    if (isCommand(item) && item.number !== undefined)
      return [{ ...item, space: item.kind, what: `'${item.name}'`, value: item.number }];
    return [];
  });
}

function tags(module: Module): readonly Declared[] {
  return module.items.flatMap((item): readonly Declared[] => {
    if (item.kind === "struct") return [{ ...item, space: "structs", what: `struct '${item.name}'` }];
    if (item.kind === "config") return [{ ...item, space: "config", what: "the configuration space" }];
    return isRequest(item) ? parts(item, item.parts) : [];
  });
}

function parts(request: Item, items: readonly PartItem[]): readonly Declared[] {
  return items.flatMap((part): readonly Declared[] => {
    if (part.kind === "part switch") return part.arms.flatMap((arm) => parts(request, arm.parts));
    return part.members.length === 0
      ? []
      : [{ ...part, space: `request ${request.name}`, what: `a part of '${request.name}'` }];
  });
}
