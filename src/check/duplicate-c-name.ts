import type { Finding } from "../diagnostic/diagnostic.ts";
import { nameAt } from "../ir/availability.ts";
import {
  newestRevision,
  type Element,
  type Integer,
  type Item,
  type Module,
  type PartItem,
  type Revision,
} from "../ir/model.ts";
import { spellRevisions } from "./survey/survey.ts";
import type { Rule } from "./rule.ts";
import { isCommand, isConstantGroup, isRequest } from "../ir/item-kinds.ts";
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
      for (const declared of [macros(module), tags(module)]) {
        const byElement = new Map(declared.map((one) => [one.element, one]));
        const elements = declared.map((one) => one.element);
        for (const pair of namesakes(elements, "cName")) {
          const first = byElement.get(pair.first);
          const second = byElement.get(pair.second);
          if (first !== undefined && second !== undefined) yield* clash(first, second, pair.name, pair.revisions);
        }
      }
    }
  },
};

interface Declared {
  readonly element: Element;
  /** What it stands in: names are unique there already, or that has been reported. */
  readonly space: string;
  readonly kind: "feature" | "constant" | "constant of a group" | "register" | "command" | "struct" | "config" | "part";
  readonly value?: Integer | undefined;
}

function* clash(first: Declared, second: Declared, name: string, revisions: readonly Revision[]): Iterable<Finding> {
  if (
    (first.kind === second.kind &&
      first.space === second.space &&
      sameName(first.element, second.element, revisions)) ||
    (first.value !== undefined && first.value === second.value)
  )
    return;
  yield {
    message: `${spelled(second)} has the C name '${name}' of ${spelled(first)}${revisions.includes(newestRevision) ? "" : ` in ${spellRevisions(revisions)}`}`,
    at: second.element.at,
    related: [{ at: first.element.at, message: `'${name}' first` }],
    help: "give one of them another: 'c_name NAME' behind it, or 'c_prefix PREFIX_' at its group",
  };
}

function spelled({ element, kind, space }: Declared): string {
  switch (kind) {
    case "constant of a group":
      return space === "" ? `the constant '${element.name}'` : `'${element.name}' of '${space}'`;
    case "part":
      return `a part of '${space}'`;
    case "config":
      return "the configuration space";
    case "command":
      return `'${element.name}'`;
    case "register":
      return `the register '${element.name}' of '${space}'`;
    case "struct":
      return `struct '${element.name}'`;
    default:
      return `the ${kind} '${element.name}'`;
  }
}

/** Whether the names are the same as well, which another rule reports. */
function sameName(first: Element, second: Element, revisions: readonly Revision[]): boolean {
  return revisions.some((revision) => nameAt(first, revision).name === nameAt(second, revision).name);
}

function macros(module: Module): readonly Declared[] {
  return module.items.flatMap((item): readonly Declared[] => {
    if (item.kind === "features")
      return item.features.map((one) => ({ element: one, space: "", kind: "feature", value: one.bit }));
    if (item.kind === "constant") return [{ element: item, space: "", kind: "constant", value: item.value }];
    if (isConstantGroup(item))
      return item.constants.map((one) => ({
        element: one,
        space: item.name,
        kind: "constant of a group",
        value: one.value,
      }));
    if (item.kind === "registers")
      return item.registers.map((one) => ({ element: one, space: item.name, kind: "register", value: one.offset }));
    if (isCommand(item) && item.number !== undefined)
      return [{ element: item, space: item.kind, kind: "command", value: item.number }];
    return [];
  });
}

function tags(module: Module): readonly Declared[] {
  return module.items.flatMap((item): readonly Declared[] => {
    if (item.kind === "struct" || item.kind === "config") return [{ element: item, space: "", kind: item.kind }];
    return isRequest(item) ? parts(item, item.parts) : [];
  });
}

function parts(request: Item, items: readonly PartItem[]): readonly Declared[] {
  return items.flatMap((part): readonly Declared[] => {
    if (part.kind === "part switch") return part.arms.flatMap((arm) => parts(request, arm.parts));
    return part.members.length === 0 ? [] : [{ element: part, space: request.name, kind: "part" }];
  });
}
