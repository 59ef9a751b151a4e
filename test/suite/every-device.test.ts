import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { F } from "../../generated/typescript/config.ts";
import { VirtioDevice, VirtioDriver } from "../../src/runtime/index.ts";
import type { Setting } from "./computer.ts";
import { describedDevices } from "./described-devices.ts";
import { featureChoices } from "./feature-choices.ts";
import { RandomTraffic } from "./random-traffic.ts";

const settings: readonly { readonly name: string; readonly setting: Setting }[] = (["mmio", "pci"] as const).flatMap(
  (bus) => [
    { name: `${bus}, split`, setting: { bus, ringFeatures: [] } },
    { name: `${bus}, packed`, setting: { bus, ringFeatures: [F.RING_PACKED] } },
  ],
);

describe.each(describedDevices)("$name: the generated driver against the generated device", (type) => {
  const choices = featureChoices(type.description.features);

  it.each(settings)("$name: every operation with every feature alone and with all", async ({ setting }) => {
    const used = new Set<string>();
    for (const { name, bits } of choices) {
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (draw) => {
          try {
            const traffic = new RandomTraffic(type, bits, setting, draw);
            await traffic.run();
            for (const one of traffic.used) used.add(one);
          } catch (error) {
            throw new Error(`with ${name}`, { cause: error });
          }
        }),
        { numRuns: 1, endOnFailure: true },
      );
    }
    const all = type.operations.filter(({ operation }) => !operation.legacy).map((one) => one.name);
    expect([...used].toSorted()).toEqual(all.toSorted());
  });
});

it.each(describedDevices)("$name: no operation has the name of a member of the base classes", ({ Device, Driver }) => {
  for (const [Class, Base] of [
    [Device, VirtioDevice],
    [Driver, VirtioDriver],
  ] as const) {
    const base = new Set([
      ...Object.getOwnPropertyNames(Base.prototype),
      ...Object.getOwnPropertyNames(Object.prototype),
    ]);
    const own: readonly string[] = Object.getOwnPropertyNames(Class.prototype);
    expect(own.filter((name) => base.has(name))).toEqual(["constructor"]);
  }
});

it("every device type of the standard that is described is among them", () => {
  expect(describedDevices.length).toBeGreaterThanOrEqual(23);
});
