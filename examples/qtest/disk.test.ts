import { expect, it } from "vitest";
import { QemuMachine } from "virtgen/qtest";
import { BlkDriver, S } from "../../generated/typescript/blk.ts";

it("a disk of QEMU is there, and empty", async () => {
  const machine = await QemuMachine.start({
    bus: "pci",
    arguments: ["-blockdev", "driver=null-co,node-name=disk0,size=1048576,read-zeroes=on"],
    devices: [{ model: "virtio-blk", properties: { drive: "disk0", packed: true } }],
    trace: true,
  });
  try {
    const driver = await machine.device().drive(BlkDriver).start();
    expect(driver.readConfig().capacity).toBe(2048n);
    const { status, output } = await driver.in({ sector: 0n }, 512);
    expect(status).toBe(S.OK);
    expect(output.every((byte) => byte === 0)).toBe(true);
    await driver.stop();
  } catch (cause) {
    throw new Error(machine.report(), { cause });
  } finally {
    await machine.close();
  }
});
