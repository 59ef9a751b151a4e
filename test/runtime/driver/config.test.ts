import { describe, expect, it, vi } from "vitest";
import { Register } from "../../../src/runtime/described/mmio.ts";
import type { RegisterAccess } from "../../../src/runtime/transport/driver/register-access.ts";
import { mmioRig } from "./mmio-rig.ts";
import { Config, F } from "./shelf.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";

describe("the configuration space of a driver", () => {
  it("is read as its description says", async () => {
    const { driver } = mmioRig({ offered: [F.MQ] });
    await driver.start();
    expect(driver.readConfig()).toEqual({
      capacity: 0x1_0000_0002n,
      geometry: { heads: 3, sectors: 0x1234 },
      width: 4,
      num_queues: 2,
    });
    expect(Config.capacity.load(driver.configAccess)).toBe(0x1_0000_0002n);
    expect(Config.geometry.sectors.load(driver.configAccess)).toBe(0x1234);
  });

  it("is read by accesses of the members' widths", async () => {
    const seen: string[] = [];
    const { driver } = mmioRig({
      offered: [F.MQ],
      between: (registers): RegisterAccess => ({
        read: (offset, width) => {
          if (offset >= Register.Config) seen.push(`${offset - Register.Config}:${width}`);
          return registers.read(offset, width);
        },
        write: (offset, width, value) => registers.write(offset, width, value),
      }),
    });
    await driver.start();
    seen.length = 0;
    driver.readConfig();
    expect(seen).toEqual(["0:4", "4:4", "8:1", "9:2", "11:1", "12:2"]);
  });

  it("is read again until it has not changed meanwhile", () => {
    const mmio = new ScriptedMmio();
    let reads = 0;
    mmio.fixed.set(Register.ConfigGeneration, () => Math.min(++reads, 7));
    const driver = mmio.driver();
    expect(driver.readConfig()).toMatchObject({ width: 4 });
    expect(reads).toBe(8);
  });

  it("tells of changes", async () => {
    const { driver, device } = mmioRig();
    await driver.start();
    const seen: bigint[] = [];
    const end = driver.onConfigChange(() => seen.push(driver.readConfig().capacity));
    device.change({ capacity: 1n });
    device.change({ capacity: 2n });
    end();
    device.change({ capacity: 3n });
    expect(seen).toEqual([1n, 2n]);
  });

  it("decides what messages look like: after the driver's writes, and the device's changes", async () => {
    const { driver, device } = mmioRig();
    await driver.start();
    expect(Buffer.from((await driver.names(64)).names).toString()).toBe("ab  cdef");
    Config.width.store(driver.configAccess, 6);
    expect(device.config.width).toBe(6);
    expect(Buffer.from((await driver.names(64)).names).toString()).toBe("ab    cdef  ");
    device.change({ width: 5 });
    expect(Buffer.from((await driver.names(64)).names).toString()).toBe("ab   cdef ");
  });

  it("is not read by a write: a device may answer only when a question is whole", async () => {
    const { driver } = mmioRig();
    await driver.start();
    const { config } = driver.transport;
    const reads = (["read8", "read16", "read32"] as const).map((name) => vi.spyOn(config, name));
    Config.width.store(driver.configAccess, 6);
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    await driver.names(64);
    expect(reads.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBeGreaterThan(0);
  });

  it("is what its description allows, or an error", async () => {
    const { driver } = mmioRig();
    await driver.start();
    expect(() => Config.capacity.store(driver.configAccess, 3n)).toThrow(/may not write/);
  });
});
