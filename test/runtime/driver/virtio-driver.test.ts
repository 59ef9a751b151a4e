import { describe, expect, it } from "vitest";
import { mmioRig } from "./mmio-rig.ts";
import { FeatureSet } from "../../../src/runtime/features.ts";
import { Core, F, S, type Feature } from "./shelf.ts";

const layouts: [name: string, bits: Feature[]][] = [
  ["split", []],
  ["packed", [Core.RING_PACKED]],
];
const extras: [name: string, bits: Feature[]][] = [
  ["nothing more", []],
  ["event index", [Core.EVENT_IDX]],
  ["indirect tables", [Core.INDIRECT_DESC]],
  ["use in order", [Core.IN_ORDER]],
  ["notification data", [Core.NOTIFICATION_DATA]],
  ["all of these", [Core.EVENT_IDX, Core.INDIRECT_DESC, Core.IN_ORDER, Core.NOTIFICATION_DATA]],
];

describe.each(layouts)("a driver and its device, %s ring", (_name, layout) => {
  it.each(extras)("with %s: what is written is read back", async (_extra, extra) => {
    const bits = [...layout, ...extra, F.TRIM];
    const { driver, device } = mmioRig({ offered: bits, driver: { features: bits, queueSize: 8 } });
    await driver.start();
    expect(driver.features.equals(new FeatureSet([...bits, Core.VERSION_1]))).toBe(true);
    for (let round = 0; round < 40; round++) {
      const text = Buffer.from(`round ${round}`);
      expect(await driver.write(round * 16, text)).toBe(S.OK);
      const { status, output } = await driver.read(round * 16, text.length);
      expect({ status, text: Buffer.from(output).toString() }).toEqual({ status: S.OK, text: `round ${round}` });
    }
    expect(await driver.trim(3, [1, 2, 3])).toBe(S.OK);
    expect(device.trimmed).toEqual([[1, 2, 3]]);
    expect(Buffer.from((await driver.names(64)).names).toString()).toBe("ab  cdef");
    expect((await driver.read(1 << 20, 10)).status).toBe(S.ERROR);
    expect((await driver.unknown(99)).answer.status).toBe(S.UNKNOWN);
    expect(device.needsReset).toBeUndefined();
    await driver.stop();
    expect(device.status).toBe(0);
  });

  it("sends more requests than the ring has room for, in their order", async () => {
    const bits = [...layout];
    const { driver } = mmioRig({ offered: bits, driver: { features: bits, queueSize: 4 } });
    await driver.start();
    await driver.write(
      0,
      Uint8Array.from({ length: 100 }, (_, index) => index),
    );
    const all = await Promise.all(Array.from({ length: 100 }, (_, index) => driver.read(index, 1)));
    expect(all.map(({ output }) => output[0])).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });
});
