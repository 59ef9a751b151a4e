import { isCommand } from "../item-kinds.ts";
import type {
  Command,
  Constant,
  ConstantGroup,
  Feature,
  House,
  Item,
  Module,
  Queues,
  Request,
  Revision,
  Rule,
} from "../model.ts";
import { printExpression } from "../print-expression.ts";
import { walkExpression } from "../expression.ts";
import { refusalMembers } from "../refusal.ts";
import { type EntryMaker, rootEntry, type Draft } from "./entry-maker.ts";
import type { Entry } from "./entry.ts";
import {
  conditionText,
  constantText,
  erratumText,
  rangeText,
  ruleHead,
  ruleText,
  sizeText,
  typeText,
  valuesText,
} from "./fact-text.ts";
import { membersOf, partsOf, type Surroundings } from "./member-entries.ts";

/**
 * All that is compared of a module, as a tree. What stands in blocks that are no more than a heading (features, queues,
 * ranges, constants of a group without a name) is directly below the module.
 * @param revision that the module is cut at
 * @param older the older of the two revisions compared: elements are matched by their names in it
 * @param called what references call the module, where that is not its name
 */
export function moduleEntry(module: Module, revision: Revision, older: Revision, called: string = module.name): Entry {
  return rootEntry(
    module.name,
    { revision, older },
    {
      subject: "module",
      element: module,
      place: module.id === undefined ? undefined : `id ${module.id}`,
      facts: {
        "id": module.id === undefined ? "" : String(module.id),
        "kind": module.kind,
        "title": module.title,
        "byte-order": byteOrder(module, revision),
      },
      value: module.id === undefined ? undefined : String(module.id),
      summary: `${module.kind}${module.id === undefined ? "" : ` ${module.id}`} "${module.title}"`,
    },
    (below) => module.items.forEach((item) => ofItem(item, module, called, below)),
  );
}

function ofItem(item: Item, module: Module, called: string, below: EntryMaker): void {
  if (isCommand(item)) {
    command(item, called, below);
    return;
  }
  switch (item.kind) {
    case "features":
      for (const feature of item.features) below.in({ kind: item.kind, name: "" }, "features").add(ofFeature(feature));
      break;
    case "feature_ranges":
      for (const range of item.ranges) {
        const bits = range.from === range.to ? String(range.from) : `${range.from}..${range.to}`;
        below.in({ kind: item.kind, name: "" }, "feature_ranges").add({
          subject: "feature-range",
          element: range,
          name: range.owner,
          keyed: `${range.owner} ${range.from}`,
          facts: { bits },
          summary: `bits ${bits}`,
        });
      }
      break;
    case "queues":
      queues(item, below.in({ kind: item.kind, name: "" }, "queues"));
      break;
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
      constants(item, below);
      break;
    case "constant":
      below.in({ kind: item.kind, name: "" }, "constants").add(ofConstant(item, false));
      break;
    case "config":
    case "struct":
      below.in({ kind: item.kind, name: item.name }, item.kind === "config" ? "config" : `struct ${item.name}`).add(
        {
          subject: item.kind,
          element: item,
          name: "",
          facts: {
            size: sizeText(item.layout, item.kind === "config"),
          },
          summary: sizeText(item.layout, item.kind === "config"),
        },
        (members) => membersOf(item.members, members, surroundings(called, item.kind === "config")),
      );
      break;
    case "response":
      below.in({ kind: item.kind, name: item.to }, `response to ${item.to}`).add(
        {
          subject: "message",
          element: item,
          name: "",
          facts: { size: sizeText(item.layout, false) },
          summary: sizeText(item.layout, false),
        },
        (members) => membersOf(item.members, members, surroundings(called, false)),
      );
      break;
    case "request":
    case "message":
    case "event": {
      const used = module.items.flatMap((one) => (one.kind === "queues" ? one.queues : []));
      const conditions = item.queues.map((name) => used.find((queue) => queue.name === name)?.if);
      // There as soon as one of its queues is.
      const reach = conditions.every((condition) => condition !== undefined)
        ? conditions.reduce((any, one) => ({ op: "|", left: any, right: one }))
        : undefined;
      below.in({ kind: item.kind, name: item.name }, `${item.kind} ${item.name}`).add(
        {
          subject: "message",
          element: item,
          name: "",
          facts: {
            queues: item.queues.join(", "),
            kind: item.kind,
            refuse: refusedBy(item, module),
          },
          conditions: reach === undefined ? [] : [reach],
          summary: `${item.kind} on ${item.queues.join(", ")}`,
        },
        (parts) => partsOf(item.parts, parts, surroundings(called, false)),
      );
      break;
    }
    case "registers":
      below.in({ kind: item.kind, name: item.name }, `registers ${item.name}`).add(
        {
          subject: "registers",
          element: item,
          name: "",
          facts: { title: item.title, kind: item.numbered === true ? "numbered" : "" },
          summary: item.title,
        },
        (registers) => {
          for (const register of item.registers) {
            const type = register.type.name;
            registers.add({
              subject: "register",
              element: register,
              place: `${register.offset} ${register.access} ${type} ${register.bank ?? ""}`,
              facts: {
                type,
                offset: String(register.offset),
                access: register.access,
                bank: register.bank ?? "",
                value: conditionText(register.value),
                values: valuesText(register.values, called),
              },
              extent: { offset: register.offset, size: register.type.size, base: "" },
              summary: [
                `${register.access} ${type} at 0x${register.offset.toString(16)}`,
                register.bank === undefined ? "" : `bank ${register.bank}`,
              ]
                .filter((part) => part !== "")
                .join(", "),
            });
          }
        },
      );
      break;
    case "external":
      below.in({ kind: item.kind, name: "" }, "types").add({
        subject: "external",
        element: item,
        facts: { size: item.size === undefined ? "" : `${item.size} bytes`, refers: item.from ?? "" },
        summary: item.size === undefined ? "" : `${item.size} bytes`,
      });
      break;
    case "parameter":
      below.in({ kind: item.kind, name: "" }, "parameters").add({
        subject: "parameter",
        element: item,
        facts: {},
        summary: "",
      });
      break;
    case "rule":
      below.in({ kind: item.kind, name: "" }, "rules").add(ofRule(item));
      break;
    case "erratum": {
      const [erratum] = item.errata ?? [];
      const text = erratum === undefined ? "" : erratumText(erratum);
      below.in({ kind: item.kind, name: "" }, "errata").add({
        subject: "erratum",
        element: { ...item, errata: [] },
        name: erratum?.id ?? item.name,
        facts: { documentation: text },
        summary: text,
      });
      break;
    }
    case "house":
      house(item, below.in({ kind: item.kind, name: item.name }, `house ${item.name}`), called);
      break;
  }
}

