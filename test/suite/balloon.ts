import { expect, vi } from "vitest";
import * as balloon from "../../generated/typescript/balloon.ts";
import { MemoryBalloon } from "../../src/devices/memory-balloon.ts";
import { plug } from "./computer.ts";
import { using, type Scenario } from "./scenario.ts";

const { S, CMD_ID } = balloon;
const page = 4096;
const ramPage = 0x4000_0000 / page;

/** Pages in and out, statistics on demand, a round of hints, and reports of free pages. */
export const pages: Scenario = {
  name: "balloon",
  async run(setting) {
    const inflated: [number, number][] = [];
    const deflated: [number, number][] = [];
    const hinted: [number, number][] = [];
    const reported: [number, number][] = [];
    const device = new MemoryBalloon({
      inflated: (...range) => void inflated.push(range),
      deflated: (...range) => void deflated.push(range),
      hinted: (...range) => void hinted.push(range),
      reported: (...range) => void reported.push(range),
      ringFeatures: setting.ringFeatures,
    });
    const computer = plug(device, balloon.BalloonDriver, { queueSize: 8, ...setting });
    await using(device, computer, async (driver) => {
      let wanted = 0;
      driver.onConfigChange(() => {
        wanted = driver.readConfig().num_pages;
      });
      device.inflateTo(6);
      await vi.waitFor(() => expect(wanted).toBe(6));
      const list = [ramPage + 1000, ramPage + 1001, ramPage + 1002, ramPage + 1100, ramPage + 1101, ramPage + 1200];
      await driver.inflate({ pages: list });
      expect(device.pages).toBe(6);
      balloon.Config.actual.store(driver.configAccess, 6);
      // On the legacy interface the balloon's space keeps its little-endian order: it is read back as it was written.
      expect(device.actual).toBe(6);
      expect(inflated).toEqual([
        [(ramPage + 1000) * page, 3 * page],
        [(ramPage + 1100) * page, 2 * page],
        [(ramPage + 1200) * page, page],
      ]);
      await driver.deflate({ pages: list.slice(3) });
      expect(device.pages).toBe(3);
      expect(deflated).toEqual([
        [(ramPage + 1100) * page, 2 * page],
        [(ramPage + 1200) * page, page],
      ]);

      // The first buffer is the device's until it asks.
      const first = driver.stats({ stats: [{ tag: S.MEMFREE, val: 1n }] });
      const asked = device.statistics();
      await first;
      void driver
        .stats({
          stats: [
            { tag: S.MEMFREE, val: 1n << 40n },
            { tag: S.MAJFLT, val: 7n },
          ],
        })
        .catch(() => {});
      const told = await asked;
      expect([told.get(S.MEMFREE), told.get(S.MAJFLT)]).toEqual([1n << 40n, 7n]);

      const round = device.requestHints();
      await vi.waitFor(() => expect(driver.readConfig().free_page_hint_cmd_id).toBeGreaterThan(1));
      const id = driver.readConfig().free_page_hint_cmd_id ?? 0;
      await driver.hintCommand({ cmd_id: id });
      await driver.hint([{ address: (ramPage + 1300) * page, length: 8 * page }]);
      await driver.hintCommand({ cmd_id: CMD_ID.STOP });
      await round;
      expect(hinted).toEqual([[(ramPage + 1300) * page, 8 * page]]);
      await driver.report([
        { address: (ramPage + 1400) * page, length: page },
        { address: (ramPage + 1500) * page, length: 2 * page },
      ]);
      expect(reported).toEqual([
        [(ramPage + 1400) * page, page],
        [(ramPage + 1500) * page, 2 * page],
      ]);
    });
    // A reset gives everything back.
    expect(device.pages).toBe(0);
  },
};
