import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as blk from "../../generated/typescript/blk.ts";
import { F as core } from "../../generated/typescript/config.ts";
import { BlkDisk, type BlkDiskOptions } from "../../src/devices/blk-disk.ts";
import { FileStore } from "../../src/devices/node/file-store.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import type { SectorStore } from "../../src/devices/store/sector-store.ts";
import { Guest, type GuestOptions, isPending, type Used } from "./guest.ts";
import { patterned } from "./patterned.ts";

const { T, S, F } = blk;
const sectors = 64;

function head(type: number, sector: number | bigint, order: "little" | "big" = "little"): Uint8Array {
  return blk.Req.guestOrder(order).toBytes({ type, sector: BigInt(sector) });
}

function segments(...list: readonly (readonly [sector: number | bigint, count: number, flags: number])[]): Uint8Array {
  const bytes = new Uint8Array(list.length * 16);
  const view = new DataView(bytes.buffer);
  for (const [index, [sector, count, flags]] of list.entries()) {
    view.setBigUint64(index * 16, BigInt(sector), true);
    view.setUint32(index * 16 + 8, count, true);
    view.setUint32(index * 16 + 12, flags, true);
  }
  return bytes;
}

function rig(options: Partial<BlkDiskOptions> = {}, guestOptions: GuestOptions = {}) {
  const memory = patterned(sectors * 512, 1);
  const store = options.store ?? new BufferStore(memory);
  const disk = new BlkDisk({ id: "disk-7", ...options, store });
  return { disk, memory, guest: new Guest(disk, guestOptions) };
}

const fails = (): never => {
  throw new Error("scratch");
};
const rejects = (): Promise<void> => Promise.reject(new Error("scratch"));

const status = ({ data }: Used): number | undefined => data.at(-1);

describe.each([
  ["split", [core.RING_PACKED]],
  ["split without event index", [core.RING_PACKED, core.EVENT_IDX, core.INDIRECT_DESC]],
  ["packed", []],
])("over a %s queue", (_name, without) => {
  test("reads into several buffers", async () => {
    const { guest, memory } = rig({}, { without });
    const used = await guest.post(0, [head(T.IN, 3)], [512, 100, 412, 1]);
    expect([used.written, status(used)]).toEqual([1025, S.OK]);
    expect(used.data.subarray(0, 1024)).toEqual(memory.slice(3 * 512, 5 * 512));
  });

  test("writes from several buffers, and reads the same again", async () => {
    const { guest, memory } = rig({}, { without });
    const data = patterned(1536, 9);
    const before = memory.slice();
    const used = await guest.post(0, [head(T.OUT, 61), data.subarray(0, 700), data.subarray(700)], [1]);
    expect([used.written, status(used)]).toEqual([1, S.OK]);
    before.set(data, 61 * 512);
    expect(memory).toEqual(before);
    expect((await guest.post(0, [head(T.IN, 61)], [1536, 1])).data.subarray(0, 1536)).toEqual(data);
  });

  test("many requests in flight", async () => {
    const { guest, memory } = rig({}, { without });
    const all = Array.from({ length: 16 }, (_, index) => guest.add(0, [head(T.IN, index)], [512, 1]));
    guest.kick(0);
    for (const [index, { data }] of (await Promise.all(all)).entries()) {
      expect(data.subarray(0, 512)).toEqual(memory.subarray(index * 512, index * 512 + 512));
    }
  });
});

test("the head in pieces, and the status beside the data", async () => {
  const { guest, memory } = rig();
  const bytes = head(T.IN, 1);
  const used = await guest.post(0, [bytes.subarray(0, 5), bytes.subarray(5)], [513]);
  expect(used.data.subarray(0, 512)).toEqual(memory.subarray(512, 1024));
  expect([used.written, status(used)]).toEqual([513, S.OK]);
});

