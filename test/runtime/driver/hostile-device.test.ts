import { describe, expect, it } from "vitest";
import { STATUS } from "../../../src/runtime/described/config.ts";
import { Register } from "../../../src/runtime/described/mmio.ts";
import { FeatureSet } from "../../../src/runtime/features.ts";
import { rejectionOf } from "./rejection.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";
import { F, S, type ShelfDriver } from "./shelf.ts";

/** A driver with two requests under way: ids 0 and 3 of a queue of 8, as each takes three descriptors. */
async function underWay(): Promise<{ mmio: ScriptedMmio; driver: ShelfDriver; pending: Promise<unknown>[] }> {
  const mmio = new ScriptedMmio();
  const driver = mmio.driver();
  await driver.start();
  const pending = [rejectionOf(driver.read(0, 16)), rejectionOf(driver.read(1, 16)), rejectionOf(driver.read(2, 16))];
  await Promise.resolve();
  expect(mmio.notified).toEqual([0]);
  return { mmio, driver, pending };
}

describe("what is no device", () => {
  it.each([
    [Register.MagicValue, 0xffff_ffff, "no-device", "0xffffffff"],
    [Register.Version, 3, "wrong-version", "version 3"],
    [Register.DeviceID, 0, "no-device", "device id is 0"],
    [Register.DeviceID, 2, "no-device", "type 2, shelf is 42"],
  ])("register %i reads as %i: %s", (register, value, code, message) => {
    const mmio = new ScriptedMmio();
    mmio.fixed.set(register, value);
    expect(() => mmio.driver()).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

describe("a device that does not let itself be set up", () => {
  it.each<[string, (mmio: ScriptedMmio) => void, string]>([
    ["never ends its reset", (mmio) => mmio.fixed.set(Register.Status, 1), "timed-out"],
    [
      "does not take the features",
      (mmio) => mmio.fixed.set(Register.Status, () => mmio.status & ~8),
      "features-refused",
    ],
    ["offers nothing of the standard", (mmio) => (mmio.offered = new FeatureSet()), "features-refused"],
    ["has no queue", (mmio) => mmio.fixed.set(Register.QueueSizeMax, 0), "queue-missing"],
    ["has its queue in use", (mmio) => mmio.fixed.set(Register.QueueReady, 1), "queue-unusable"],
    ["never settles its configuration", settlesNever, "config-unstable"],
    ["has more queues than memory", (mmio) => hasQueues(mmio, 0x8000), "out-of-memory"],
    ["has more queues than its type may have", (mmio) => hasQueues(mmio, 0x8001), "wrong-config"],
    ["needs a reset at once", needsReset, "needs-reset"],
  ])("%s", async (_what, script, code) => {
    const mmio = new ScriptedMmio();
    script(mmio);
    const driver = mmio.driver();
    expect(await rejectionOf(driver.start())).toMatchObject({ name: "DriverError", code });
    expect(driver.running).toBe(false);
    if (code !== "timed-out") expect(mmio.status & STATUS.FAILED).toBe(STATUS.FAILED);
    expect(await rejectionOf(driver.read(0, 1))).toMatchObject({ name: "DriverError" });
  });

  it("says which required features are not offered", async () => {
    const driver = new ScriptedMmio().driver({ required: [F.TRIM, F.HIGH] });
    expect(await rejectionOf(driver.start())).toMatchObject({
      code: "features-refused",
      message: expect.stringMatching(/TRIM, HIGH/),
    });
  });

  it("may say that its queue is as long as it likes", async () => {
    const mmio = new ScriptedMmio();
    mmio.fixed.set(Register.QueueSizeMax, 0xffff_fff7);
    const driver = mmio.driver();
    await driver.start();
    expect(mmio.read(Register.QueueSizeMax, 4)).toBe(0xffff_fff7);
    expect(driver.queuePlaces).toEqual([{ name: "requestq", index: 0, number: 0 }]);
  });

  it("gives all memory back once it is reset", async () => {
    const mmio = new ScriptedMmio();
    const before = mmio.dma.free;
    hasQueues(mmio, 0x8000);
    const driver = mmio.driver();
    await rejectionOf(driver.start());
    expect(mmio.dma.free).toBeLessThan(before);
    mmio.config.setUint16(12, 1, true);
    await driver.start();
    await driver.stop();
    expect(mmio.dma.free).toBe(before);
  });

  it("keeps its memory as long as it is not reset", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const used = mmio.dma.free;
    mmio.fixed.set(Register.Status, 4);
    expect(await rejectionOf(driver.stop())).toMatchObject({ code: "timed-out" });
    expect(mmio.dma.free).toBe(used);
  });
});

function settlesNever(mmio: ScriptedMmio): void {
  let generation = 0;
  mmio.fixed.set(Register.ConfigGeneration, () => ++generation);
}

function hasQueues(mmio: ScriptedMmio, count: number): void {
  mmio.offered.add(F.MQ);
  mmio.config.setUint16(12, count, true);
}

function needsReset(mmio: ScriptedMmio): void {
  mmio.fixed.set(Register.Status, () => {
    if ((mmio.status & STATUS.DRIVER_OK) !== 0) mmio.status |= STATUS.DEVICE_NEEDS_RESET;
    return mmio.status;
  });
}

describe("a device that breaks the rules of its queue", () => {
  it.each<[string, (mmio: ScriptedMmio) => void, string]>([
    ["uses what it was not given", (mmio) => mmio.use(1, 0), "used-id-not-outstanding"],
    ["uses an id that there is not", (mmio) => mmio.use(0xffff_ffff, 0), "used-id-not-outstanding"],
    ["runs ahead", (mmio) => mmio.use(0, 0, 9), "used-index-jump"],
  ])("%s: all that is under way is rejected", async (_what, script, fault) => {
    const { mmio, driver, pending } = await underWay();
    const failures: unknown[] = [];
    driver.onFailure((error) => failures.push(error));
    script(mmio);
    driver.interrupt();
    for (const one of pending) expect(await one).toMatchObject({ code: "queue-broken", fault });
    expect(failures).toEqual([expect.objectContaining({ code: "queue-broken", fault })]);
    expect(await rejectionOf(driver.read(0, 1))).toBe(driver.failure);
    driver.interrupt();
    expect(driver.poll()).toBe(0);
    await driver.restart();
    expect(driver.failure).toBeUndefined();
    expect(driver.running).toBe(true);
  });

  it("may use one buffer rightly before", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const answered = driver.write(0, Buffer.of(1));
    const lost = rejectionOf(driver.read(1, 16));
    await Promise.resolve();
    mmio.use(0, 1);
    mmio.use(0, 1, 2);
    driver.interrupt();
    expect(await answered).toBe(S.OK);
    expect(await lost).toMatchObject({ code: "queue-broken", fault: "used-id-not-outstanding" });
  });
});

describe("a configuration space with values that there are not", () => {
  it("is not read", async () => {
    const mmio = new ScriptedMmio();
    hasQueues(mmio, 1);
    const driver = mmio.driver();
    await driver.start();
    mmio.config.setUint16(12, 0, true);
    expect(() => driver.readConfig()).toThrow(expect.objectContaining({ code: "wrong-config" }));
    mmio.config.setUint16(12, 2, true);
    expect(driver.readConfig()).toMatchObject({ num_queues: 2 });
  });
});

describe("a device that needs a reset", () => {
  it("rejects what is under way, and what waits", async () => {
    const { mmio, driver, pending } = await underWay();
    mmio.needReset();
    driver.interrupt();
    for (const one of pending) expect(await one).toMatchObject({ code: "needs-reset" });
    // What it uses afterwards is nobody's.
    mmio.use(0, 17);
    driver.interrupt();
    expect(driver.poll()).toBe(0);
    expect(driver.running).toBe(false);
  });

  it("is found out by polling, too", async () => {
    const { mmio, driver, pending } = await underWay();
    mmio.status |= STATUS.DEVICE_NEEDS_RESET;
    for (let count = 0; count < 64; count++) driver.poll();
    for (const one of pending) expect(await one).toMatchObject({ code: "needs-reset" });
  });

  it("is forgotten when the driver stops, with what is under way", async () => {
    const { mmio, driver, pending } = await underWay();
    const before = mmio.dma.free;
    await driver.stop();
    for (const one of pending) expect(await one).toMatchObject({ code: "reset" });
    expect(mmio.dma.free).toBeGreaterThan(before);
    expect(mmio.status).toBe(0);
  });
});

describe("a device that does not answer", () => {
  it.each([0, 16])("uses a read with %i bytes and leaves the status unwritten", async (length) => {
    const { mmio, driver, pending } = await underWay();
    mmio.use(0, length);
    driver.interrupt();
    expect(await pending[0]).toMatchObject({ code: "not-answered" });
    expect(driver.running).toBe(true);
  });

  it("uses a write with no byte", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const lost = rejectionOf(driver.write(0, Buffer.of(1)));
    await Promise.resolve();
    mmio.use(0, 0);
    driver.interrupt();
    expect(await lost).toMatchObject({ code: "not-answered", message: expect.stringMatching(/0 bytes were written/) });
  });

  it("answers less than an answer of its kind has", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const lost = rejectionOf(driver.names(32));
    await Promise.resolve();
    mmio.use(0, 1);
    driver.interrupt();
    expect(await lost).toMatchObject({ code: "wrong-answer", message: expect.stringMatching(/shelf_names/) });
  });
});

