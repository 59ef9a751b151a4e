import { isCommand } from "../../ir/item-kinds.ts";
import type { Command, ConstantGroup, Erratum, Item, Request, Response, Rule, Struct } from "../../ir/model.ts";
import { code } from "./markdown.ts";

/** Headings that others link to: a page and its links have to agree on them. */

export const queuesHeading = "Virtqueues";
export const featuresHeading = "Feature bits";
export const configHeading = "Device configuration layout";
export const messagesHeading = "Device operation";
export const structsHeading = "Structures";
export const constantsHeading = "Constants";
export const singleConstantsHeading = "Single constants";
export const registersHeading = "Registers";
export const externalTypesHeading = "External types";
export const parametersHeading = "Parameters";
export const requirementsHeading = "Requirements";
export const errataHeading = "Errata";
export const changesHeading = "Changes by revision";

export function structHeading(struct: Struct): string {
  return code(`struct ${struct.cName}`);
}

const groupKinds: Readonly<Record<ConstantGroup["kind"], string>> = {
  enum: "Enum",
  flags: "Flags",
  bits: "Bits",
  shared_memory: "Shared memory",
};

/** A group without a name is known by its first constant. */
export function groupHeading(group: ConstantGroup): string {
  if (group.name !== "") return `${groupKinds[group.kind]} ${code(group.name)}`;
  const [first] = group.constants;
  return first === undefined ? groupKinds[group.kind] : `${groupKinds[group.kind]} from ${code(first.cName)}`;
}

const messageKinds: Readonly<Record<(Request | Response)["kind"], string>> = {
  request: "Request",
  message: "Message",
  event: "Event",
  response: "Response to",
};

export function messageHeading(message: Request | Response): string {
  return `${messageKinds[message.kind]} ${code(message.kind === "response" ? message.to : message.name)}`;
}

export const commandKinds: Readonly<Record<Command["kind"], { readonly one: string; readonly many: string }>> = {
  ccw_command: { one: "CCW command", many: "CCW commands" },
  capability: { one: "Capability", many: "Device and driver capabilities" },
  resource: { one: "Resource object", many: "Device resource objects" },
  device_part: { one: "Device part", many: "Device parts" },
};

export function commandHeading(command: Command): string {
  return `${commandKinds[command.kind].one} ${code(command.name)}`;
}

/** The section of a page that an item of a description is in; empty where it has none of its own. */
export function sectionHeading(item: Item): string {
  if (isCommand(item)) return commandKinds[item.kind].many;
  switch (item.kind) {
    case "queues":
      return queuesHeading;
    case "features":
    case "feature_ranges":
      return featuresHeading;
    case "config":
      return configHeading;
    case "request":
    case "message":
    case "event":
    case "response":
      return messagesHeading;
    case "struct":
      return structsHeading;
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
    case "constant":
      return constantsHeading;
    case "registers":
      return registersHeading;
    case "external":
      return externalTypesHeading;
    case "parameter":
      return parametersHeading;
    case "rule":
      return isFeatureRule(item) ? featuresHeading : requirementsHeading;
    case "erratum":
      return errataHeading;
    case "house":
      return "";
  }
}

/** The heading of an item itself: within its section, or the section's own. */
export function itemHeading(item: Item): string {
  if (isCommand(item)) return commandHeading(item);
  switch (item.kind) {
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
      return groupHeading(item);
    case "constant":
      return singleConstantsHeading;
    case "struct":
      return structHeading(item);
    case "request":
    case "message":
    case "event":
    case "response":
      return messageHeading(item);
    case "registers":
      return item.title;
    default:
      return sectionHeading(item);
  }
}

/** Whether the rule is about features only, and is shown beside them. */
export function isFeatureRule(rule: Rule): boolean {
  return (
    rule.form === "requires" || rule.form === "at_least_one" || rule.form === "conflicts" || rule.form === "offers"
  );
}

/** Plain text: an erratum's name may hold what Markdown takes for markup. */
export function erratumHeading(erratum: Erratum): string {
  return `Erratum: ${erratum.id}`;
}
