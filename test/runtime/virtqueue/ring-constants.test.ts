import { describe, expect, it } from "vitest";

import * as ringConstants from "../../../src/runtime/described/ring-constants.ts";
import { queueFeatures } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { cut } from "../../../src/ir/cut.ts";
import { standard } from "../../target/c/descriptions.ts";

/** As the runtime has it. */
function bare(name: string): string {
  return name.replace(/^VIRT(?:Q|IO)_/, "");
}

/** Every number of the description's ring and config modules, by the names that the runtime has for them. */
function described(): Map<string, number> {
  const found = new Map<string, number>();
  for (const { name: module, items } of cut(standard(), "1.4").modules) {
    if (module !== "ring" && module !== "config") continue;
    for (const item of items) {
      if (item.kind === "constant") found.set(bare(item.cName), Number(item.value));
      if (item.kind === "enum" || item.kind === "flags") {
        for (const { cName, value } of item.constants) found.set(bare(cName), Number(value));
      }
      if (item.kind === "features") {
        for (const feature of item.features) found.set(bare(feature.cName), feature.bit);
      }
      if (item.kind === "struct" && item.layout?.size !== undefined) {
        found.set(`${item.name.toUpperCase()}_SIZE`, Number(item.layout.size));
      }
    }
  }
  return found;
}

describe("the runtime's ring constants", () => {
  const numbers = described();
  it.each(Object.entries(ringConstants))("%s is the description's", (name, value) => {
    expect(numbers.get(name)).toBe(value);
  });

  it("tell the features of a queue by their bits", () => {
    expect(queueFeatures((bit) => bit === 32 || bit === 34 || bit === 29)).toEqual({
      packed: true,
      indirectDesc: false,
      eventIdx: true,
      inOrder: false,
      notificationData: false,
      legacy: false,
      notifyOnEmpty: false,
    });
    expect(queueFeatures((bit) => bit === 24).notifyOnEmpty).toBe(true);
  });
});
