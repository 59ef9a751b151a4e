import { describe, expect, it } from "vitest";
import { mmioRig } from "./mmio-rig.ts";
import { Core, F, type Feature, type ShelfDriver } from "./shelf.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";

const rings: [string, Feature[]][] = [
  ["split", []],
  ["packed", [Core.RING_PACKED]],
  ["split, event index", [Core.EVENT_IDX]],
  ["packed, in order", [Core.RING_PACKED, Core.IN_ORDER]],
];

describe.each(rings)("events over a %s ring", (_name, ring) => {
  it("come with their values and bytes, as often as the device likes", async () => {
    const bits = [...ring, F.EVENTS];
    const { driver, device } = mmioRig({ offered: bits, driver: { features: bits } });
    driver.listening = 3;
    await driver.start();
    for (let place = 0; place < 20; place++) {
      expect(device.full(place)).toBe(true);
      expect(device.label(place, `label ${place}`)).toBe(true);
    }
    expect(driver.notices).toEqual(
      Array.from({ length: 20 }, (_, place) => [`full ${place}`, `label 5 ${place} label ${place}`]).flat(),
    );
    expect(driver.faults).toEqual([]);
    await driver.restart();
    device.full(99);
    expect(driver.notices.at(-1)).toBe("full 99");
  });
});

/** A driver of registers with nothing behind, which has given the device two buffers. */
async function listening(): Promise<{ mmio: ScriptedMmio; driver: ShelfDriver }> {
  const mmio = new ScriptedMmio();
  mmio.offered.add(F.EVENTS);
  const driver = mmio.driver();
  driver.listening = 2;
  await driver.start();
  return { mmio, driver };
}

describe("buffers for events", () => {
  it("are given to the device when the driver starts", async () => {
    const { mmio } = await listening();
    expect(mmio.notified).toEqual([2]);
  });

  it("come back to it also where they hold no event", async () => {
    const { mmio, driver } = await listening();
    mmio.use(0, 3, 1, 2);
    driver.interrupt();
    expect(driver.faults).toEqual([
      expect.objectContaining({ code: "wrong-answer", message: expect.stringContaining("3 bytes are no event") }),
    ]);
    mmio.use(1, 0, 2, 2);
    driver.interrupt();
    expect(driver.faults).toHaveLength(2);
    // What the buffer has since before is not looked at; what is written is.
    mmio.use(0, 4, 3, 2);
    driver.interrupt();
    expect(driver.notices).toEqual(["full 0"]);
    expect(mmio.notified).toEqual([2, 2, 2, 2]);
    expect(driver.running).toBe(true);
  });

  it("are not posted again once the driver has failed", async () => {
    const { mmio, driver } = await listening();
    mmio.use(5, 4, 1, 2);
    driver.interrupt();
    expect(driver.failure).toMatchObject({ code: "queue-broken" });
    expect(mmio.notified).toEqual([2]);
    await driver.stop();
    expect(mmio.dma.free).toBe((1 << 20) - 0x1000);
  });

  it("are no longer posted where the handler stops the driver", async () => {
    const { driver, device } = mmioRig({ offered: [F.EVENTS] });
    const stopped: Promise<void>[] = [];
    driver.listening = 1;
    driver.notices.push = (notice): number => {
      stopped.push(driver.stop());
      return notice.length;
    };
    await driver.start();
    expect(device.full(1)).toBe(true);
    await Promise.all(stopped);
    expect(stopped).toHaveLength(1);
    expect(device.full(2)).toBe(false);
    expect(driver.running).toBe(false);
  });
});
