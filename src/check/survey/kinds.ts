import type { Command, ConstantGroup, Item, Part, PartItem, PartSwitch, Request } from "../../ir/model.ts";

/** Every part of a request, those of its alternatives included. */
export function partsOf(items: readonly PartItem[]): readonly Part[] {
  let parts = partsOfItems.get(items);
  if (parts === undefined) {
    parts = items.flatMap((item) => (item.kind === "part" ? [item] : item.arms.flatMap((arm) => partsOf(arm.parts))));
    partsOfItems.set(items, parts);
  }
  return parts;
}

const partsOfItems = new WeakMap<readonly PartItem[], readonly Part[]>();

/** Every switch among the parts of a request, those inside of alternatives included. */
export function switchesOf(items: readonly PartItem[]): readonly PartSwitch[] {
  return items.flatMap((item) =>
    item.kind === "part" ? [] : [item, ...item.arms.flatMap((arm) => switchesOf(arm.parts))],
  );
}

export function isRequest(item: Item): item is Request {
  return item.kind === "request" || item.kind === "message" || item.kind === "event";
}

const commandKinds: ReadonlySet<string> = new Set<Command["kind"]>([
  "pci_capability",
  "ccw_command",
  "admin_command",
  "capability",
  "resource",
  "device_part",
]);

export function isCommand(item: Item): item is Command {
  return commandKinds.has(item.kind);
}

export function isGroup(item: Item): item is ConstantGroup {
  return item.kind === "enum" || item.kind === "flags" || item.kind === "bits" || item.kind === "shared_memory";
}
