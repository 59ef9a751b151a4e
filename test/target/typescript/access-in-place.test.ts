import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fault, hex, LooseCodecs, type LooseCodec } from "./loose-codec.ts";

let codecs: LooseCodecs;
const codec = (path: string): LooseCodec => codecs.codec(path);

beforeAll(async () => {
  codecs = new LooseCodecs("access-in-place");
  await codecs.load("blk", "net");
});
afterAll(() => codecs.remove());

describe("access in place", () => {
  it("offsets and sizes are those of the standard", () => {
    expect(
      codec("blk.Config").byteLayout.filter((row) =>
        ["geometry", "writeback", "num_queues", "unused1", "zoned"].includes(row.name),
      ),
    ).toMatchObject([
      { byteOffset: 16, byteLength: 4 },
      { byteOffset: 32, byteLength: 1, access: { writable: "always" } },
      { byteOffset: 34, byteLength: 2 },
      { byteOffset: 57, byteLength: 3, reserved: true },
      { byteOffset: 72, byteLength: 24, conditional: true },
    ]);
    expect(codec("blk.Config").zoned.model.byteOffset).toBe(92);
    expect(codec("blk.Config").zoned.byteLength).toBe(24);
    expect(codec("net.RssConfig").indirection_table.placeOf(100, 3)).toBe(114);
  });

  it("64 bits as halves, as a checked number, as a bigint", () => {
    const view = new DataView(new ArrayBuffer(32));
    const { sector } = codec("blk.Req");
    sector.setNumber(view, 4, 2 ** 53 - 1);
    expect([sector.low(view, 4), sector.high(view, 4), sector.getNumber(view, 4), sector.get(view, 4)]).toEqual([
      0xffffffff,
      0x1fffff,
      2 ** 53 - 1,
      2n ** 53n - 1n,
    ]);
    sector.set(view, 4, 2n ** 53n);
    expect(fault(() => sector.getNumber(view, 4))).toMatchObject({
      fault: "out-of-range",
      struct: "virtio_blk_req",
      field: "sector",
      value: 2n ** 53n,
      at: 12,
    });
    for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN])
      expect(fault(() => sector.setNumber(view, 4, wrong)).fault).toBe("out-of-range");
    for (const wrong of [-1n, 2n ** 64n]) expect(fault(() => sector.set(view, 4, wrong)).fault).toBe("out-of-range");
    expect(fault(() => sector.setWords(view, 4, -1, 0)).fault).toBe("out-of-range");
    expect(sector.get(view, 4)).toBe(2n ** 53n);
  });

  it("past the end is an error, and nothing is written", () => {
    const view = new DataView(new ArrayBuffer(12));
    for (const at of [-9, 1, 4, 1e9]) {
      expect(fault(() => codec("blk.Req").sector.getNumber(view, at)).fault).toBe("past-end");
      expect(fault(() => codec("blk.Req").sector.setNumber(view, at, 1)).fault).toBe("past-end");
    }
    expect(fault(() => codec("blk.Req").type.get(view, 10)).message).toBe(
      "virtio_blk_req.type: 4 bytes at 10 do not lie before the end at 12",
    );
    expect(fault(() => codec("blk.Req").writeTo(view, 0, { type: 1, sector: 1n })).fault).toBe("past-end");
    expect(hex(new Uint8Array(view.buffer))).toBe("00".repeat(12));
  });

  it("a number that does not fit is not cut off", () => {
    const view = new DataView(new ArrayBuffer(16));
    for (const wrong of [-1, 2 ** 32, 1.5, Number.NaN, Infinity])
      expect(fault(() => codec("blk.Req").type.set(view, 0, wrong)).fault).toBe("out-of-range");
    for (const wrong of [-1, 256, 1.5])
      expect(fault(() => codec("blk.ReqIn").status.set(view, 0, wrong)).fault).toBe("out-of-range");
  });

  it("values have names for traces", () => {
    expect(codec("blk.Req").type.nameOf(13)).toBe("WRITE_ZEROES");
    expect(codec("blk.Req").type.nameOf(0x80000001)).toBe("OUT | BARRIER");
    expect(codec("blk.ReqIn").status.nameOf(77)).toBe("0x4d");
    expect(codec("net.Hdr").flags.nameOf(5)).toBe("NEEDS_CSUM | RSC_INFO");
    expect(codec("net.Hdr").gso_type.nameOf(0x84)).toBe("TCPV6 | ECN");
  });
});
