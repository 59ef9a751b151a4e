import { describe, expect, it } from "vitest";
import { MmioTransport } from "../../../../src/runtime/transport/driver/mmio-transport.ts";
import { Register, VERSION } from "../../../../src/runtime/described/mmio.ts";
import { DriverError } from "../../../../src/runtime/driver/driver-error.ts";
import { mmioRig, ramAt } from "../../driver/mmio-rig.ts";
import { F, S } from "../../driver/shelf.ts";
import { ScriptedMmio } from "../../driver/scripted-mmio.ts";

describe("virtio-mmio", () => {
  it("has what was found out", () => {
    const mmio = new ScriptedMmio();
    mmio.fixed.set(Register.VendorID, 0x554d4551);
    const transport = MmioTransport.probe(mmio);
    expect(transport).toMatchObject({ deviceId: 42, vendorId: 0x554d4551, legacy: undefined, guestOrder: "little" });
  });

  it("takes a queue's addresses by halves, and starts it last", () => {
    const { registers, log } = mmioRig();
    log.length = 0;
    const write = { read: registers.read.bind(registers), write: registers.write.bind(registers) };
    const transport = MmioTransport.probe(write);
    transport.enableQueue(1, { size: 8, desc: 0x3_0000_1000, driver: 0x2000, device: 2 ** 53 - 4 });
    expect(log.map((line) => line.slice("write ".length))).toEqual([
      "0x30 4 1",
      "0x38 4 8",
      "0x80 4 4096",
      "0x84 4 3",
      "0x90 4 8192",
      "0x94 4 0",
      "0xa0 4 4294967292",
      "0xa4 4 2097151",
      "0x44 4 1",
    ]);
  });

  it("has shared memory where the length is not all ones", () => {
    const mmio = new ScriptedMmio();
    const transport = MmioTransport.probe(mmio);
    const set = (register: number, value: number): void => {
      mmio.fixed.set(register, value);
    };
    set(Register.SHMLenLow, 0xffff_ffff);
    set(Register.SHMLenHigh, 0xffff_ffff);
    expect(transport.sharedMemory(1)).toBeUndefined();
    set(Register.SHMLenLow, 0x10);
    set(Register.SHMLenHigh, 1);
    set(Register.SHMBaseLow, 0x1000);
    set(Register.SHMBaseHigh, 2);
    expect(transport.sharedMemory(1)).toEqual({ id: 1, address: 0x2_0000_1000, length: 0x1_0000_0010 });
  });

  it("takes a word of features for none where it is the second one again, as on QEMU", () => {
    const mmio = new ScriptedMmio();
    const words = [0x1000_0000, 0x105, 0x105, 0x206];
    let selected = 0;
    mmio.fixed.set(Register.DeviceFeatures, () => words[selected] ?? 0);
    const selecting = MmioTransport.probe({
      read: (offset, width) => mmio.read(offset, width),
      write: (offset, width, value) => {
        if (offset === Register.DeviceFeaturesSel) selected = value;
        mmio.write(offset, width, value);
      },
    });
    expect([0, 1, 2, 3].map((index) => selecting.offeredWord(index))).toEqual([0x1000_0000, 0x105, 0, 0x206]);
  });

  it("finds that a queue is not reset while it is ready, whatever the reset's own register says", () => {
    const mmio = new ScriptedMmio();
    const transport = MmioTransport.probe(mmio);
    mmio.fixed.set(Register.QueueReset, 0);
    mmio.fixed.set(Register.QueueReady, 1);
    expect(transport.isQueueReset(0)).toBe(false);
    mmio.fixed.set(Register.QueueReady, 0);
    expect(transport.isQueueReset(0)).toBe(true);
    mmio.fixed.set(Register.QueueReset, 1);
    expect(transport.isQueueReset(0)).toBe(false);
  });

  it("acknowledges the interrupts that there were, and no others", () => {
    const mmio = new ScriptedMmio();
    const transport = MmioTransport.probe(mmio);
    mmio.interruptStatus = 0xff;
    expect(transport.acknowledge()).toBe(3);
    expect(mmio.interruptStatus).toBe(0xfc);
    expect(transport.acknowledge()).toBe(0);
  });
});

describe("legacy virtio-mmio", () => {
  it.each([false, true])("serves a guest, big-endian: %s", async (bigEndian) => {
    const { driver, device, log } = mmioRig({ offered: [F.TRIM, F.OLD], host: { version: VERSION.LEGACY, bigEndian } });
    log.length = 0;
    await driver.start();
    expect(driver.features.bits()).toEqual([F.TRIM, F.OLD]);
    // Neither FEATURES_OK nor a second word of features.
    expect(log.filter((line) => / 0x(24|70|28|40) /.test(line))).toEqual([
      "write 0x70 4 0",
      "write 0x70 4 1",
      "write 0x70 4 3",
      "write 0x24 4 0",
      "write 0x28 4 4096",
      `write 0x40 4 ${ramAt / 4096}`,
      "write 0x70 4 7",
    ]);
    expect(await driver.write(3, Buffer.from("legacy"))).toBe(S.OK);
    const { output, status } = await driver.read(3, 6);
    expect({ status, text: Buffer.from(output).toString() }).toEqual({ status: S.OK, text: "legacy" });
    expect(await driver.trim(0x01020304, [0x0a0b0c0d])).toBe(S.OK);
    expect(device.trimmed).toEqual([[0x0a0b0c0d]]);
    expect((await driver.read(1 << 20, 6)).status).toBe(S.ERROR);
    expect(driver.readConfig()).toEqual({
      capacity: 0x1_0000_0002n,
      geometry: { heads: 3, sectors: 0x1234 },
      width: 4,
    });
    device.change({ capacity: 1n });
    expect(driver.readConfig().capacity).toBe(1n);
    await driver.stop();
    expect(device.status).toBe(0);
  });

  it("has lengths that are not believed: what was not written is told by the bytes", async () => {
    const mmio = new ScriptedMmio();
    mmio.fixed.set(Register.Version, VERSION.LEGACY);
    const driver = mmio.driver();
    await driver.start();
    const reads = [driver.read(0, 4), driver.read(0, 4)].map((one) =>
      one.then(
        ({ status, output }) => `${status} ${output.length}`,
        (error: unknown) => (error instanceof DriverError ? error.code : error),
      ),
    );
    await Promise.resolve();
    // The queue is at the beginning of the driver's memory; the third descriptor is the status.
    const statusAt = mmio.view.getUint32(0x1000 + 2 * 16, true);
    mmio.view.setUint8(statusAt, S.OK);
    // The used ring of a queue of 8 is a page behind its beginning.
    for (const [index, id] of [0, 3].entries()) {
      mmio.view.setUint32(0x2000 + 4 + index * 8, id, true);
      mmio.view.setUint32(0x2000 + 8 + index * 8, 0, true);
    }
    mmio.view.setUint16(0x2002, 2, true);
    mmio.interruptStatus = 1;
    driver.interrupt();
    expect(await Promise.all(reads)).toEqual(["0 4", "not-answered"]);
  });
});
