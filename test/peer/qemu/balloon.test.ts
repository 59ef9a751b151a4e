import { expect, vi } from "vitest";
import * as balloon from "../../../generated/typescript/balloon.ts";
import type { GuestRange } from "../../../src/runtime/index.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type Bench } from "./machine.ts";

const { F, S } = balloon;
const pageBytes = 4096;
const pageCount = 24;

interface Pages {
  /** Their numbers. */
  readonly numbers: number[];
  readonly range: GuestRange;
  bytes(): Uint8Array;
}

/** Pages of the guest that nobody else uses, filled with something. */
function takePages({ machine }: Pick<Bench<balloon.BalloonDriver>, "machine">): Pages {
  const block = machine.dma.alloc(pageCount * pageBytes, pageBytes);
  machine.memory.write(block.address, pattern(block.length, 9));
  return {
    numbers: Array.from({ length: pageCount }, (_, index) => block.address / pageBytes + index),
    range: { address: block.address, length: block.length },
    bytes: () => {
      const bytes = new Uint8Array(block.length);
      machine.memory.read(block.address, bytes);
      return bytes;
    },
  };
}

const isEmpty = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

acrossQemu(
  {
    description: balloon.device,
    Driver: balloon.BalloonDriver,
    setUp: () => ({
      arguments: ["-object", "iothread,id=hints"],
      devices: [
        {
          model: "virtio-balloon",
          properties: { "id": "balloon", "free-page-reporting": true, "free-page-hint": true, "iothread": "hints" },
        },
      ],
    }),
    // What pages contain stays to be seen.
    without: [F.PAGE_POISON],
  },
  (subject) => {
    subject.eachRing("takes pages, empties them, gives them back", async ({ driver, machine }) => {
      const pages = takePages({ machine });
      await driver.inflate({ pages: pages.numbers });
      expect(isEmpty(pages.bytes())).toBe(true);
      balloon.Config.actual.store(driver.configAccess, pageCount);
      expect(driver.readConfig().actual).toBe(pageCount);
      await vi.waitFor(async () => {
        expect(await machine.qmp.execute("query-balloon")).toEqual({ actual: (64 << 20) - pageCount * pageBytes });
      });
      await driver.deflate({ pages: pages.numbers });
      balloon.Config.actual.store(driver.configAccess, 0);
      machine.memory.write(pages.range.address, pattern(pages.range.length, 10));
      expect(Buffer.compare(pages.bytes(), pattern(pages.range.length, 10))).toBe(0);
    });

    subject.eachRing("takes reports of free pages, and empties them", async ({ driver, machine }) => {
      const pages = takePages({ machine });
      await driver.report([pages.range]);
      expect(isEmpty(pages.bytes())).toBe(true);
    });

    subject.everywhere("is told statistics when it asks", async ({ drive, machine }) => {
      const driver = await drive().start();
      const path = "/machine/peripheral/balloon";
      await machine.qmp.execute("qom-set", { path, property: "guest-stats-polling-interval", value: 1 });
      const values = { [S.MEMFREE]: 12_345_678n, [S.MEMTOT]: 0x1_2345_6789n, [S.MAJFLT]: 3n };
      const stats = Object.entries(values).map(([tag, val]) => ({ tag: Number(tag) as balloon.S, val }));
      // It has what the buffer says at once, keeps the buffer until it asks again, and then wants the next.
      const first = driver.stats({ stats: [{ tag: S.MEMFREE, val: 1n }] });
      await first;
      const next = driver.stats({ stats });
      await vi.waitFor(
        async () => {
          const answer = await machine.qmp.execute("qom-get", { path, property: "guest-stats" });
          expect(answer).toMatchObject({
            stats: { "stat-free-memory": 12_345_678, "stat-total-memory": 0x1_2345_6789, "stat-major-faults": 3 },
          });
        },
        { timeout: 5000, interval: 20 },
      );
      await machine.qmp.execute("qom-set", { path, property: "guest-stats-polling-interval", value: 0 });
      // The device keeps it until it asks again.
      next.catch(() => undefined);
    });

    subject.once(
      "numbers only the queues that there are, as Linux does",
      async ({ drive, machine }) => {
        const driver = await drive({ queueNumbering: "linux" }).start();
        const numbers = Object.fromEntries(driver.queuePlaces.map(({ name, number }) => [name, number]));
        expect(numbers).toEqual({ inflateq: 0, deflateq: 1, statsq: 2, reporting_vq: 3 });
        const pages = takePages({ machine });
        await driver.report([pages.range]);
        expect(isEmpty(pages.bytes())).toBe(true);
      },
      {
        setUp: () => ({ devices: [{ model: "virtio-balloon", properties: { "free-page-reporting": true } }] }),
      },
    );

    subject.everywhere("says how large it is to be", async ({ drive, machine }) => {
      const driver = await drive().start();
      const told = vi.fn<() => void>();
      driver.onConfigChange(told);
      await machine.qmp.execute("balloon", { value: 48 << 20 });
      await vi.waitFor(() => expect(told).toHaveBeenCalled());
      expect(driver.readConfig().num_pages).toBe((16 << 20) / pageBytes);
    });
  },
);
