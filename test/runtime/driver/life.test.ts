import { describe, expect, it } from "vitest";
import { mmioRig } from "./mmio-rig.ts";
import { rejectionOf } from "./rejection.ts";
import { Core, F, S } from "./shelf.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";

describe("the life of a driver", () => {
  it("begins with start and ends with stop, again and again, and takes no more memory", async () => {
    const { driver, dma, device } = mmioRig();
    const before = dma.free;
    for (let round = 0; round < 5; round++) {
      await driver.start();
      expect(device.running).toBe(true);
      expect(await driver.write(0, Buffer.from("x"))).toBe(S.OK);
      await driver.restart();
      expect((await driver.read(0, 1)).output).toEqual(Uint8Array.of(120));
      await driver.stop();
      await driver.stop();
      expect(device.status).toBe(0);
      expect(dma.free).toBe(before);
    }
  });

  it("has one step at a time", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    mmio.fixed.set(0x70, () => (mmio.status === 0 ? 1 : mmio.status));
    const first = driver.start();
    expect(await rejectionOf(driver.start())).toMatchObject({ code: "misuse" });
    expect(await rejectionOf(driver.stop())).toMatchObject({ code: "misuse" });
    mmio.fixed.delete(0x70);
    await first;
    expect(await rejectionOf(driver.start())).toMatchObject({ code: "misuse" });
  });

  it("goes on after the device needed a reset", async () => {
    const { driver, device } = mmioRig();
    await driver.start();
    const failed: string[] = [];
    const end = driver.onFailure((error) => failed.push(error.code));
    device.breakDown();
    expect(failed).toEqual(["needs-reset"]);
    expect(await rejectionOf(driver.read(0, 1))).toBe(driver.failure);
    await driver.restart();
    expect((await driver.read(0, 1)).status).toBe(S.OK);
    end();
    device.breakDown();
    expect(failed).toHaveLength(1);
  });

  it("waits for a device that takes its time to reset", async () => {
    const mmio = new ScriptedMmio();
    let looks = 0;
    mmio.fixed.set(0x70, () => (mmio.status === 0 && ++looks < 20 ? 15 : mmio.status));
    const driver = mmio.driver({ timeout: 5000 });
    await driver.start();
    expect(looks).toBe(20);
    expect(driver.running).toBe(true);
  });
});

describe("queues of a driver", () => {
  it("are as many as the configuration space says", async () => {
    const { driver, device } = mmioRig({ offered: [F.MQ, F.EVENTS] });
    await driver.start();
    expect(driver.queuePlaces).toEqual([
      { name: "requestq", index: 0, number: 0 },
      { name: "requestq", index: 1, number: 1 },
      { name: "noticeq", index: 0, number: 3 },
    ]);
    await driver.write(0, Buffer.from("two"));
    expect(Buffer.from((await driver.read(0, 3, 1)).output).toString()).toBe("two");
    expect(await rejectionOf(driver.read(0, 3, 2))).toMatchObject({ code: "queue-missing" });
    expect(device.queueEnabled(3)).toBe(true);
  });

  it("may be left out, and numbered as another house does", async () => {
    const { driver, device } = mmioRig({
      offered: [F.MQ],
      driver: { queues: ({ index }) => index === 1 },
    });
    await driver.start();
    expect(driver.queuePlaces).toEqual([{ name: "requestq", index: 1, number: 1 }]);
    expect(device.queueEnabled(0)).toBe(false);
    const mmio = new ScriptedMmio();
    mmio.offered.add(F.EVENTS);
    const linux = mmio.driver({ queueNumbering: "linux" });
    await linux.start();
    expect(linux.queuePlaces.map(({ number }) => number)).toEqual([0, 1]);
  });

  it("are reset alone, where that was negotiated", async () => {
    const { driver, dma } = mmioRig({ offered: [Core.RING_RESET, F.EVENTS] });
    driver.listening = 4;
    await driver.start();
    expect(await rejectionOf(driver.resetQueue("otherq"))).toMatchObject({ code: "queue-missing" });
    const { free } = dma;
    for (let round = 0; round < 5; round++) await driver.resetQueue("requestq");
    expect(dma.free).toBe(free);
    expect((await driver.read(0, 1)).status).toBe(S.OK);
    await driver.resetQueue("noticeq");
    // The buffers for events are the driver's again.
    expect(dma.free).toBe(free - 64 + 4 * 64);
    const other = mmioRig();
    await other.driver.start();
    expect(await rejectionOf(other.driver.resetQueue("requestq"))).toMatchObject({ code: "not-negotiated" });
  });
});

describe("completion", () => {
  it("by polling needs no interrupt", async () => {
    const { driver, log } = mmioRig({ driver: { polled: true } });
    await driver.start();
    const reply = driver.read(0, 1);
    log.length = 0;
    expect(driver.poll()).toBe(1);
    expect((await reply).status).toBe(S.OK);
    // The notification, and no acknowledgement.
    expect(log).toEqual(["write 0x50 4 0"]);
  });

  it.each([[[]], [[Core.EVENT_IDX]], [[Core.RING_PACKED, Core.EVENT_IDX]]])(
    "loses no interrupt while the driver looks by itself, too, with %s",
    async (bits) => {
      const { driver, device } = mmioRig({ offered: bits, driver: { features: bits } });
      device.holds = true;
      await driver.start();
      for (let round = 0; round < 300; round++) {
        const reply = driver.read(0, 1);
        driver.poll();
        device.held.pop()?.();
        expect((await reply).status).toBe(S.OK);
      }
    },
  );

  it("works over memory that threads share", async () => {
    for (const bits of [[], [Core.RING_PACKED]]) {
      const { driver } = mmioRig({ offered: bits, driver: { features: bits }, memory: new SharedArrayBuffer(1 << 20) });
      await driver.start();
      expect(await driver.write(9, Buffer.from("shared"))).toBe(S.OK);
      expect(Buffer.from((await driver.read(9, 6)).output).toString()).toBe("shared");
      expect(Buffer.from((await driver.names(64)).names).toString()).toBe("ab  cdef");
    }
  });
});
