import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as blk from "../../../generated/typescript/blk.ts";
import { F } from "../../../generated/typescript/config.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type SetUp } from "./machine.ts";

const { S } = blk;
const sectors = 4096;
const sectorBytes = 512;
const serial = "qemu-disk";

/** A disk in a file, whose bytes the test can read beside the device. */
function disk(folder: string, properties: Record<string, string | number | boolean> = {}, file = "disk"): SetUp {
  const path = join(folder, file);
  writeFileSync(path, new Uint8Array(sectors * sectorBytes));
  return {
    arguments: ["-blockdev", `driver=file,filename=${path},node-name=disk0,discard=unmap`],
    devices: [{ model: "virtio-blk", properties: { drive: "disk0", serial, ...properties } }],
  };
}

/** Of the pieces of 2 KiB that lie one behind the other. */
function sectorOf(piece: number): bigint {
  return BigInt(piece * 4);
}

/** A driver that also has the reset of one queue, which is for subclasses. */
class ResettingDriver extends blk.BlkDriver {
  resetRequests(): Promise<void> {
    return this.resetQueue("requestq", 0);
  }
}

acrossQemu({ description: blk.device, Driver: blk.BlkDriver, setUp: (_place, folder) => disk(folder) }, (subject) => {
  subject.eachRing("writes and reads, many requests of many sizes at a time", async ({ driver, folder }) => {
    expect(driver.readConfig().capacity).toBe(BigInt(sectors));
    const places = Array.from({ length: 60 }, (_, index) => ({
      sector: index * 64,
      data: pattern(sectorBytes * (1 + ((index * 7) % 60)), index),
    }));
    const written = await Promise.all(places.map(({ sector, data }) => driver.out({ sector: BigInt(sector) }, data)));
    expect(new Set(written)).toEqual(new Set([S.OK]));
    const read = await Promise.all(
      places.map(({ sector, data }) => driver.in({ sector: BigInt(sector) }, data.length)),
    );
    expect(await driver.flush({ sector: 0n })).toBe(S.OK);
    const file = readFileSync(join(folder, "disk"));
    for (const [index, { sector, data }] of places.entries()) {
      expect(read[index]?.status).toBe(S.OK);
      expect(Buffer.compare(read[index]?.output ?? new Uint8Array(), data)).toBe(0);
      const at = sector * sectorBytes;
      expect(Buffer.compare(file.subarray(at, at + data.length), data)).toBe(0);
    }
  });

  subject.eachRing("does every other request, and refuses what is wrong", async ({ driver, place }) => {
    const id = await driver.getId({ sector: 0n });
    expect(id.status).toBe(S.OK);
    // What follows the end of a short one QEMU does not write.
    expect(Buffer.from(id.data).toString("latin1").split("\0")[0]).toBe(serial);
    expect(await driver.out({ sector: 8n }, pattern(8 * sectorBytes, 1))).toBe(S.OK);
    expect((await driver.in({ sector: BigInt(sectors) }, sectorBytes)).status).toBe(S.IOERR);
    expect(await driver.out({ sector: BigInt(sectors - 1) }, pattern(2 * sectorBytes, 1))).toBe(S.IOERR);
    if (place.legacy) return;
    const range = { sector: 8n, num_sectors: 4, flags: { unmap: 0 } };
    expect(await driver.writeZeroes({ sector: 0n, segments: [range] })).toBe(S.OK);
    expect(await driver.discard({ sector: 0n, segments: [{ ...range, sector: 100n }] })).toBe(S.OK);
    const { output } = await driver.in({ sector: 8n }, 8 * sectorBytes);
    expect(output.subarray(0, 4 * sectorBytes).every((byte) => byte === 0)).toBe(true);
    const rest = pattern(8 * sectorBytes, 1).subarray(4 * sectorBytes);
    expect(Buffer.compare(output.subarray(4 * sectorBytes), rest)).toBe(0);
    expect(await driver.discard({ sector: 0n, segments: [{ ...range, sector: BigInt(sectors) }] })).toBe(S.IOERR);
  });

  subject.once(
    "serves four queues",
    async ({ drive }) => {
      const driver = await drive().start();
      expect(driver.readConfig().num_queues).toBe(4);
      expect(driver.queuePlaces).toHaveLength(4);
      const data = Array.from({ length: 32 }, (_, index) => pattern(2048, index));
      await Promise.all(
        data.map((bytes, index) => driver.out({ sector: sectorOf(index) }, bytes, { queue: index % 4 })),
      );
      const read = await Promise.all(
        data.map((bytes, index) => driver.in({ sector: sectorOf(index) }, bytes.length, { queue: (index + 1) % 4 })),
      );
      for (const [index, { output }] of read.entries()) expect(Buffer.compare(output, data[index] ?? output)).toBe(0);
    },
    { setUp: (_place, folder) => disk(folder, { "num-queues": 4 }) },
  );

  subject.everywhere(
    "tells of a new size",
    async ({ drive, machine }) => {
      const driver = await drive().start();
      const told = vi.fn<() => void>();
      driver.onConfigChange(told);
      await machine.qmp.execute("block_resize", { "node-name": "disk0", "size": 2 * sectors * sectorBytes });
      await vi.waitFor(() => expect(told).toHaveBeenCalled());
      expect(driver.readConfig().capacity).toBe(BigInt(2 * sectors));
      expect((await driver.in({ sector: BigInt(sectors) }, sectorBytes)).status).toBe(S.OK);
    },
    { setUp: (_place, folder) => disk(folder) },
  );

  subject.everywhere(
    "writes nothing where it is read-only",
    async ({ drive, folder }) => {
      const driver = await drive().start();
      expect(driver.features.has(blk.F.RO)).toBe(true);
      expect(await driver.out({ sector: 0n }, pattern(sectorBytes, 3))).toBe(S.IOERR);
      expect((await driver.in({ sector: 0n }, sectorBytes)).status).toBe(S.OK);
      expect(readFileSync(join(folder, "disk")).every((byte) => byte === 0)).toBe(true);
    },
    {
      setUp: (_place, folder) => {
        const made = disk(folder);
        return "absent" in made
          ? made
          : { ...made, arguments: (made.arguments ?? []).map((one) => one.replace("discard=unmap", "read-only=on")) };
      },
    },
  );

  subject.everywhere("interrupts by its line", async ({ drive, machine }) => {
    const driver = await drive({ interrupts: "line" }).start();
    for (let index = 0; index < 5; index++) await driver.in({ sector: 0n }, sectorBytes);
    expect(machine.device().interrupts.line).toBeGreaterThanOrEqual(5);
    expect(machine.device().interrupts.messages).toEqual([]);
  });

  subject.everywhere(
    "interrupts by messages, each by its own, and not where that is not wanted",
    async ({ drive, machine }) => {
      const device = machine.device();
      const driver = await drive({ interrupts: "messages" }).start();
      for (let index = 0; index < 5; index++) await driver.in({ sector: 0n }, sectorBytes);
      expect(device.interrupts.messages.slice(0, 2)).toEqual([0, 5]);
      await driver.stop();
      for (const [features, messages] of [
        [[], [0, 0]],
        // With the event index QEMU tells of the first used buffer in any case.
        [[F.EVENT_IDX], [0, 1]],
      ] as const) {
        const polled = drive({ interrupts: "polled", features: features as readonly number[] as readonly never[] });
        await polled.start();
        for (let index = 0; index < 5; index++)
          expect((await polled.in({ sector: 0n }, sectorBytes)).status).toBe(S.OK);
        await polled.stop();
        expect(device.interrupts.messages).toEqual(messages);
      }
    },
    { where: ({ bus }) => bus === "pci" },
  );

  subject.once(
    "resets a queue alone",
    async ({ machine }) => {
      const driver = await machine.device().drive(ResettingDriver).start();
      expect(driver.features.has(F.RING_RESET)).toBe(true);
      expect(await driver.out({ sector: 0n }, pattern(sectorBytes, 9))).toBe(S.OK);
      await driver.resetRequests();
      const { output } = await driver.in({ sector: 0n }, sectorBytes);
      expect(Buffer.compare(output, pattern(sectorBytes, 9))).toBe(0);
      await driver.stop();
    },
    { where: ({ bus }) => bus === "pci" },
  );

  subject.once(
    "finds that a queue is not reset alone: QEMU offers RING_RESET and has no register for it",
    async ({ machine }) => {
      const driver = await machine.device().drive(ResettingDriver, { timeout: 50 }).start();
      expect(driver.features.has(F.RING_RESET)).toBe(true);
      await expect(driver.resetRequests()).rejects.toMatchObject({ code: "timed-out" });
      expect((await driver.in({ sector: 0n }, sectorBytes)).status).toBe(S.OK);
      await driver.stop();
    },
    { where: ({ bus }) => bus === "mmio" },
  );
});