describe("registers that cannot be reached any more", () => {
  it("reject what is under way, with why", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const gone = new Error("the other process has ended");
    mmio.write = () => {
      throw gone;
    };
    const lost = [rejectionOf(driver.read(0, 1)), rejectionOf(driver.read(0, 1))];
    for (const one of lost) expect(await one).toMatchObject({ code: "no-access", cause: gone });
    expect(driver.failure).toMatchObject({ code: "no-access" });
    expect(await rejectionOf(driver.stop())).toBe(gone);
  });
});

describe("a device that interrupts without a reason", () => {
  it("is not asked further", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    let changes = 0;
    driver.onConfigChange(() => (changes += 1));
    for (let count = 0; count < 10; count++) driver.interrupt();
    mmio.interruptStatus = ~3;
    driver.interrupt();
    expect(changes).toBe(0);
    mmio.interruptStatus = 2;
    driver.interrupt();
    expect(changes).toBe(1);
    expect(mmio.interruptStatus).toBe(0);
  });

  it("fails the driver when its configuration never settles afterwards", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    settlesNever(mmio);
    mmio.interruptStatus = 2;
    expect(() => driver.interrupt()).not.toThrow();
    expect(driver.failure).toMatchObject({ code: "config-unstable" });
    expect(await rejectionOf(driver.read(0, 1))).toMatchObject({ code: "config-unstable" });
  });
});
