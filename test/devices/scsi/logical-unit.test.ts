import { describe, expect, test } from "vitest";
import { BufferStore } from "../../../src/devices/store/buffer-store.ts";
import { ArrayBytes, type SectorStore } from "../../../src/devices/store/sector-store.ts";
import type { ScsiResult } from "../../../src/devices/scsi/command.ts";
import { LogicalUnit } from "../../../src/devices/scsi/logical-unit.ts";
import { senseBytes } from "../../../src/devices/scsi/sense.ts";
import { executeOn, executeOnWellKnown } from "../../../src/devices/scsi/target.ts";
import { patterned } from "../patterned.ts";

const blocks = 64;

function unitOver(store: SectorStore = new BufferStore(blocks * 512)): LogicalUnit {
  return new LogicalUnit({ store, vendor: "ACME", product: "Ramdisk", revision: "0.1", serial: "S-42" });
}

interface Outcome {
  readonly status: number;
  /** Key, code, qualifier in hexadecimal. */
  readonly sense: string | undefined;
  readonly data: Uint8Array;
  readonly result: ScsiResult;
}

async function run(unit: LogicalUnit, cdb: readonly number[], out = new Uint8Array(0), room = 0): Promise<Outcome> {
  const data = new Uint8Array(room);
  const result = await unit.execute({
    cdb: Uint8Array.from(cdb),
    dataOut: new ArrayBytes(out),
    dataIn: new ArrayBytes(data),
  });
  const { sense } = result;
  const words = sense && [sense.key, sense.code, sense.qualifier].map((one) => one.toString(16)).join("/");
  return { status: result.status, sense: words, data: data.subarray(0, result.filled), result };
}