function surroundings(module: string, config: boolean): Surroundings {
  return { module, config, prefix: "", base: "" };
}

/** The legacy interface has some things in the guest's byte order; every later revision has all as their types say. */
function byteOrder(module: Module, revision: Revision): string {
  if (module.legacyNative.length === 0) return "";
  return revision === "0.9.5" ? `the guest's: ${module.legacyNative.join(", ")}` : "little-endian";
}

function ofFeature(feature: Feature): Draft {
  const requires = feature.requires.map((one) => printExpression(one)).join("; ");
  return {
    subject: "feature",
    element: feature,
    // Several names of one bit are no renaming of each other.
    place: feature.aliasOf === undefined ? `bit ${feature.bit}` : undefined,
    facts: { bit: String(feature.bit), requires, values: feature.aliasOf ?? "" },
    value: String(feature.bit),
    summary: [`bit ${feature.bit}`, requires === "" ? "" : `requires ${requires}`]
      .filter((part) => part !== "")
      .join(", "),
  };
}

function queues(item: Queues, below: EntryMaker): void {
  for (const queue of item.queues) {
    const each =
      queue.each === undefined
        ? ""
        : ` for ${queue.each.variable} in ${rangeText({ from: queue.each.from, to: queue.each.to })}`;
    const number = printExpression(queue.number) + each;
    const named = new Set<string>();
    for (const part of [queue.number, ...(queue.each === undefined ? [] : [queue.each.from, queue.each.to])])
      walkExpression(part, (one) => {
        if (one.op === "variable") named.add(one.name);
      });
    const where = item.where
      .filter((one) => named.has(one.name))
      .map((one) => `${one.name} = ${printExpression(one.value)}`)
      .join(", ");
    below.add({
      subject: "queue",
      element: queue,
      place: `number ${number}`,
      facts: { number: where === "" ? number : `${number} where ${where}`, aliases: (queue.compact ?? []).join(", ") },
      summary: `number ${number}`,
    });
  }
}