describe("limits", () => {
  test.each([
    ["behind the end", T.IN, 64, 512],
    ["across the end", T.IN, 63, 1024],
    ["far away", T.IN, 0xffff_ffff_ffff_ffffn, 512],
    ["where 64 bits wrap around", T.IN, 0x80_0000_0000_0000n, 512],
    ["half a sector", T.IN, 0, 256],
    ["one byte more", T.IN, 0, 513],
  ])("a read %s", async (_what, type, sector, length) => {
    const { guest } = rig();
    const used = await guest.post(0, [head(type, sector)], [length, 1]);
    expect([used.written, status(used)]).toEqual([0, S.IOERR]);
    expect(used.data.subarray(0, length).every((byte) => byte === 0xee)).toBe(true);
  });

  test.each([
    ["across the end", 63, 1024],
    ["of half a sector", 0, 256],
  ])("a write %s", async (_what, sector, length) => {
    const { guest, memory } = rig();
    expect(status(await guest.post(0, [head(T.OUT, sector), new Uint8Array(length)], [1]))).toBe(S.IOERR);
    expect(memory).toEqual(patterned(sectors * 512, 1));
  });

  test("nothing at all is read and written right at the end", async () => {
    const { guest } = rig();
    expect(status(await guest.post(0, [head(T.IN, 64)], [1]))).toBe(S.OK);
    expect(status(await guest.post(0, [head(T.OUT, 64)], [1]))).toBe(S.OK);
    expect(status(await guest.post(0, [head(T.OUT, 65)], [1]))).toBe(S.IOERR);
  });

  test("no room for the status: the device needs a reset, and works again after it", async () => {
    const { disk, guest } = rig();
    void guest.post(0, [head(T.IN, 0)], []);
    expect(disk.needsReset).toMatchObject({ kind: "request", queue: 0 });
    guest.reset();
    guest.start();
    expect(status(await guest.post(0, [head(T.IN, 0)], [512, 1]))).toBe(S.OK);
  });

  test("read-only: writes of every kind fail and write nothing, reads do not", async () => {
    const { guest, memory } = rig({ readOnly: true });
    expect(guest.features.has(F.RO)).toBe(true);
    expect([F.DISCARD, F.WRITE_ZEROES, F.SECURE_ERASE].some((bit) => guest.features.has(bit))).toBe(false);
    expect(status(await guest.post(0, [head(T.OUT, 0), new Uint8Array(512)], [1]))).toBe(S.IOERR);
    expect(memory).toEqual(patterned(sectors * 512, 1));
    expect(status(await guest.post(0, [head(T.IN, 0)], [512, 1]))).toBe(S.OK);
  });
});

test("FLUSH, GET_ID, GET_LIFETIME", async () => {
  let flushes = 0;
  const store = Object.assign(new BufferStore(512), {
    flush: () => {
      flushes += 1;
    },
  });
  const worn = { pre_eol_info: 2, device_lifetime_est_typ_a: 3, device_lifetime_est_typ_b: 11 };
  const { guest } = rig({ store, lifetime: () => worn });
  expect(status(await guest.post(0, [head(T.FLUSH, 0)], [1]))).toBe(S.OK);
  expect(flushes).toBe(1);
  const id = await guest.post(0, [head(T.GET_ID, 0)], [20, 1]);
  expect([String.fromCharCode(...id.data.subarray(0, 20)), id.written, status(id)]).toEqual([
    "disk-7".padEnd(20, "\0"),
    21,
    S.OK,
  ]);
  const lifetime = await guest.post(0, [head(T.GET_LIFETIME, 0)], [6, 1]);
  expect([...lifetime.data]).toEqual([2, 0, 3, 0, 11, 0, S.OK]);
});

test("a lifetime that cannot be told is an I/O error", async () => {
  const { guest } = rig({
    lifetime: () => {
      throw new Error("no sensor");
    },
  });
  expect(status(await guest.post(0, [head(T.GET_LIFETIME, 0)], [6, 1]))).toBe(S.IOERR);
});

