import { describe, it } from "vitest";
import { F } from "../../generated/typescript/config.ts";
import { scenarios } from "./scenarios.ts";

describe.each(scenarios)("$name on the legacy interface", (scenario) => {
  for (const bus of ["mmio", "pci"] as const) {
    for (const legacy of ["little", "big"] as const) {
      for (const ringFeatures of [[], [F.EVENT_IDX], [F.INDIRECT_DESC], [F.EVENT_IDX, F.INDIRECT_DESC]]) {
        const name = [bus, `${legacy}-endian guest`, ...ringFeatures.map((bit) => `feature ${bit}`)].join(", ");
        it(name, () => scenario.run({ bus, legacy, ringFeatures }));
      }
    }
  }
});
