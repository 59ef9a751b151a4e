import { describe, expect, it } from "vitest";
import { Core, F, S, type Feature } from "../../driver/shelf.ts";
import { rejectionOf } from "../../driver/rejection.ts";
import { pciRig, type PciRig } from "./pci-rig.ts";

/** Writes something, and reads it again. */
async function uses({ driver, device }: PciRig): Promise<void> {
  await driver.start();
  expect(await driver.write(100, Buffer.from("over PCI"))).toBe(S.OK);
  const { output } = await driver.read(100, 8);
  expect(Buffer.from(output).toString()).toBe("over PCI");
  expect(device.needsReset).toBeUndefined();
}

describe("a PCI device", () => {
  it.each<[string, Feature[]]>([
    ["its registers", []],
    ["notification data", [Core.NOTIFICATION_DATA]],
    ["names for queues in notifications", [Core.NOTIF_CONFIG_DATA]],
    ["both", [Core.NOTIFICATION_DATA, Core.NOTIF_CONFIG_DATA, Core.RING_PACKED]],
  ])("is reached by the structures of the standard, with %s", async (_name, bits) => {
    const rig = pciRig({ offered: bits, driver: { features: bits } });
    await uses(rig);
    expect(rig.driver.features.bits()).toEqual(expect.arrayContaining([...bits, Core.VERSION_1]));
    expect(new Set(rig.interrupts)).toEqual(new Set(["line"]));
    await rig.driver.stop();
    expect(rig.device.status).toBe(0);
  });

  it("has its configuration space", async () => {
    const rig = pciRig();
    await rig.driver.start();
    expect(rig.driver.readConfig()).toEqual({
      capacity: 0x1_0000_0002n,
      geometry: { heads: 3, sectors: 0x1234 },
      width: 4,
    });
  });

  it("tells by vectors why it interrupts", async () => {
    const rig = pciRig({ messages: true });
    await uses(rig);
    let changes = 0;
    rig.driver.onConfigChange(() => (changes += 1));
    rig.interrupts.length = 0;
    await rig.driver.read(0, 1);
    expect(rig.interrupts).toEqual(["vector 1 data 8"]);
    rig.interrupts.length = 0;
    rig.device.change({ capacity: 5n });
    expect(rig.interrupts).toEqual(["vector 0 data 7"]);
    expect(changes).toBe(1);
    expect(rig.driver.readConfig().capacity).toBe(5n);
  });

  it("has shared memory", () => {
    const { transport } = pciRig();
    expect(transport.sharedMemory(3)).toEqual({ id: 3, address: 0x3_0000_0000, length: 0x1000 });
    expect(transport.sharedMemory(4)).toBeUndefined();
  });

  it("resets one queue", async () => {
    const bits = [Core.RING_RESET];
    const rig = pciRig({ offered: bits, driver: { features: bits } });
    rig.device.holds = true;
    await rig.driver.start();
    const lost = rejectionOf(rig.driver.read(0, 4));
    await Promise.resolve();
    expect(rig.device.held).toHaveLength(1);
    await rig.driver.resetQueue("requestq");
    expect(await lost).toMatchObject({ code: "reset" });
    rig.device.holds = false;
    expect(await rig.driver.read(0, 4)).toMatchObject({ status: S.OK });
    expect(rig.driver.failure).toBeUndefined();
  });

  it.each([false, true])("is reached by the legacy interface, with messages: %s", async (messages) => {
    const rig = pciRig({
      id: 2,
      offered: [F.TRIM],
      pci: { interfaces: "transitional" },
      probe: { legacy: true },
      messages,
    });
    await uses(rig);
    expect(rig.transport.legacy).toEqual({ align: 4096, fixedSize: true });
    expect(rig.driver.features.bits()).toEqual([F.TRIM]);
    expect(rig.driver.readConfig()).toMatchObject({ capacity: 0x1_0000_0002n, width: 4 });
  });

  it("is reached by the legacy interface of a guest with the other byte order", async () => {
    const rig = pciRig({
      id: 2,
      pci: { interfaces: "legacy", bigEndian: true },
      probe: { guestOrder: "big" },
    });
    await uses(rig);
    expect(rig.driver.readConfig()).toMatchObject({
      capacity: 0x1_0000_0002n,
      geometry: { heads: 3, sectors: 0x1234 },
    });
  });
});
