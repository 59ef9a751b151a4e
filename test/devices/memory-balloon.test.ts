import { describe, expect, test } from "vitest";
import * as balloon from "../../generated/typescript/balloon.ts";
import { StatisticsUnavailable } from "../../src/devices/balloon/statistics-exchange.ts";
import { Deferred } from "../../src/devices/deferred.ts";
import { MemoryBalloon, type MemoryBalloonOptions } from "../../src/devices/memory-balloon.ts";
import { Guest, type GuestOptions, isPending } from "./guest.ts";

const { F, S, CMD_ID } = balloon;
const queue = { inflate: 0, deflate: 1, stats: 2, hints: 3, reports: 4 };

function words(values: readonly number[], littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, littleEndian);
  return bytes;
}

function rig(options: MemoryBalloonOptions = {}, guestOptions: GuestOptions = {}) {
  const seen: string[] = [];
  const log = (what: string) => (address: number, length: number) => {
    seen.push(`${what} ${address.toString(16)}+${length.toString(16)}`);
  };
  const device = new MemoryBalloon({
    inflated: log("in"),
    deflated: log("out"),
    hinted: log("hint"),
    reported: log("free"),
    ...options,
  });
  return { device, seen, guest: new Guest(device, guestOptions) };
}

describe("inflating and deflating", () => {
  test("pages are told of in ranges, and counted once", async () => {
    const { device, seen, guest } = rig();
    await guest.post(queue.inflate, [words([0x102, 0x100, 0x101, 0x200, 0x101])], []);
    expect([seen, device.pages]).toEqual([["in 100000+3000", "in 200000+1000"], 4]);
    await guest.post(queue.inflate, [words([0x200, 0x103])], []);
    expect([seen.slice(2), device.pages]).toEqual([["in 103000+1000"], 5]);
    await guest.post(queue.deflate, [words([0x101, 0x300])], []);
    expect([seen.slice(3), device.pages]).toEqual([["out 101000+1000"], 4]);
  });

  test("pages that are no memory are not told of, but counted", async () => {
    const { device, seen, guest } = rig();
    await guest.post(queue.inflate, [words([0x7ff, 0x800, 0xffff_ffff])], []);
    expect([seen, device.pages, device.strayPages]).toEqual([["in 7ff000+1000"], 1, 2]);
  });

  test("at a reset all pages are the guest's again", async () => {
    const { device, seen, guest } = rig();
    await guest.post(queue.inflate, [words([0x100, 0x101, 0x200])], []);
    seen.length = 0;
    guest.reset();
    expect([seen, device.pages]).toEqual([["out 100000+2000", "out 200000+1000"], 0]);
  });

  test("the guest's buffer stays in use until the host is done", async () => {
    const host = new Deferred<void>();
    const { guest } = rig({ inflated: () => host.promise });
    const used = guest.post(queue.inflate, [words([0x100])], []);
    expect(await isPending(used)).toBe(true);
    host.resolve();
    expect((await used).written).toBe(0);
  });

  test("a buffer that is no list of pages ends in a reset", () => {
    const { device, guest } = rig();
    void guest.post(queue.inflate, [new Uint8Array(7)], []);
    expect([device.needsReset?.kind, device.pages]).toEqual(["request", 0]);
  });

  test("legacy, big-endian: page numbers are the guest's, the configuration is little-endian", async () => {
    const { device, seen, guest } = rig({}, { legacy: "big" });
    device.inflateTo(3);
    expect(guest.readConfig(0, 4)).toBe(3);
    await guest.post(queue.inflate, [words([0x123], false)], []);
    expect(seen).toEqual(["in 123000+1000"]);
  });
});

test("the target size is told, and the guest says how far it is", () => {
  const { device, guest } = rig();
  device.inflateTo(1024);
  expect([guest.configChanges, guest.readConfig(0, 4), device.actual]).toEqual([1, 1024, 0]);
  device.writeConfig(4, 4, 1000);
  expect([device.actual, guest.readConfig(4, 4), guest.configChanges]).toEqual([1000, 1000, 1]);
  expect(() => device.inflateTo(-1)).toThrow("balloon");
  device.writeConfig(0, 4, 7);
  expect(guest.readConfig(0, 4)).toBe(1024);
});

const stats = (list: readonly (readonly [number, bigint])[]): Uint8Array => {
  const bytes = new Uint8Array(list.length * 10);
  const view = new DataView(bytes.buffer);
  for (const [index, [tag, value]] of list.entries()) {
    view.setUint16(index * 10, tag, true);
    view.setBigUint64(index * 10 + 2, value, true);
  }
  return bytes;
};

