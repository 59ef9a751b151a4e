import { describe, expect, it } from "vitest";
import { chooseFeatures, type FeatureWishes } from "../../../src/runtime/driver/negotiation.ts";
import { featureTable, FeatureSet } from "../../../src/runtime/features.ts";
import { rejectionOf } from "./rejection.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";
import { mmioRig } from "./mmio-rig.ts";
import { Core, F, shelf } from "./shelf.ts";

const V1 = Core.VERSION_1;

function choose(wishes: Partial<Omit<FeatureWishes, "offered">> & { offered: Iterable<number> }): number[] {
  const { offered, ...others } = wishes;
  const all = { table: shelf.features, wanted: undefined, required: [], legacy: false, ...others };
  return chooseFeatures({ ...all, offered: new FeatureSet(offered) }).bits();
}

describe("the features that a driver accepts", () => {
  it("are those that it wants and the device offers", () => {
    expect(choose({ offered: [V1, F.TRIM, F.MQ, 100], wanted: [F.TRIM, F.EVENTS] })).toEqual([F.TRIM, V1]);
  });

  it("are all that the description knows, where nothing is wanted, and what costs nothing", () => {
    const offered = [V1, F.TRIM, F.OLD, 100, Core.EVENT_IDX, Core.INDIRECT_DESC, Core.RING_PACKED];
    expect(choose({ offered })).toEqual([F.TRIM, Core.INDIRECT_DESC, Core.EVENT_IDX, V1]);
  });

  it("come with what they need, if that is offered", () => {
    expect(choose({ offered: [V1, F.DEEP, F.TRIM, F.MQ], wanted: [F.DEEP] })).toEqual([F.TRIM, F.MQ, F.DEEP, V1]);
  });

  it("are dropped where they lack something, and do not bring what else they need", () => {
    expect(choose({ offered: [V1, F.DEEP, F.TRIM], wanted: [F.DEEP] })).toEqual([V1]);
  });

  it("are dropped where they need that another is not there", () => {
    const offered = [V1, F.HIGH, F.EITHER, F.DEEP, F.TRIM, F.MQ];
    expect(choose({ offered, wanted: [F.DEEP, F.HIGH] })).toEqual([F.TRIM, F.MQ, F.DEEP, V1]);
  });

  it("have one of those that exclude each other: the one that is required, else the first", () => {
    const offered = [V1, F.EITHER, F.OR];
    expect(choose({ offered })).toEqual([V1, F.EITHER]);
    expect(choose({ offered, required: [F.OR] })).toEqual([V1, F.OR]);
  });

  it("have one where the device type cannot do without", () => {
    const table = featureTable({ A: 0, B: 1 }, { atLeastOne: [[0, 1]] });
    expect(choose({ table, offered: [V1, 1], wanted: [] })).toEqual([1, V1]);
    expect(() => choose({ table, offered: [V1], wanted: [] })).toThrow(
      /no features can be agreed on: at least one of A/,
    );
  });

  it("leave out what cannot be had together, whatever the description says", () => {
    // Each needs the other to be absent, and one of them has to be there.
    const table = featureTable(
      { A: 0, B: 1 },
      {
        requires: [
          [0, [1]],
          [1, [~0]],
        ],
      },
    );
    expect(choose({ table, offered: [V1, 0, 1] })).toEqual([V1]);
  });

  it("have VERSION_1 but on the legacy interface, which has others", () => {
    expect(() => choose({ offered: [F.TRIM] })).toThrow(/does not offer what is required: VERSION_1/);
    expect(choose({ offered: [F.TRIM, F.OLD], legacy: true })).toEqual([F.TRIM, F.OLD]);
  });

  it("are refused where others forbid what is required", () => {
    expect(() => choose({ offered: [V1, F.EITHER, F.OR], required: [F.EITHER, F.OR] })).toThrow(
      /others do not allow what is required: OR/,
    );
  });
});

describe("negotiation", () => {
  it("writes words beyond the first two only where there is something in them", async () => {
    const { driver, log } = mmioRig({ offered: [F.TRIM] });
    await driver.start();
    const selected = log.filter((line) => line.startsWith("write 0x24"));
    expect(selected).toEqual(["write 0x24 4 0", "write 0x24 4 1"]);
  });

  it("reaches the upper half of the feature space", async () => {
    const { driver, device } = mmioRig({ offered: [F.HIGH, F.EITHER] });
    await driver.start();
    expect(driver.features.has(F.HIGH)).toBe(true);
    expect(device.features.has(F.EITHER)).toBe(true);
    expect(device.running).toBe(true);
  });

  it("sets the status step by step", async () => {
    const mmio = new ScriptedMmio();
    const steps: number[] = [];
    const driver = mmio.driver();
    const write = mmio.write.bind(mmio);
    mmio.write = (offset, width, value) => {
      if (offset === 0x70) steps.push(value);
      write(offset, width, value);
    };
    await driver.start();
    await driver.stop();
    expect(steps).toEqual([0, 1, 3, 11, 15, 0]);
    expect(await rejectionOf(driver.read(0, 1))).toMatchObject({ code: "reset" });
  });
});