describe.each([T.DISCARD, T.WRITE_ZEROES, T.SECURE_ERASE])("ranges, request %i", (type) => {
  const limited = { ranges: { maxSectors: 8, maxSegments: 2 } };
  const run = async (list: Uint8Array): Promise<{ status: number | undefined; memory: Uint8Array }> => {
    const { guest, memory } = rig(limited);
    return { status: status(await guest.post(0, [head(type, 0), list], [1])), memory };
  };
  const untouched = patterned(sectors * 512, 1);

  test("all segments of a request", async () => {
    const done = await run(segments([1, 2, 0], [63, 1, 0]));
    expect(done.status).toBe(S.OK);
    expect(done.memory).toEqual(
      untouched
        .slice()
        .fill(0, 512, 1536)
        .fill(0, 63 * 512),
    );
  });

  test.each([
    ["beyond the end", segments([0, 1, 0], [60, 5, 0]), S.IOERR],
    ["far away", segments([0xffff_ffff_ffff_ffffn, 1, 0]), S.IOERR],
    ["a segment too long", segments([0, 9, 0]), S.IOERR],
    ["half a segment", segments([0, 1, 0], [1, 1, 0]).subarray(0, 24), S.UNSUPP],
    ["a segment too many", segments([0, 1, 0], [1, 1, 0], [2, 1, 0]), S.IOERR],
    ["a reserved flag", segments([0, 1, 0], [1, 1, 2]), S.UNSUPP],
    ["the uppermost flag", segments([0, 1, 0x8000_0000]), S.UNSUPP],
  ])("%s: nothing is done", async (_what, list, expected) => {
    expect(await run(list)).toEqual({ status: expected, memory: untouched });
  });

  test("unmap belongs to WRITE_ZEROES only", async () => {
    expect((await run(segments([0, 1, 1]))).status).toBe(type === T.WRITE_ZEROES ? S.OK : S.UNSUPP);
  });
});

test.each([
  ["of no known type", [head(99, 0)], [1]],
  ["of a type that was not negotiated", [head(T.GET_LIFETIME, 0)], [6, 1]],
  ["of the legacy interface", [head(T.SCSI_CMD, 0), new Uint8Array(6)], [1]],
  ["with half a segment", [head(T.DISCARD, 0), new Uint8Array(24)], [1]],
])("a request %s", async (_what, out, room) => {
  const { disk, guest, memory } = rig();
  expect(status(await guest.post(0, out, room))).toBe(S.UNSUPP);
  expect([disk.needsReset, memory]).toEqual([undefined, patterned(sectors * 512, 1)]);
});

test("with IN_ORDER answers come in the order of the requests, whenever the store is done", async () => {
  const ends: (() => void)[] = [];
  const read = (): Promise<void> =>
    new Promise((resolve) => {
      ends.push(resolve);
    });
  const { guest } = rig({ store: Object.assign(new BufferStore(8 * 512), { read }), ringFeatures: [core.IN_ORDER] });
  expect(guest.features.has(core.IN_ORDER)).toBe(true);
  const [first, second] = [0, 1].map((sector) => guest.post(0, [head(T.IN, sector)], [512, 1]));
  ends[1]?.();
  expect(await isPending(second ?? Promise.resolve())).toBe(true);
  ends[0]?.();
  expect([await first, await second].map((used) => used && status(used))).toEqual([S.OK, S.OK]);
});

test("segments over one another, more than the disk in all", async () => {
  const { guest, memory } = rig();
  const list = segments([0, 64, 0], [0, 1, 0]);
  expect(status(await guest.post(0, [head(T.WRITE_ZEROES, 0), list], [1]))).toBe(S.IOERR);
  expect(memory).toEqual(patterned(sectors * 512, 1));
  expect(status(await guest.post(0, [head(T.WRITE_ZEROES, 0), list.subarray(0, 16)], [1]))).toBe(S.OK);
  expect(memory).toEqual(new Uint8Array(sectors * 512));
});

test("whether zeroed memory may be given back gets to the store", async () => {
  const seen: unknown[] = [];
  const store = Object.assign(new BufferStore(8 * 512), { zero: (...all: unknown[]) => void seen.push(all) });
  const { guest } = rig({ store });
  await guest.post(0, [head(T.WRITE_ZEROES, 0), segments([1, 2, 1], [4, 1, 0])], [1]);
  expect(seen).toEqual([
    [512, 1024, true],
    [2048, 512, false],
  ]);
});