describe("statistics", () => {
  test("the first buffer is kept until they are asked for, and its values do not count", async () => {
    const { device, guest } = rig();
    const first = guest.post(queue.stats, [stats([[S.MEMFREE, 1n]])], []);
    expect(await isPending(first)).toBe(true);
    const asked = [device.statistics(), device.statistics()];
    await first;
    expect(await isPending(asked[0] ?? first)).toBe(true);
    const values = [
      [S.MEMTOT, 2n ** 63n],
      [S.MEMFREE, 5n],
      [999, 1n],
    ] as const;
    const second = guest.post(queue.stats, [stats(values)], []);
    for (const told of await Promise.all(asked)) expect([...told]).toEqual(values);
    expect(await isPending(second)).toBe(true);
    const again = device.statistics();
    await second;
    void guest.post(queue.stats, [stats([[S.MEMFREE, 6n]])], []);
    expect((await again).get(S.MEMFREE)).toBe(6n);
  });

  test("asked for before the guest has given a buffer", async () => {
    const { device, guest } = rig();
    const asked = device.statistics();
    await guest.post(queue.stats, [stats([[S.MEMFREE, 1n]])], []);
    void guest.post(queue.stats, [stats([[S.MEMFREE, 2n]])], []);
    expect((await asked).get(S.MEMFREE)).toBe(2n);
  });

  test("a guest that tells none, and one that is reset", async () => {
    await expect(rig({}, { without: [F.STATS_VQ] }).device.statistics()).rejects.toThrow("the guest tells none");
    const { device, guest } = rig();
    const asked = device.statistics();
    guest.reset();
    await expect(asked).rejects.toThrow(StatisticsUnavailable);
    guest.start();
    void guest.post(queue.stats, [new Uint8Array(10)], []);
    const next = device.statistics();
    void guest.post(queue.stats, [stats([[S.SWAP_IN, 3n]])], []);
    expect([...(await next)]).toEqual([[0, 3n]]);
  });
});

describe("hints", () => {
  test("a round of them, under its id", async () => {
    const { device, seen, guest } = rig();
    const round = device.requestHints();
    expect([guest.readConfig(8, 4), guest.configChanges]).toEqual([2, 1]);
    // Before the driver names the round, and under another id, hints do not count.
    await guest.postAt(queue.hints, [[0x10_0000, 0x1000]]);
    await guest.post(queue.hints, [words([9])], []);
    await guest.postAt(queue.hints, [[0x10_0000, 0x1000]]);
    expect(seen).toEqual([]);
    await guest.post(queue.hints, [words([2])], []);
    await guest.postAt(queue.hints, [
      [0x20_0000, 0x4000],
      [0x30_0000, 0x1000],
    ]);
    expect(seen).toEqual(["hint 200000+4000", "hint 300000+1000"]);
    expect(await isPending(round)).toBe(true);
    await guest.post(queue.hints, [words([CMD_ID.STOP])], []);
    await round;
    device.finishHints();
    expect(guest.readConfig(8, 4)).toBe(CMD_ID.DONE);
    void device.requestHints().catch(() => {});
    expect(guest.readConfig(8, 4)).toBe(3);
    guest.reset();
    guest.start();
    expect(guest.readConfig(8, 4)).toBe(CMD_ID.STOP);
  });

  test("a guest that is reset, and one that gives none", async () => {
    const { device, guest } = rig();
    const round = device.requestHints();
    guest.reset();
    await expect(round).rejects.toThrow("the guest was reset");
    await expect(device.requestHints()).rejects.toThrow("gives no hints");
  });
});

describe("reports", () => {
  test("free memory is told of as it lies", async () => {
    const { seen, guest } = rig();
    const { written } = await guest.postAt(queue.reports, [
      [0x40_0000, 0x20_0000],
      [0x10_0000, 0x1000],
    ]);
    expect([written, seen]).toEqual([0, ["free 400000+200000", "free 100000+1000"]]);
  });

  test("pages that have to keep a value are not reported", async () => {
    const { device, seen, guest } = rig({ poison: true });
    guest.reset();
    device.writeStatus(3);
    for (const index of [0, 1]) device.acceptWord(index, device.offeredWord(index));
    device.writeStatus(11);
    device.writeConfig(12, 4, 0xaaaa_aaaa);
    guest.start();
    expect(guest.readConfig(12, 4)).toBe(0xaaaa_aaaa);
    await guest.postAt(queue.reports, [[0x40_0000, 0x1000]]);
    expect(seen).toEqual([]);
  });
});

test("queues are numbered as Linux does where that is asked for", async () => {
  const { seen, guest } = rig({ queueNumbering: "linux" }, { without: [F.STATS_VQ, F.FREE_PAGE_HINT] });
  await guest.postAt(2, [[0x40_0000, 0x1000]]);
  expect(seen).toEqual(["free 400000+1000"]);
});