/** Constants of a group without a name belong to the module itself. */
function constants(group: ConstantGroup, below: EntryMaker): void {
  if (group.name === "") {
    const loose = below.in({ kind: group.kind, name: "" }, "constants");
    for (const constant of group.constants) loose.add(ofConstant(constant, false));
    return;
  }
  below.in({ kind: group.kind, name: group.name }, `${group.kind} ${group.name}`).add(
    {
      subject: "constants",
      element: group,
      name: "",
      facts: { kind: group.kind },
      summary: group.constants.map((one) => `${one.name} = ${constantText(one)}`).join(", "),
    },
    (inside) => {
      for (const constant of group.constants) inside.add(ofConstant(constant, true));
    },
  );
}

/** @param grouped its value means it among its siblings, so that another name for it is a renaming */
function ofConstant(constant: Constant, grouped: boolean): Draft {
  return {
    subject: "constant",
    element: constant,
    place: grouped && constant.aliasOf === undefined ? `${constant.type} ${constant.value}` : undefined,
    facts: { value: constantText(constant), kind: constant.type },
    value: String(constant.value),
    summary: `= ${constantText(constant)}`,
  };
}

function command(item: Command, called: string, below: EntryMaker): void {
  below.in({ kind: item.kind, name: item.name }, `${item.kind} ${item.name}`).add(
    {
      subject: "command",
      element: item,
      name: "",
      place: item.number === undefined ? undefined : `${item.kind} ${item.number}`,
      facts: {
        number: item.number === undefined ? "" : String(item.number),
        direction: item.direction ?? "",
        refers: (item.refers ?? []).join(", "),
        members: (item.given ?? []).join(", "),
        since: item.transportRevision === undefined ? "" : `since revision ${item.transportRevision}`,
      },
      value: item.number === undefined ? undefined : String(item.number),
      summary: item.number === undefined ? "" : `number 0x${item.number.toString(16)}`,
    },
    (sections) => {
      for (const section of item.sections) {
        const size = sizeText(section.layout, false);
        sections.add(
          {
            subject: "section",
            // A section has a name and nothing else of an element.
            element: {
              ...item,
              name: section.name,
              cName: section.name,
              was: [],
              doc: "",
              aliases: [],
              errata: [],
            },
            facts: { size },
            conditions: [],
            summary: size,
          },
          (members) => membersOf(section.members, members, surroundings(called, false)),
        );
      }
    },
  );
}

function ofRule(rule: Rule): Draft {
  const names = new Set<string>();
  for (const expression of rule.expression === undefined ? [] : [rule.expression])
    walkExpression(expression, (part) => {
      if (part.op === "feature" || part.op === "member") names.add(printExpression(part));
    });
  const about = [...names].toSorted().join(" ");
  const text = ruleText(rule);
  return {
    subject: "rule",
    // The label is part of what it is known by.
    element: { ...rule, name: "", cName: "" },
    name: text,
    keyed: `${rule.label ?? ""} ${text}`,
    place: about === "" ? undefined : `${ruleHead(rule)} ${rule.label ?? ""} ${about}`,
    facts: { "range": text, "held-by": (rule.heldBy ?? []).map(({ path }) => path.join(".")).join(", ") },
    summary: "",
  };
}

/** What another house makes of the module: names, never the bytes, which `check` holds against it. */
function house(item: House, below: EntryMaker, module: string): void {
  below.add(
    {
      subject: "house",
      element: item,
      name: "",
      facts: {
        header: [item.header ?? "", ...item.includes].filter((part) => part !== "").join(", "),
        members: item.omitted.join(", "),
      },
      summary: item.header ?? "",
    },
    (inside) => {
      for (const view of item.views) {
        const members = view.members.map((member) => (member.name === "" ? member.kind : member.name)).join(", ");
        const size = sizeText(view.layout, false);
        inside.add({ subject: "view", element: view, facts: { members, size, refers: view.of }, summary: size });
      }
      for (const typedef of item.typedefs) {
        const type = typeText(typedef.type, [], module);
        inside.add({ subject: "typedef", element: typedef, facts: { type }, summary: type });
      }
      for (const one of item.constants)
        for (const constant of one.kind === "constant" ? [one] : one.constants) inside.add(ofConstant(constant, false));
    },
  );
}

/** What a request that a device does not know is answered with, where that is not said by one of its own members. */
function refusedBy(request: Request, module: Module): string {
  if (request.unwritten === true) return "nothing";
  const structs = module.items.filter((item) => item.kind === "struct");
  return refusalMembers(request, (type) => structs.find((struct) => struct.name === type.name))
    .flatMap(({ field, struct }) => (struct === undefined ? [] : [conditionText(field.refuse)]))
    .join(", ");
}
