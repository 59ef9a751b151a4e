import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as blk from "../../../generated/typescript/blk.ts";
import { F } from "../../../generated/typescript/config.ts";
import { DriverError } from "../../../src/runtime/index.ts";
import { acrossQemu, deviceFeatures, type SetUp } from "./machine.ts";
import { hasInOrder } from "./places.ts";

// What a driver does with a device on which things go wrong: each request ends, with what came of it.

const { S } = blk;
const sectorBytes = 512;
const length = 1 << 20;
/** With a geometry QEMU does not look for one on the disk. */
const geometry = { cyls: 16, heads: 2, secs: 63 };

function disk(backEnd: readonly object[], properties: Record<string, string | number | boolean> = {}): SetUp {
  return {
    arguments: backEnd.flatMap((one) => ["-blockdev", JSON.stringify(one)]),
    devices: [{ model: "virtio-blk", properties: { drive: "disk0", ...geometry, ...properties } }],
  };
}

/** A disk that takes so long for each access. */
function slow(milliseconds: number): SetUp {
  return disk([{ "driver": "null-co", "node-name": "disk0", "size": length, "latency-ns": milliseconds * 1e6 }]);
}

/** Of sectors 8 to 15 nothing can be read, and nothing at all can be made durable. */
function broken(folder: string): SetUp {
  writeFileSync(join(folder, "disk"), new Uint8Array(length));
  const errors = [
    { event: "none", iotype: "read", errno: 5, sector: 8 },
    { event: "none", iotype: "flush", errno: 5 },
  ];
  const file = { driver: "file", filename: join(folder, "disk") };
  return disk([{ "driver": "blkdebug", "node-name": "disk0", "image": file, "inject-error": errors }], {
    // Reads of neighbours would be one, and fail together.
    "request-merging": false,
  });
}

/** A disk of which the size is set by the test, and no byte is used. */
function huge(folder: string): SetUp {
  writeFileSync(join(folder, "disk"), "");
  const file = { driver: "file", filename: join(folder, "disk") };
  return disk([{ "driver": "raw", "node-name": "disk0", file }]);
}

/** Where no memory is. One such piece QEMU takes to be a device's registers, and reads it into memory of its own. */
const nowhere = [0x7000_0000_0000, 0x7100_0000_0000].map((address) => ({ address, length: 4096 }));

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