const unmapList = (...ranges: readonly (readonly [number, number])[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(8 + ranges.length * 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, bytes.length - 2);
  view.setUint16(2, ranges.length * 16);
  for (const [index, [first, count]] of ranges.entries()) {
    view.setUint32(8 + index * 16 + 4, first);
    view.setUint32(8 + index * 16 + 8, count);
  }
  return bytes;
};
const unmap = (list: Uint8Array): number[] => [0x42, 0, 0, 0, 0, 0, 0, list.length >> 8, list.length & 255, 0];

const command = (cdb: readonly number[], room: number): Parameters<typeof executeOn>[2] & { data: Uint8Array } => {
  const data = new Uint8Array(room);
  return {
    cdb: Uint8Array.from(cdb),
    dataOut: new ArrayBytes(new Uint8Array(0)),
    dataIn: new ArrayBytes(data),
    data,
  };
};
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

describe("questions about the unit", () => {
  test("INQUIRY", async () => {
    const { data } = await run(unitOver(), [0x12, 0, 0, 0, 96, 0], undefined, 96);
    expect(data.length).toBe(36);
    expect([...data.subarray(0, 5)]).toEqual([0, 0, 6, 0x12, 31]);
    expect(text(data.subarray(8))).toBe("ACME    Ramdisk         0.1 ");
  });

  test("INQUIRY is cut to what is allowed and to what there is room for", async () => {
    expect((await run(unitOver(), [0x12, 0, 0, 0, 5, 0], undefined, 96)).data.length).toBe(5);
    expect((await run(unitOver(), [0x12, 0, 0, 0, 96, 0], undefined, 7)).data.length).toBe(7);
  });

  test.each([
    [0x00, [0, 0, 0, 6, 0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2]],
    [0x80, [0, 0x80, 0, 4, ...Buffer.from("S-42")]],
    [0x83, [0, 0x83, 0, 16, 2, 1, 0, 12, ...Buffer.from("ACME    S-42")]],
    [0xb2, [0, 0xb2, 0, 4, 0, 0xe4, 2, 0]],
  ])("vital product data page %i", async (page, bytes) => {
    expect([...(await run(unitOver(), [0x12, 1, page, 0, 255, 0], undefined, 255)).data]).toEqual(bytes);
  });

  test("block limits", async () => {
    const { data } = await run(unitOver(), [0x12, 1, 0xb0, 0, 255, 0], undefined, 255);
    const view = new DataView(data.buffer, data.byteOffset);
    expect([data.length, view.getUint8(4), view.getUint32(20), view.getUint32(24), view.getUint32(40)]).toEqual([
      64, 1, 0x40_0000, 64, 0x1_0000,
    ]);
  });

  test("READ CAPACITY, both sizes", async () => {
    expect([...(await run(unitOver(), [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], undefined, 8)).data]).toEqual([
      0, 0, 0, 63, 0, 0, 2, 0,
    ]);
    const long = await run(unitOver(), [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], undefined, 32);
    expect([...long.data.subarray(0, 15)]).toEqual([0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 2, 0, 0, 0, 0xc0]);
  });

  test("a unit beyond 32 bits says so in the short form, and tells its size in the long one", async () => {
    const huge: SectorStore = Object.assign(new BufferStore(512), {});
    Object.defineProperty(huge, "size", { value: 2 ** 42 });
    const unit = unitOver(huge);
    const short = await run(unit, [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], undefined, 8);
    expect([...short.data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    const long = await run(unit, [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], undefined, 32);
    expect([...long.data.subarray(0, 8)]).toEqual([0, 0, 0, 1, 255, 255, 255, 255]);
  });

  test("MODE SENSE: the caching page with WCE, its mask, all pages, with and without a block descriptor", async () => {
    const unit = unitOver();
    const six = await run(unit, [0x1a, 0x08, 0x08, 0, 255, 0], undefined, 255);
    expect([...six.data]).toEqual([23, 0, 0x10, 0, 0x08, 18, 4, ...new Uint8Array(17)]);
    const changeable = await run(unit, [0x1a, 0x08, 0x48, 0, 255, 0], undefined, 255);
    expect([...changeable.data]).toEqual([23, 0, 0x10, 0, 0x08, 18, ...new Uint8Array(18)]);
    const ten = await run(unit, [0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0, 0], undefined, 256);
    expect([...ten.data.subarray(0, 20)]).toEqual([
      0, 46, 0, 0x10, 0, 0, 0, 8, 0, 0, 0, 64, 0, 0, 2, 0, 0x08, 18, 4, 0,
    ]);
    expect(ten.data.length).toBe(48);
  });

  test("MODE SENSE of a read-only unit has the write-protect bit and no write cache", async () => {
    const unit = unitOver(new BufferStore(512, { readOnly: true }));
    const { data } = await run(unit, [0x1a, 0x08, 0x08, 0, 255, 0], undefined, 255);
    expect([data[2], data[6]]).toEqual([0x90, 0]);
  });

  test("REQUEST SENSE", async () => {
    const unit = unitOver();
    const fine = await run(unit, [3, 0, 0, 0, 255, 0], undefined, 255);
    expect([...fine.data]).toEqual([0x70, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    unit.reset();
    const { data } = await run(unit, [3, 0, 0, 0, 255, 0], undefined, 255);
    expect([data[2], data[12], data[13]]).toEqual([6, 0x29, 3]);
  });
});

describe("reads and writes", () => {
  const write = {
    6: [0x0a, 0, 0, 5, 2, 0],
    10: [0x2a, 0, 0, 0, 0, 5, 0, 0, 2, 0],
    12: [0xaa, 0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0],
    16: [0x8a, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0],
  };
  const read = {
    6: [0x08, ...write[6].slice(1)],
    10: [0x28, ...write[10].slice(1)],
    12: [0xa8, ...write[12].slice(1)],
    16: [0x88, ...write[16].slice(1)],
  };

  test.each([6, 10, 12, 16] as const)("of %i bytes", async (size) => {
    const store = new BufferStore(blocks * 512);
    const unit = unitOver(store);
    const data = patterned(1024, size);
    const written = await run(unit, write[size], data);
    expect([written.status, written.result.taken]).toEqual([0, 1024]);
    expect(store.bytes.subarray(5 * 512, 7 * 512)).toEqual(data);
    expect(store.bytes.subarray(7 * 512).every((byte) => byte === 0)).toBe(true);
    const again = await run(unit, read[size], undefined, 1024);
    expect(again.data).toEqual(data);
    // Room behind the data stays as it is.
    expect((await run(unit, read[size], undefined, 2000)).result.filled).toBe(1024);
  });

  test("READ (6) of 0 blocks reads 256, and that is beyond the end here", async () => {
    expect((await run(unitOver(), [8, 0, 0, 0, 0, 0], undefined, 131_072)).sense).toBe("5/21/0");
  });

  test("READ (10) of 0 blocks reads nothing", async () => {
    expect((await run(unitOver(), [0x28, 0, 0, 0, 0, 64, 0, 0, 0, 0])).result).toEqual({
      status: 0,
      taken: 0,
      filled: 0,
    });
  });

  test("blocks of 4096 bytes", async () => {
    const store = new BufferStore(8 * 4096);
    const unit = new LogicalUnit({ store, blockSize: 4096 });
    await run(unit, [0x2a, 0, 0, 0, 0, 7, 0, 0, 1, 0], patterned(4096, 1));
    expect(store.bytes.subarray(7 * 4096)).toEqual(patterned(4096, 1));
    expect((await run(unit, [0x28, 0, 0, 0, 0, 8, 0, 0, 1, 0], undefined, 4096)).sense).toBe("5/21/0");
  });

  test("the last block is there, the one behind it is not, and the sense data names it", async () => {
    const unit = unitOver();
    expect((await run(unit, [0x28, 0, 0, 0, 0, 63, 0, 0, 1, 0], undefined, 512)).status).toBe(0);
    const beyond = await run(unit, [0x28, 0, 0, 0, 0, 63, 0, 0, 2, 0], undefined, 1024);
    expect([beyond.status, beyond.sense]).toEqual([2, "5/21/0"]);
    const { sense } = beyond.result;
    expect([...senseBytes(sense ?? { key: 0, code: 0, qualifier: 0 }).subarray(0, 7)]).toEqual([
      0xf0, 0, 5, 0, 0, 0, 64,
    ]);
    const far = [0x88, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0];
    expect((await run(unit, far, undefined, 512)).sense).toBe("5/21/0");
  });

  test("fewer bytes than the command transfers: an overrun, and nothing happens", async () => {
    const store = new BufferStore(patterned(blocks * 512, 1));
    const unit = unitOver(store);
    expect((await run(unit, read[10], undefined, 1023)).result.overrun).toBe(true);
    expect((await run(unit, write[10], new Uint8Array(1023))).result.overrun).toBe(true);
    expect(store.bytes).toEqual(patterned(blocks * 512, 1));
  });

  test("a write with FUA is flushed, one without is not", async () => {
    const store = new BufferStore(blocks * 512);
    let flushes = 0;
    store.flush = () => {
      flushes += 1;
    };
    const unit = unitOver(store);
    await run(unit, write[10], new Uint8Array(1024));
    expect(flushes).toBe(0);
    await run(unit, [0x2a, 8, ...write[10].slice(2)], new Uint8Array(1024));
    expect(flushes).toBe(1);
    await run(unit, [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(flushes).toBe(2);
  });

  test("a read-only unit", async () => {
    const store = new BufferStore(blocks * 512, { readOnly: true });
    for (const cdb of [write[6], write[16], [0x41, 0, 0, 0, 0, 0, 0, 0, 1, 0], [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0]]) {
      // oxlint-disable-next-line no-await-in-loop
      expect((await run(unitOver(store), cdb, new Uint8Array(1024))).sense).toBe("7/27/0");
    }
  });

  test("what the store throws, or rejects with, is an error of the medium", async () => {
    const store = new BufferStore(blocks * 512);
    const broken: SectorStore = Object.assign(store, {
      read: () => Promise.reject(new Error("scratch")),
      write: () => {
        throw new Error("scratch");
      },
    });
    expect((await run(unitOver(broken), read[10], undefined, 1024)).sense).toBe("3/11/0");
    expect((await run(unitOver(broken), write[10], new Uint8Array(1024))).sense).toBe("3/c/0");
  });
});

describe("many blocks", () => {
  test("WRITE SAME repeats its block", async () => {
    const store = new BufferStore(blocks * 512);
    const block = patterned(512, 9);
    const done = await run(unitOver(store), [0x93, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0], block);
    expect([done.status, done.result.taken]).toEqual([0, 512]);
    for (const index of [2, 3, 4]) expect(store.bytes.subarray(index * 512, index * 512 + 512)).toEqual(block);
    expect(store.bytes.subarray(5 * 512).every((byte) => byte === 0)).toBe(true);
  });

  test("WRITE SAME without data zeroes", async () => {
    const store = new BufferStore(patterned(blocks * 512, 2));
    expect((await run(unitOver(store), [0x93, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0])).status).toBe(0);
    expect(store.bytes.subarray(512, 1024)).toEqual(new Uint8Array(512));
    expect(store.bytes[1024]).toBe(patterned(blocks * 512, 2)[1024]);
  });

  test("WRITE SAME of no blocks, or beyond the end", async () => {
    expect((await run(unitOver(), [0x41, 0, 0, 0, 0, 0, 0, 0, 0, 0], new Uint8Array(512))).sense).toBe("5/24/0");
    expect((await run(unitOver(), [0x41, 0, 0, 0, 0, 60, 0, 0, 5, 0], new Uint8Array(512))).sense).toBe("5/21/0");
  });

  test("UNMAP zeroes all of its ranges, or none when one is beyond the end", async () => {
    const store = new BufferStore(patterned(blocks * 512, 2));
    const bad = unmapList([0, 1], [63, 2]);
    expect((await run(unitOver(store), unmap(bad), bad)).sense).toBe("5/21/0");
    expect(store.bytes).toEqual(patterned(blocks * 512, 2));
    const again = unmapList([0, 64], [0, 1]);
    expect((await run(unitOver(store), unmap(again), again)).sense).toBe("5/26/0");
    expect(store.bytes).toEqual(patterned(blocks * 512, 2));
    const list = unmapList([0, 1], [62, 2]);
    expect((await run(unitOver(store), unmap(list), list)).status).toBe(0);
    const expected = patterned(blocks * 512, 2)
      .fill(0, 0, 512)
      .fill(0, 62 * 512);
    expect(store.bytes).toEqual(expected);
  });

  test("UNMAP with a list that is too short, or too long", async () => {
    expect((await run(unitOver(), unmap(new Uint8Array(7)), new Uint8Array(7))).sense).toBe("5/1a/0");
    const long = unmapList(...Array.from({ length: 65 }, () => [0, 1] as const));
    expect((await run(unitOver(), unmap(long), long)).sense).toBe("5/26/0");
  });
});

test.each([
  ["an unknown command", [0xff], "5/20/0"],
  ["an empty one", [], undefined],
  ["an unknown page", [0x12, 1, 0x90, 0, 255, 0], "5/24/0"],
  ["a page without EVPD", [0x12, 0, 0x80, 0, 255, 0], "5/24/0"],
  ["an unknown mode page", [0x1a, 0, 0x01, 0, 255, 0], "5/24/0"],
  ["saved mode pages", [0x1a, 0, 0xc8, 0, 255, 0], "5/39/0"],
  ["protection information", [0x28, 0x20, 0, 0, 0, 0, 0, 0, 1, 0], "5/24/0"],
  ["another service action", [0x9e, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], "5/24/0"],
] as const)("%s", async (_what, cdb, sense) => {
  expect((await run(unitOver(), cdb, undefined, 512)).sense).toBe(sense);
});

test("news of the unit are told once, and not to INQUIRY", async () => {
  const unit = unitOver();
  unit.sizeChanged();
  expect((await run(unit, [0x12, 0, 0, 0, 36, 0], undefined, 36)).status).toBe(0);
  expect((await run(unit, [0, 0, 0, 0, 0, 0])).sense).toBe("6/2a/9");
  expect((await run(unit, [0, 0, 0, 0, 0, 0])).status).toBe(0);
});

test("block sizes that are none", () => {
  expect(() => new LogicalUnit({ store: new BufferStore(512), blockSize: 520 })).toThrow(
    "multiple of 512 bytes, not 520",
  );
});

describe("a target", () => {
  const reportLuns = [0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
  const units = new Map([
    [300, unitOver()],
    [0, unitOver()],
  ]);

  test("lists its units in their order", async () => {
    const asked = command(reportLuns, 256);
    const { filled } = await executeOn(units, 7, asked);
    expect([...asked.data.subarray(0, filled)]).toEqual([
      0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0x2c, 0, 0, 0, 0, 0, 0,
    ]);
    expect((await executeOn(units, 0, command(reportLuns.with(9, 15).with(8, 0), 256))).sense?.code).toBe(0x24);
  });

  test("serves the unit that is meant", async () => {
    expect((await executeOn(units, 300, command([0, 0, 0, 0, 0, 0], 0))).status).toBe(0);
  });

  test("says that a unit is not there", async () => {
    const inquiry = command([0x12, 0, 0, 0, 36, 0], 36);
    await executeOn(units, 1, inquiry);
    expect(inquiry.data[0]).toBe(0x7f);
    expect((await executeOn(units, 1, command([0, 0, 0, 0, 0, 0], 0))).sense).toMatchObject({ key: 5, code: 0x25 });
    const sense = command([3, 0, 0, 0, 18, 0], 18);
    await executeOn(units, 1, sense);
    expect([sense.data[2], sense.data[12]]).toEqual([5, 0x25]);
  });

  test("the well-known unit", () => {
    const inquiry = command([0x12, 0, 0, 0, 36, 0], 36);
    executeOnWellKnown(inquiry);
    expect(inquiry.data[0]).toBe(0x1e);
    expect(executeOnWellKnown(command(reportLuns, 256)).filled).toBe(8);
    expect(executeOnWellKnown(command([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 0)).sense?.code).toBe(0x20);
  });
});
