import type { Part, PartItem, PartSwitch } from "../../ir/model.ts";

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
