import { describe, expect, it } from "vitest";
import * as p9 from "../../../examples/qtest/generated/p9.ts";
import { DmaMemory } from "../../../src/runtime/driver/dma-memory.ts";
import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { MmioDevice, type MmioHost } from "../../../src/runtime/transport/device/mmio-device.ts";
import { MmioTransport } from "../../../src/runtime/transport/driver/mmio-transport.ts";
import type { RegisterAccess } from "../../../src/runtime/transport/driver/register-access.ts";
import { Register } from "../../../src/runtime/described/mmio.ts";

/** A device whose configuration space ends with a name of any length. */
class Named extends p9.P9Device {
  rename(name: string): void {
    this.changeConfig({ tag_len: name.length, tag: text(name) });
  }

  override call(): p9.CallAnswer {
    return { size: 7, type: 7, tag: 0 };
  }
}

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

function rig(
  features: readonly p9.F[],
  host: Pick<MmioHost, "version" | "bigEndian"> = {},
  change?: (registers: RegisterAccess) => RegisterAccess,
): { device: Named; driver: p9.P9Driver } {
  const memory = GuestMemory.over(new ArrayBuffer(1 << 16));
  const guest: { driver?: p9.P9Driver } = {};
  const config = features.includes(p9.F.MOUNT_TAG) ? { tag_len: 4, tag: text("host") } : {};
  const device = new Named({ features, config });
  const mmio = new MmioDevice(device, {
    memory,
    interrupt: (raised) => {
      if (raised) guest.driver?.interrupt();
    },
    ...host,
  });
  const guestOrder = host.bigEndian === true ? "big" : "little";
  const driver = new p9.P9Driver(MmioTransport.probe(change?.(mmio) ?? mmio, { guestOrder }), {
    memory: new DmaMemory(memory, [{ address: 0, length: 1 << 16 }]),
  });
  guest.driver = driver;
  return { device, driver };
}

describe("a configuration space that says how long it is", () => {
  it.each([
    ["of the standard", {}],
    ["of before it, little-endian", { version: 1 }],
    ["of before it, big-endian", { version: 1, bigEndian: true }],
  ] as const)("is read as a whole, on an interface %s", async (_name, host) => {
    const { driver, device } = rig([p9.F.MOUNT_TAG], host);
    await driver.start();
    expect(driver.readConfig()).toEqual({ tag_len: 4, tag: text("host") });
    for (const name of ["a longer name", "", "short"]) {
      device.rename(name);
      expect(driver.readConfig()).toEqual({ tag_len: name.length, tag: text(name) });
    }
    await driver.stop();
  });

  it("has nothing of a feature that is not negotiated", async () => {
    const { driver } = rig([]);
    await driver.start();
    expect(driver.readConfig()).toEqual({});
    await driver.stop();
  });

  it("is not read where it says that it is longer than any", async () => {
    let reads = 0;
    const { driver } = rig([p9.F.MOUNT_TAG], {}, (registers) => ({
      read: (offset, width) => {
        reads += 1;
        return offset === Register.Config ? 0xffff : registers.read(offset, width);
      },
      write: (offset, width, value) => registers.write(offset, width, value),
    }));
    await driver.start();
    expect(() => driver.readConfig()).toThrow(/virtio_9p_config\.tag: 65535 bytes at 2 do not lie before the end/);
    expect(reads).toBeLessThan(100);
    await driver.stop();
  });
});