acrossQemu({ description: blk.device, Driver: blk.BlkDriver, setUp: () => slow(0) }, (subject) => {
  subject.everywhere(
    "I/O errors are answers, and only of the requests that they concern",
    async ({ drive }) => {
      const driver = await drive().start();
      const reads = await Promise.all(
        Array.from({ length: 4 }, (_, index) => driver.in({ sector: BigInt(index * 8) }, 8 * sectorBytes)),
      );
      expect(reads.map(({ status }) => status)).toEqual([S.OK, S.IOERR, S.OK, S.OK]);
      expect(await driver.out({ sector: 8n }, new Uint8Array(sectorBytes))).toBe(S.OK);
      expect(await driver.flush({ sector: 0n })).toBe(S.IOERR);
    },
    { setUp: (_place, folder) => broken(folder) },
  );

  subject.everywhere(
    "a reset with requests in flight rejects them, and the device works again",
    async ({ drive }) => {
      const driver = await drive().start();
      const requests = Array.from({ length: 20 }, () => errorOf(driver.in({ sector: 0n }, sectorBytes)));
      await new Promise((resolve) => setTimeout(resolve, 5));
      await driver.restart();
      for (const error of await Promise.all(requests)) {
        expect(error).toBeInstanceOf(DriverError);
        expect(error).toMatchObject({ code: "reset" });
      }
      expect((await driver.in({ sector: 0n }, sectorBytes)).status).toBe(S.OK);
    },
    { setUp: () => slow(150) },
  );

  subject.once(
    "requests are completed out of their order, but in it with IN_ORDER",
    async ({ drive, place }) => {
      const own = deviceFeatures(blk.device, false);
      for (const ring of [[], [F.IN_ORDER], [F.RING_PACKED], [F.RING_PACKED, F.IN_ORDER]]) {
        if (ring.includes(F.IN_ORDER) && !hasInOrder(place)) continue;
        const features: readonly number[] = [...own, ...ring];
        const driver = drive({
          features: features as readonly never[],
          required: ring as readonly number[] as readonly never[],
        });
        await driver.start();
        const order: string[] = [];
        const read = driver.in({ sector: 0n }, sectorBytes).then(() => order.push("read"));
        const id = driver.getId({ sector: 0n }).then(() => order.push("id"));
        await Promise.all([read, id]);
        expect(order).toEqual(ring.includes(F.IN_ORDER) ? ["read", "id"] : ["id", "read"]);
        await driver.stop();
      }
    },
    { setUp: () => slow(30) },
  );

  subject.once(
    "a read of the configuration that is changed meanwhile is done again",
    async ({ drive, machine }) => {
      const driver = await drive().start();
      // Both halves differ: a read that mixes them has a value that never was.
      const sizes = [0x1_0000_0008n, 0x2_0000_0010n, 0x3_0000_0018n];
      const generation = vi.spyOn(driver.transport.config, "generation");
      const seen = new Set<bigint>();
      let reads = 0;
      let resized: Promise<unknown> = Promise.resolve();
      const end = Date.now() + 10_000;
      // Twice a read looks at the generation; more often where it was done again.
      for (; generation.mock.calls.length <= 2 * reads + 4 && Date.now() < end; reads++) {
        resized = machine.qmp.execute("block_resize", {
          "node-name": "disk0",
          "size": Number((sizes[reads % sizes.length] ?? 0n) * BigInt(sectorBytes)),
        });
        seen.add(driver.readConfig().capacity);
        // oxlint-disable-next-line no-await-in-loop
        if (reads % 4 === 3) await resized;
      }
      await resized;
      expect(generation.mock.calls.length).toBeGreaterThan(2 * reads + 4);
      expect([...seen].filter((size) => size !== 0n && !sizes.includes(size))).toEqual([]);
    },
    { setUp: (_place, folder) => huge(folder) },
  );

  subject.once(
    "features that a device does not take are refused, and taken with what it wants",
    async ({ drive }) => {
      const features: readonly number[] = deviceFeatures(blk.device, false);
      const without = drive({ features: features as readonly never[] });
      expect(await errorOf(without.start())).toMatchObject({ code: "features-refused" });
      const more: readonly number[] = [...features, F.ACCESS_PLATFORM];
      const driver = await drive({ features: more as readonly never[] }).start();
      expect((await driver.in({ sector: 0n }, sectorBytes)).status).toBe(S.OK);
    },
    {
      setUp: () => disk([{ "driver": "null-co", "node-name": "disk0", "size": length }], { iommu_platform: true }),
      where: ({ bus }) => bus === "pci",
    },
  );

  subject.once(
    "a buffer that is no memory makes the device need a reset, which is told, and mends it",
    async ({ drive }) => {
      const driver = await drive().start();
      const failed = vi.fn<(error: DriverError) => void>();
      driver.onFailure(failed);
      const other = errorOf(driver.in({ sector: 0n }, sectorBytes));
      const request = driver.prepare(blk.operations.in, {
        outputAt: nowhere,
      });
      const done = new Promise<DriverError | undefined>((resolve) => {
        request.submit(({ error }) => resolve(error));
      });
      driver.notifyDevice();
      expect(await done).toMatchObject({ code: "needs-reset" });
      await other;
      expect(failed).toHaveBeenCalledOnce();
      await driver.restart();
      expect((await driver.in({ sector: 0n }, sectorBytes)).status).toBe(S.OK);
    },
    { words: /virtio: bogus descriptor or out of resources/ },
  );
});
