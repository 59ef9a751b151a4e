import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigMemory, FeatureSet, type ConfigAccess } from "../../../src/runtime/index.ts";
import { fault, hex, LooseCodecs, type LooseCodec } from "./loose-codec.ts";

let codecs: LooseCodecs;
const codec = (path: string): LooseCodec => codecs.codec(path);

beforeAll(async () => {
  codecs = new LooseCodecs("byte-vectors");
  await codecs.load("blk", "net", "scsi", "ring", "balloon", "console", "mmio");
});
afterAll(() => codecs.remove());

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replaceAll(/\s/g, "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const features = (...bits: number[]): { features: FeatureSet } => ({ features: new FeatureSet(bits) });

/** Checks both directions, in a view where the struct does not begin at 0 and everything around it is 0xee. */
function same(one: LooseCodec, value: object, text: string): void {
  const wanted = bytes(text);
  const around = new Uint8Array(wanted.length + 24).fill(0xee);
  const view = new DataView(around.buffer);
  expect(one.writeTo(view, 11, value, 11 + wanted.length)).toBe(11 + wanted.length);
  expect(hex(around.subarray(11, 11 + wanted.length))).toBe(hex(wanted));
  expect([...around.subarray(0, 11), ...around.subarray(11 + wanted.length)].every((byte) => byte === 0xee)).toBe(true);
  expect(one.sizeOf(value)).toBe(wanted.length);
  expect(hex(one.toBytes(value))).toBe(hex(wanted));
  expect(one.readFrom(view, 11, 11 + wanted.length)).toEqual(value);
  expect(one.fromBytes(wanted)).toEqual(value);
}

/** The configuration space of a SCSI host with these two lengths. */
function scsiConfig(cdb: number, sense: number): ConfigAccess {
  const view = new DataView(new ArrayBuffer(36));
  view.setUint32(20, sense, true);
  view.setUint32(24, cdb, true);
  return new ConfigMemory(view);
}

function avail(queue_size: number, ...bits: number[]): LooseCodec {
  return codec("ring.Avail").withContext({ queue_size, ...features(...bits) });
}

describe("block device", () => {
  it("a request's head: type, four reserved bytes, sector", () => {
    same(codec("blk.Req"), { type: 1, sector: 0x0102030405060708n }, "01000000 00000000 0807060504030201");
  });

  it("the legacy interface of a big-endian guest", () => {
    const big = codec("blk.Req").guestOrder("big");
    same(big, { type: 1, sector: 0x0102030405060708n }, "00000001 00000000 0102030405060708");
    expect(big.sector.low(new DataView(bytes("00000001000000000102030405060708").buffer), 0)).toBe(0x05060708);
    same(codec("blk.Req").guestOrder("little"), { type: 1, sector: 8n }, "01000000 00000000 0800000000000000");
  });

  it("requests by type: data between the head and the status, on the side that the type says", () => {
    const readable = codec("blk.ReqReadable").withContext(features(13));
    same(readable, { type: 1, sector: 2n, data: bytes("cafe") }, "01000000 00000000 0200000000000000 cafe");
    same(readable, { type: 0, sector: 2n }, "00000000 00000000 0200000000000000");
    same(
      readable,
      {
        type: 11,
        sector: 0n,
        segments: [
          { sector: 1n, num_sectors: 2, flags: { unmap: 1 } },
          { sector: 3n, num_sectors: 4, flags: { unmap: 0 } },
        ],
      },
      "0b000000 00000000 0000000000000000  0100000000000000 02000000 01000000  0300000000000000 04000000 00000000",
    );
    const writable = codec("blk.ReqWritable");
    const answer = (type: number, ...bits: number[]) =>
      writable.withContext({ request: { type }, ...features(...bits) });
    same(answer(0), { data: bytes("0102030405"), status: 0 }, "0102030405 00");
    same(answer(1), { status: 1 }, "01");
    same(answer(15, 17), { append_sector: 0x1122n, status: 0 }, "2211000000000000 00");
    same(answer(8), { data: bytes("00".repeat(20)), status: 0 }, `${"00".repeat(20)} 00`);
  });

  it("a type without its feature is unknown to the device, and is answered by a status alone", () => {
    const readable = codec("blk.ReqReadable").withContext(features());
    const error = fault(() => readable.fromBytes(bytes("0b000000 00000000 0000000000000000")));
    expect(error).toMatchObject({ fault: "unknown-tag", struct: "virtio_blk_req", value: 11 });
    expect(error.message).toContain("needs a feature");
    expect(fault(() => readable.fromBytes(bytes("63000000 00000000 0000000000000000"))).message).toBe(
      "virtio_blk_req: nothing is defined for the tag 99",
    );
    same(codec("blk.ReqWritable").withContext({ request: { type: 15 }, ...features() }), { status: 2 }, "02");
  });

  it("the legacy BARRIER is a flag beside the type", () => {
    const readable = codec("blk.ReqReadable").withContext(features());
    same(readable, { type: 0x80000001, sector: 0n, data: bytes("ff") }, "01000080 00000000 0000000000000000 ff");
  });

  it("the configuration: members keep their places, and it ends with the last that exists", () => {
    const config = codec("blk.Config");
    expect(config.withContext(features()).byteLength).toBe(60);
    expect(config.withContext(features(16)).byteLength).toBe(72);
    expect(config.withContext(features(17)).byteLength).toBe(96);
    same(
      config.withContext(features(4, 10, 11, 12)),
      {
        capacity: 0x10000n,
        geometry: { cylinders: 0x0102, heads: 3, sectors: 4 },
        topology: { physical_block_exp: 3, alignment_offset: 1, min_io_size: 8, opt_io_size: 0x100 },
        writeback: 1,
        num_queues: 0x0405,
      },
      `0000010000000000 00000000 00000000 0201 03 04 00000000 03 01 0800 00010000 01 00 0504 ${"00".repeat(24)}`,
    );
  });

  it("a value that the description does not allow is neither read nor written", () => {
    const view = new DataView(new ArrayBuffer(96));
    view.setUint8(32, 2);
    expect(fault(() => codec("blk.Config").writeback.get(view, 0))).toMatchObject({
      fault: "out-of-range",
      struct: "virtio_blk_config",
      field: "writeback",
      value: 2,
    });
    expect(fault(() => codec("blk.Config").writeback.set(view, 0, 2)).message).toBe(
      "virtio_blk_config.writeback: 2 is not from 0 to 1",
    );
  });
});

describe("network device", () => {
  const hdr = { flags: 1, gso_type: 0x81, hdr_len: 54, gso_size: 1448, csum_start: 34, csum_offset: 16 };

  it.each([
    [[], 10],
    [[15], 12],
    [[32], 12],
    [[32, 57], 20],
    [[32, 65], 24],
    [[32, 67], 24],
    [[32, 69], 32],
    [[32, 70], 32],
    [[57], 20],
  ])("the header with the features %j has %i bytes", (bits, length) => {
    expect(codec("net.Hdr").withContext(features(...bits)).byteLength).toBe(length);
  });

  it("no member of the header ever moves", () => {
    same(codec("net.Hdr").withContext(features()), hdr, "01 81 3600 a805 2200 1000");
    same(
      codec("net.Hdr").withContext(features(32, 69)),
      {
        ...hdr,
        num_buffers: 2,
        outer_nh_offset: 14,
        padding_reserved_2: bytes("000000000000"),
        ipsec_resource_hdr: { resource_id: 0, resource_type: 0 },
      },
      "01 81 3600 a805 2200 1000 0200 00000000 0000 0000 0000 0000 0e00 000000000000",
    );
  });

  it("what follows the header does move", () => {
    const packet = bytes("ffffffffffff");
    same(codec("net.Transmit").withContext(features()), { hdr, packet }, "01 81 3600 a805 2200 1000 ffffffffffff");
    same(
      codec("net.Transmit").withContext(features(32)),
      { hdr: { ...hdr, num_buffers: 0 }, packet },
      "01 81 3600 a805 2200 1000 0000 ffffffffffff",
    );
  });

  it("a member without its feature cannot be written", () => {
    const error = fault(() =>
      codec("net.Hdr")
        .withContext(features())
        .toBytes({ ...hdr, num_buffers: 1 }),
    );
    expect(error).toMatchObject({ fault: "wrong-member", struct: "virtio_net_hdr", field: "num_buffers" });
  });

  it("alternatives of a union may be given both, unless they contradict each other", () => {
    const ipsec = codec("net.Hdr").withContext(features(32, 70));
    const base = { ...hdr, num_buffers: 0 };
    same(
      ipsec,
      {
        ...base,
        padding_reserved_2: bytes("010203040506"),
        ipsec_resource_hdr: { resource_id: 0x04030201, resource_type: 0x0605 },
      },
      "01 81 3600 a805 2200 1000 0000 00000000 0000 0000 0000 0000 0000 010203040506",
    );
    expect(
      hex(ipsec.toBytes({ ...base, ipsec_resource_hdr: { resource_id: 0x04030201, resource_type: 0x0605 } })).slice(
        -12,
      ),
    ).toBe("010203040506");
    expect(
      fault(() =>
        ipsec.toBytes({
          ...base,
          padding_reserved_2: bytes("000000000000"),
          ipsec_resource_hdr: { resource_id: 1, resource_type: 0 },
        }),
      ).message,
    ).toContain("contradicts");
  });

  it("control commands: two levels of tags, two tables of addresses in a row", () => {
    const ctrl = codec("net.CtrlReadable").withContext(features(17, 18, 23));
    same(ctrl, { class: 0, command: 1, on: 1 }, "00 01 01");
    same(ctrl, { class: 1, command: 1, mac: bytes("525400123456") }, "01 01 525400123456");
    same(
      ctrl,
      {
        class: 1,
        command: 0,
        unicast: { entries: 2, macs: [bytes("020000000001"), bytes("020000000002")] },
        multicast: { entries: 0, macs: [] },
      },
      "01 00 02000000 020000000001 020000000002 00000000",
    );
    expect(fault(() => ctrl.fromBytes(bytes("00 01 02")))).toMatchObject({
      fault: "out-of-range",
      field: "on",
      value: 2,
    });
    expect(fault(() => ctrl.fromBytes(bytes("00 09")))).toMatchObject({ fault: "unknown-tag", value: 9 });
    expect(fault(() => ctrl.fromBytes(bytes("03 00")))).toMatchObject({ fault: "unknown-tag", value: 0 });
  });

  it("a command's result stands behind its ack", () => {
    const answer = codec("net.CtrlWritable").withContext({ request: { class: 8, command: 1 }, ...features(50) });
    same(
      answer,
      {
        ack: 0,
        replies: [
          { hdr: { type: 0, vq_index: 2, size: 10 }, counters: bytes("aabb") },
          { hdr: { type: 32, vq_index: 3, size: 8 }, counters: bytes("") },
        ],
      },
      "00 00 00 0200 0000 0a00 aabb 20 00 0300 0000 0800",
    );
    const coal = codec("net.CtrlWritable").withContext({ request: { class: 6, command: 3 }, ...features(52) });
    same(coal, { coal: { max_packets: 1, max_usecs: 2 }, ack: 0 }, "01000000 02000000 00");
  });

  it("RSS: a table that its mask sizes, members behind it that have no fixed place", () => {
    same(
      codec("net.RssConfig"),
      {
        hash_types: 3,
        indirection_table_mask: 1,
        unclassified_queue: { vq_index_1_16: 0x7fff },
        indirection_table: [{ vq_index_1_16: 1 }, { vq_index_1_16: 2 }],
        max_tx_vq: 4,
        hash_key_length: 3,
        hash_key_data: bytes("a1b2c3"),
      },
      "03000000 0100 ff7f 0100 0200 0400 03 a1b2c3",
    );
  });

  it("a length that the values contradict, or that the bytes do not have, is an error with its numbers", () => {
    const value = { hash_types: 0, hash_key_length: 3, hash_key_data: bytes("a1b2") };
    expect(fault(() => codec("net.HashConfig").toBytes(value))).toMatchObject({
      fault: "wrong-length",
      struct: "virtio_net_hash_config",
      field: "hash_key_data",
      value: 2,
    });
    const error = fault(() => codec("net.HashConfig").fromBytes(bytes("00000000 0000000000000000 28 a1b2")));
    expect(error).toMatchObject({
      fault: "past-end",
      struct: "virtio_net_hash_config",
      field: "hash_key_data",
      value: 40,
      at: 13,
    });
    expect(error.message).toBe("virtio_net_hash_config.hash_key_data: 40 bytes at 13 do not lie before the end at 15");
  });

  it("a list that claims more elements than there are bytes is refused before it is read", () => {
    expect(fault(() => codec("net.CtrlMac").fromBytes(bytes("ffffffff 020000000001")))).toMatchObject({
      fault: "past-end",
      field: "macs",
    });
    const replies = codec("net.CtrlWritable").withContext({ request: { class: 8, command: 1 }, ...features(50) });
    expect(fault(() => replies.fromBytes(bytes("00 00 00 0200 0000 0700")))).toMatchObject({
      fault: "out-of-range",
      value: -1,
    });
  });
});

describe("SCSI host", () => {
  const base = { lun: bytes("0101400000000000"), id: 7n, task_attr: 0, prio: 0, crn: 0 };

  it("T10_PI puts bytes in front of the CDB, whose length is in the configuration", () => {
    const cdb = bytes("280000000000000001000000");
    same(
      codec("scsi.ReqCmd").withContext({ config: scsiConfig(12, 4), ...features() }),
      { ...base, cdb, dataout: bytes("d0") },
      "0101400000000000 0700000000000000 00 00 00 280000000000000001000000 d0",
    );
    same(
      codec("scsi.ReqCmd").withContext({ config: scsiConfig(12, 4), ...features(3) }),
      { ...base, pi_bytesout: 2, pi_bytesin: 0, cdb, pi_out: bytes("9999"), dataout: bytes("") },
      "0101400000000000 0700000000000000 00 00 00 02000000 00000000 280000000000000001000000 9999",
    );
  });

  it("the answer is sized by the configuration and by the request", () => {
    same(
      codec("scsi.ReqCmdIn").withContext({ config: scsiConfig(12, 4), request: { pi_bytesin: 2 }, ...features(3) }),
      {
        sense_len: 1,
        residual: 0,
        status_qualifier: 0,
        status: 2,
        response: 0,
        sense: bytes("70000000"),
        pi_in: bytes("aaaa"),
        datain: bytes("bb"),
      },
      "01000000 00000000 0000 02 00 70000000 aaaa bb",
    );
  });
});

describe("rings and notifications", () => {
  it("a descriptor, native on the legacy interface", () => {
    const value = { addr: 0x1122334455667788n, len: 0x1000, flags: 3, next: 5 };
    same(codec("ring.Desc"), value, "8877665544332211 00100000 0300 0500");
    same(codec("ring.Desc").guestOrder("big"), value, "1122334455667788 00001000 0003 0005");
  });

  it("used_event stands behind a ring whose size is a parameter", () => {
    same(avail(2), { flags: 1, idx: 2, ring: [3, 4] }, "0100 0200 0300 0400");
    same(avail(2, 29), { flags: 0, idx: 2, ring: [3, 4], used_event: 0x0102 }, "0000 0200 0300 0400 0201");
  });

  it("bit groups count from the least significant bit, whatever the byte order", () => {
    const value = { vq_index: 0x0102, next_off: 0x0304, next_wrap: 1 };
    same(codec("ring.NotificationLe"), value, "0201 0483");
    same(codec("ring.NotificationBe"), value, "8304 0102");
    same(
      codec("ring.PvirtqEventSuppress"),
      { desc: { desc_event_off: 0x1234, desc_event_wrap: 1 }, flags: { desc_event_flags: 2 } },
      "3492 0200",
    );
  });

  it("a group does not disturb its neighbours, and its value has to fit", () => {
    const view = new DataView(bytes("ffffffff").buffer);
    codec("ring.NotificationLe").next_off.set(view, 0, 0);
    expect(view.getUint32(0, true)).toBe(0x8000ffff);
    expect(fault(() => codec("ring.NotificationLe").next_wrap.set(view, 0, 2))).toMatchObject({
      fault: "out-of-range",
      field: "next_wrap",
      value: 2,
    });
    expect(codec("ring.PvirtqEventSuppress").desc.getWord(view, 0)).toBe(0xffff);
  });

  it("the legacy ring in one piece, with padding up to the alignment", () => {
    const virtq = codec("ring.Virtq").withContext({ queue_size: 1, queue_align: 64, ...features(29) });
    const desc = [{ addr: 1n, len: 2, flags: 0, next: 0 }];
    same(
      virtq,
      {
        desc,
        avail: { flags: 0, idx: 1, ring: [0], used_event: 0 },
        used: { flags: 0, idx: 0, ring: [{ id: 0, len: 0 }], avail_event: 0 },
      },
      `0100000000000000 02000000 0000 0000  0000 0100 0000 0000 ${"00".repeat(40)} 0000 0000 00000000 00000000 0000`,
    );
  });
});

describe("balloon and console", () => {
  it("statistics are packed to 10 bytes", () => {
    same(
      codec("balloon.Stats"),
      {
        stats: [
          { tag: 5, val: 6n },
          { tag: 0, val: 0n },
        ],
      },
      "0500 0600000000000000 0000 0000000000000000",
    );
    expect(fault(() => codec("balloon.Stats").fromBytes(bytes("0500 06000000")))).toMatchObject({
      fault: "past-end",
      struct: "virtio_balloon_stats",
      field: "stats[].val",
    });
  });

  it("the balloon's configuration is little-endian for every guest", () => {
    const config = codec("balloon.Config").withContext(features());
    same(config.guestOrder("big"), { num_pages: 1, actual: 2 }, "01000000 02000000");
  });
});
