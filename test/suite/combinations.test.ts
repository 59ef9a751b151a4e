import { describe, it } from "vitest";
import { F } from "../../generated/typescript/config.ts";
import { scenarios } from "./scenarios.ts";
import type { Bus } from "./computer.ts";

const buses: readonly Bus[] = ["mmio", "pci"];
const optional: readonly (readonly [name: string, bit: F])[] = [
  ["event index", F.EVENT_IDX],
  ["indirect", F.INDIRECT_DESC],
  ["in order", F.IN_ORDER],
];

/** All subsets. */
function subsets<T>(all: readonly T[]): T[][] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) & 1));
}

describe.each(scenarios)("$name: the generated driver against the device", (scenario) => {
  for (const bus of buses) {
    for (const [layout, bits] of [
      ["split", []],
      ["packed", [F.RING_PACKED]],
    ] as const) {
      for (const set of subsets(optional)) {
        const name = [bus, layout, ...set.map(([one]) => one)].join(", ");
        it(name, () => scenario.run({ bus, ringFeatures: [...bits, ...set.map(([, bit]) => bit)] }));
      }
    }
  }
});
