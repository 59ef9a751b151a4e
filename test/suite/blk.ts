import { expect } from "vitest";
import * as blk from "../../generated/typescript/blk.ts";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import { pattern, plug } from "./computer.ts";
import { using, type Scenario } from "./scenario.ts";

const { S } = blk;

/** Reads and writes of many sizes and places, several under way at a time, and every other request. */
export const disk: Scenario = {
  name: "blk",
  async run(setting) {
    const device = new BlkDisk({
      store: new BufferStore(1 << 20),
      id: "suite",
      ringFeatures: setting.ringFeatures,
      lifetime: () => ({ pre_eol_info: 1, device_lifetime_est_typ_a: 2, device_lifetime_est_typ_b: 3 }),
      queues: 2,
    });
    const computer = plug(device, blk.BlkDriver, { queueSize: 16, ...setting });
    await using(device, computer, async (driver) => {
      expect(driver.readConfig().capacity).toBe(2048n);
      const places = Array.from({ length: 24 }, (_, index) => ({
        sector: BigInt(index * 80),
        data: pattern(512 * (1 + ((index * 7) % 20)), index),
      }));
      const written = await Promise.all(
        places.map(({ sector, data }, index) => driver.out({ sector }, data, { queue: index % 2 })),
      );
      expect(new Set(written)).toEqual(new Set([S.OK]));
      const read = await Promise.all(
        places.map(({ sector, data }, index) => driver.in({ sector }, data.length, { queue: (index + 1) % 2 })),
      );
      for (const [index, { status, output }] of read.entries()) {
        expect(status).toBe(S.OK);
        expect(Buffer.compare(output, places[index]?.data ?? new Uint8Array())).toBe(0);
      }
      expect(await driver.flush({ sector: 0n })).toBe(S.OK);
      const id = await driver.getId({ sector: 0n });
      expect(Buffer.from(id.data).toString("latin1").replaceAll("\0", "")).toBe("suite");
      expect((await driver.getLifetime({ sector: 0n })).lifetime).toEqual({
        pre_eol_info: 1,
        device_lifetime_est_typ_a: 2,
        device_lifetime_est_typ_b: 3,
      });
      const range = { sector: 80n, num_sectors: 2, flags: { unmap: 0 } };
      expect(await driver.writeZeroes({ sector: 0n, segments: [range, { ...range, sector: 160n }] })).toBe(S.OK);
      expect((await driver.in({ sector: 80n }, 1024)).output.every((byte) => byte === 0)).toBe(true);
      expect(await driver.discard({ sector: 0n, segments: [range] })).toBe(S.OK);
      expect((await driver.in({ sector: 4000n }, 512)).status).toBe(S.IOERR);
      expect(await driver.out({ sector: 2047n }, pattern(1024, 1))).toBe(S.IOERR);
    });
  },
};