const counted = (): { store: SectorStore; flushes: () => number } => {
  let flushes = 0;
  const store = Object.assign(new BufferStore(8 * 512), {
    flush: () => {
      flushes += 1;
      return Promise.resolve();
    },
  });
  return { store, flushes: () => flushes };
};
const write = (guest: Guest): Promise<Used> => guest.post(0, [head(T.OUT, 0), new Uint8Array(512)], [1]);

describe("the cache", () => {
  test("begins as writeback, and the driver switches it", async () => {
    const { store, flushes } = counted();
    const { disk, guest } = rig({ store });
    expect(guest.readConfig(32, 1)).toBe(1);
    await write(guest);
    expect(flushes()).toBe(0);
    disk.writeConfig(32, 1, 0);
    expect(status(await write(guest))).toBe(S.OK);
    expect(flushes()).toBe(1);
    await guest.post(0, [head(T.DISCARD, 0), segments([0, 1, 0])], [1]);
    expect(flushes()).toBe(2);
    disk.writeConfig(32, 1, 2);
    expect(guest.readConfig(32, 1)).toBe(0);
    guest.reset();
    guest.start();
    expect(guest.readConfig(32, 1)).toBe(1);
  });

  test.each([
    ["neither FLUSH nor CONFIG_WCE", [F.FLUSH, F.CONFIG_WCE], 1],
    ["CONFIG_WCE alone", [F.FLUSH], 1],
    ["FLUSH alone", [F.CONFIG_WCE], 0],
  ])("with %s", async (_what, without, expected) => {
    const { store, flushes } = counted();
    const { guest } = rig({ store }, { without });
    await write(guest);
    expect(flushes()).toBe(expected);
    if (without.length === 1 && expected === 1) expect(guest.readConfig(32, 1)).toBe(0);
  });
});

describe("configuration", () => {
  test("capacity, limits and queues", () => {
    const { guest } = rig({ queues: 3, blockSize: 4096, segMax: 12, sizeMax: 65_536 });
    expect([0, 8, 12, 20].map((offset) => guest.readConfig(offset, 4))).toEqual([64, 65_536, 12, 4096]);
    expect([guest.readConfig(34, 2), guest.readConfig(36, 4), guest.readConfig(40, 4)]).toEqual([3, 0x40_0000, 64]);
  });

  test("each of several queues serves", async () => {
    const { guest, memory } = rig({ queues: 3 });
    const used = await Promise.all([0, 1, 2].map((queue) => guest.post(queue, [head(T.IN, queue)], [512, 1])));
    for (const [queue, { data }] of used.entries()) {
      expect(data.subarray(0, 512)).toEqual(memory.subarray(queue * 512, queue * 512 + 512));
    }
  });

  test("a store that grows", async () => {
    const store = new BufferStore(8 * 512);
    let size = 4 * 512;
    Object.defineProperty(store, "size", { get: () => size });
    const { disk, guest } = rig({ store });
    expect(status(await guest.post(0, [head(T.IN, 4)], [512, 1]))).toBe(S.IOERR);
    size = 8 * 512;
    disk.sizeChanged();
    expect([guest.configChanges, guest.readConfig(0, 4)]).toEqual([1, 8]);
    expect(status(await guest.post(0, [head(T.IN, 7)], [512, 1]))).toBe(S.OK);
  });

  test("an id that is none", () => {
    const store = new BufferStore(512);
    expect(() => new BlkDisk({ store, id: "x".repeat(21) })).toThrow("at most 20 ASCII characters");
    expect(() => new BlkDisk({ store, id: "ä" })).toThrow("at most 20 ASCII characters");
  });
});

test("what a store throws, or rejects with, is an I/O error, and the device goes on", async () => {
  for (const fault of [fails, rejects]) {
    const store = Object.assign(new BufferStore(512), { read: fault, write: fault, flush: fault, zero: fault });
    const { disk, guest } = rig({ store });
    const requests = [
      guest.add(0, [head(T.IN, 0)], [512, 1]),
      guest.add(0, [head(T.OUT, 0), new Uint8Array(512)], [1]),
      guest.add(0, [head(T.FLUSH, 0)], [1]),
      guest.add(0, [head(T.WRITE_ZEROES, 0), segments([0, 1, 0])], [1]),
    ];
    guest.kick(0);
    // oxlint-disable-next-line no-await-in-loop
    expect((await Promise.all(requests)).map(status)).toEqual([S.IOERR, S.IOERR, S.IOERR, S.IOERR]);
    expect(disk.needsReset).toBeUndefined();
  }
});

describe("the legacy interface", () => {
  test.each(["little", "big"] as const)("%s-endian", async (order) => {
    const { guest, memory } = rig({}, { legacy: order });
    const used = await guest.post(0, [head(T.IN, 7, order)], [512, 1]);
    expect(status(used)).toBe(S.OK);
    expect(used.data.subarray(0, 512)).toEqual(memory.subarray(7 * 512, 8 * 512));
    expect(status(await guest.post(0, [head(T.FLUSH_OUT, 0, order)], [1]))).toBe(S.OK);
  });

  test("a barrier waits for all before it, and all behind wait for it", async () => {
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const store = Object.assign(new BufferStore(8 * 512), {
      read: (position: number) => {
        begun.push(position / 512);
        return new Promise<void>((resolve) => {
          ends.push(resolve);
        });
      },
    });
    const { guest } = rig({ store, barriers: true }, { legacy: "little" });
    const read = (sector: number, flag = 0): Promise<Used> =>
      guest.add(0, [head((T.IN | flag) >>> 0, sector)], [512, 1]);
    const all = [read(0), read(1), read(2, T.BARRIER), read(3)];
    guest.kick(0);
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    expect(await isPending(all[2] ?? Promise.resolve())).toBe(true);
    expect(begun).toEqual([0, 1]);
    ends[0]?.();
    await Promise.all(all.slice(0, 2));
    expect(await isPending(all[2] ?? Promise.resolve())).toBe(true);
    expect(begun).toEqual([0, 1, 2]);
    ends[2]?.();
    await all[2];
    expect(await isPending(all[3] ?? Promise.resolve())).toBe(true);
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[3]?.();
    expect((await Promise.all(all)).map(status)).toEqual([0, 0, 0, 0]);
  });
});

describe("over a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "virtgen-blk-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([true, false])("synchronous: %s", async (synchronous) => {
    const path = join(folder, String(synchronous));
    const store = new FileStore(path, { size: 1024 * 512, synchronous });
    const { guest } = rig({ store, cache: "writethrough" });
    const data = patterned(600 * 512, 3);
    expect(status(await guest.post(0, [head(T.OUT, 8), data], [1]))).toBe(S.OK);
    expect(
      readFileSync(path)
        .subarray(8 * 512, 608 * 512)
        .equals(data),
    ).toBe(true);
    const reads = Array.from({ length: 20 }, (_, index) => guest.add(0, [head(T.IN, 8 + index * 8)], [4096, 1]));
    guest.kick(0);
    for (const [index, used] of (await Promise.all(reads)).entries()) {
      expect([used.written, status(used)]).toEqual([4097, S.OK]);
      expect(used.data.subarray(0, 4096)).toEqual(data.subarray(index * 4096, index * 4096 + 4096));
    }
    await store.close();
  });

  test("a reset while the file is read: nothing is written to the guest, and the disk works on", async () => {
    const store = new FileStore(join(folder, "reset"), { size: 1024 * 512 });
    const { guest } = rig({ store });
    void guest.post(0, [head(T.IN, 0)], [500 * 512, 1]);
    guest.reset();
    guest.bytes.fill(0x55);
    await new Promise((resolve) => {
      setTimeout(resolve, 30);
    });
    expect(guest.bytes.every((byte) => byte === 0x55)).toBe(true);
    guest.start();
    expect(status(await guest.post(0, [head(T.IN, 0)], [512, 1]))).toBe(S.OK);
    await store.close();
  });
});
