import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { HeaderReport } from "../../src/refine/report-model.ts";
import { filesOf, standard } from "../target/c/descriptions.ts";
import { groundAt, refined, refinedOne, said } from "./ground.ts";

const outhdr = "struct virtio_blk_outhdr { __virtio32 type; __virtio32 ioprio; __virtio64 sector; };";

describe("what differs", () => {
  it.each([
    ["a value", "#define VIRTIO_BLK_F_MQ 13", ["1: VIRTIO_BLK_F_MQ has another value: here 13, described 12"]],
    ["an enumerator", "enum { VIRTIO_BLK_F_RO = 6 };", ["1: VIRTIO_BLK_F_RO has another value: here 6, described 5"]],
    [
      "a value by an expression",
      "#define VIRTIO_BLK_F_MQ (1 << 4)",
      ["1: VIRTIO_BLK_F_MQ has another value: here 16 (( 1 << 4 )), described 12"],
    ],
    ["a name that nobody knows", "#define VIRTIO_BLK_F_FAST 50", ["1: VIRTIO_BLK_F_FAST is not described (50)"]],
    [
      "a type",
      "struct virtio_blk_outhdr { __virtio32 type; __virtio16 ioprio; __virtio64 sector; };",
      ["1: struct virtio_blk_outhdr.ioprio has another type: here __virtio16, described __virtio32"],
    ],
    [
      "an order of bytes",
      outhdr.replace("__virtio32 type", "__be32 type"),
      ["1: struct virtio_blk_outhdr.type has another byte order: here __be32, described __virtio32"],
    ],
    [
      "a sign",
      outhdr.replace("__virtio32 type", "__s32 type"),
      [
        "1: struct virtio_blk_outhdr.type has another byte order: here __s32, described __virtio32",
        "1: struct virtio_blk_outhdr.type has another sign: here __s32, described __virtio32",
      ],
    ],
    [
      "a name of a member",
      outhdr.replace("ioprio", "priority"),
      ["1: struct virtio_blk_outhdr.ioprio is called priority"],
    ],
    [
      "packing",
      outhdr.replace("};", "} __attribute__((packed));"),
      ["1: struct virtio_blk_outhdr is packed differently: here packed, described aligned to 8, not packed"],
    ],
    [
      "members that change places",
      "struct virtio_blk_outhdr { __virtio64 sector; __virtio32 type; __virtio32 ioprio; };",
      [
        "1: struct virtio_blk_outhdr.type has another place: here at 8, described at 0; so have 1 member behind it",
        "1: struct virtio_blk_outhdr.sector has another place: here at 0, described at 8",
      ],
    ],
    [
      "a member too few",
      "struct virtio_blk_outhdr { __virtio32 type; __virtio64 sector; };",
      ["1: struct virtio_blk_outhdr.ioprio is missing (__virtio32)"],
    ],
    [
      "a member too many",
      outhdr.replace("};", "__le32 more; };"),
      [
        "1: struct virtio_blk_outhdr has another size: here 24 bytes, described 16 bytes",
        "1: struct virtio_blk_outhdr.more is not described (__le32)",
      ],
    ],
    [
      "a length",
      "struct virtio_scsi_event { __virtio32 event; __u8 lun[4]; __virtio32 reason; } __attribute__((packed));",
      [
        "1: struct virtio_scsi_event has another size: here 12 bytes, described 16 bytes",
        "1: struct virtio_scsi_event.lun has another length: here __u8[4], described __u8[8]",
        "1: struct virtio_scsi_event.reason has another place: here at 8, described at 12",
      ],
    ],
    [
      "a struct for a union",
      outhdr.replace("struct", "union").replace(/; __v/g, "; __v"),
      ["1: struct virtio_blk_outhdr has another type: here union, described struct"],
    ],
    [
      "a typedef",
      "typedef __u16 virtio_net_ctrl_ack;",
      ["1: typedef virtio_net_ctrl_ack has another size: here 2 bytes, aligned to 2, described 1 byte, aligned to 1"],
    ],
  ])("%s", (_, text, expected) => {
    const found = said(refinedOne(text, "blk"));
    expect(found).toEqual(expect.arrayContaining(expected));
  });

  it("is nothing where all is the same", () => {
    expect(said(refinedOne(`#define VIRTIO_BLK_F_MQ 0xc\n${outhdr}`, "blk"))).toEqual([]);
  });

  it("says both places, and the description's is a line of its file", () => {
    const { differences } = refinedOne("\n#define VIRTIO_BLK_F_MQ 13", "blk");
    const [one] = differences;
    expect(one?.header).toEqual({ says: "13", file: "own.h", line: 2 });
    expect(one?.description).toMatchObject({ says: "12", file: "specs/device/blk.virtio" });
    expect(standardLine(one?.description?.file, one?.description?.line)).toMatch(/^\s*MQ\s*=\s*12/);
  });

  it("of a size is not said again for each struct that has the struct in it", () => {
    const text =
      "struct virtio_net_hdr_v1 { __u8 flags, gso_type; __virtio16 hdr_len, gso_size; union { struct { __virtio16 csum_start, csum_offset; }; struct { __virtio16 start, offset; } csum; struct { __le16 segments, dup_acks; } rsc; }; __virtio16 num_buffers; };";
    const mrg =
      "struct virtio_net_hdr_v1_hash { struct virtio_net_hdr_v1 hdr; __le16 hash_value_lo, hash_value_hi, hash_report, padding; };";
    expect(said(refinedOne(`${text}\n${mrg}`, "net"))).toEqual([]);
    expect(said(refinedOne(`${text.replace("gso_size", "gso_bytes")}\n${mrg}`, "net"))).toEqual([
      "1: struct virtio_net_hdr_v1.gso_size is called gso_bytes",
    ]);
  });
});

function standardLine(file: string | undefined, line: number | undefined): string {
  return readFileSync(new URL(`../../${file ?? ""}`, import.meta.url), "utf8").split("\n")[(line ?? 1) - 1] ?? "";
}

function missing(report: HeaderReport): readonly string[] {
  return report.differences.filter((one) => one.kind === "missing").map((one) => one.name);
}

describe("what is missing", () => {
  it("is everything of the device, but for what is there by another name", () => {
    const names = missing(refinedOne("#define VIRTIO_BLK_F_RO 5\n#define VIRTIO_BLK_F_WCE 9", "blk"));
    expect(names).toEqual(expect.arrayContaining(["VIRTIO_BLK_F_MQ", "struct virtio_blk_config"]));
    expect(names).not.toContain("VIRTIO_BLK_F_RO");
    expect(names.every((name) => /virtio_blk|VIRTIO_BLK|virtio_scsi_inhdr/.test(name))).toBe(true);
  });

  it("is told by the header's name or by what it declares", () => {
    expect(refinedOne("", undefined, "include/virtio_rng.h").devices).toEqual(["entropy"]);
    expect(refinedOne("", undefined, "virtio-snd.h").devices).toEqual(["sound"]);
    expect(refinedOne("", undefined, "virtio_sound.h").devices).toEqual(["sound"]);
    expect(refinedOne("#define VIRTIO_SCSI_S_OK 0", undefined, "storage.h").devices).toEqual(["scsi"]);
    expect(refinedOne("#define SOMETHING 0", undefined, "storage.h").devices).toEqual([]);
  });

  it("is not what another header of the call has, or one that is included", () => {
    const files = filesOf(standard(), "linux");
    const ring = files.find((file) => file.path === "linux/virtio_ring.h")?.text ?? "";
    const [, second] = ring.split(/(?=struct vring_used_elem)/);
    expect(second).toBeDefined();
    const split = {
      "virtio_ring.h": ring.replace(second ?? "", "\n#endif\n"),
      "rest.h": `#include "virtio_ring.h"\n${(second ?? "").replace(/#endif[^]*$/, "")}`,
    };
    const alone = refined({ "virtio_ring.h": split["virtio_ring.h"] }).headers[0];
    const both = refined(split).headers[0];
    expect(alone?.differences.length).toBeGreaterThan(both?.differences.length ?? 0);
  });

  it("says since when the description has it", () => {
    const report = refinedOne("#define VIRTIO_BLK_F_RO 5", "blk");
    expect(report.differences.find((one) => one.name === "VIRTIO_BLK_F_ZONED")?.why).toEqual(["since 1.3"]);
  });

  it("is less at an older revision, and what is newer is not described there", () => {
    const now = refinedOne("#define VIRTIO_BLK_F_ZONED 17", "blk");
    const then = refinedOne("#define VIRTIO_BLK_F_ZONED 17", "blk", "own.h", "1.1");
    expect(then.differences.length).toBeLessThan(now.differences.length);
    expect(said(then)).toEqual(["1: VIRTIO_BLK_F_ZONED is not described (17); since 1.3"]);
  });
});

describe("reasons", () => {
  it("are errata, notes of Linux, and what the other has", () => {
    const { departures, differences } = refinedOne("#define VIRTIO_CRYPTO_AKCIPHER_ECDSA 3", "crypto");
    expect(differences.some((one) => one.kind === "value")).toBe(false);
    expect(departures).toHaveLength(1);
    expect(departures[0]).toMatchObject({ kind: "value", header: { says: "3" }, description: { says: "2" } });
    expect(departures[0]?.why.join("\n")).toContain('erratum "number of ECDSA"');
    const own = refinedOne("#define VIRTIO_CRYPTO_AKCIPHER_ECDSA 2", "crypto");
    expect(own.departures).toEqual([]);
    expect(said(own)[0]).toContain("here 2, described 3; so has the standard; ");
  });

  it("are that Linux gives a mask for a bit", () => {
    const { departures } = refinedOne("#define VIRTIO_I2C_FLAGS_M_RD 2", "i2c");
    expect(departures.map((one) => one.why)).toEqual([["Linux gives the mask"]]);
  });

  it("are the place of T10-PI's lengths and the padding of control elements", () => {
    const scsi =
      "#define N 32\nstruct virtio_scsi_cmd_req_pi { __u8 lun[8]; __virtio64 tag; __u8 task_attr, prio, crn; __virtio32 pi_bytesout, pi_bytesin; __u8 cdb[N]; } __attribute__((packed));";
    const report = refinedOne(scsi, "scsi");
    expect(said(report)).toEqual(["1: N is not described (32)"]);
    expect(report.departures.map((one) => one.why.join())).toEqual([
      expect.stringContaining("pi_bytesout and pi_bytesin"),
    ]);
  });
});

describe("other houses' styles", () => {
  it("QEMU: no byte orders but the guest's, its own folder", () => {
    const text = `
#ifndef _LINUX_VIRTIO_BLK_H
#define _LINUX_VIRTIO_BLK_H
#include "standard-headers/linux/types.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_types.h"
#define VIRTIO_BLK_F_MQ		12	/* support more than one vq */
struct virtio_blk_discard_write_zeroes {
	uint64_t sector;
	uint32_t num_sectors;
	uint32_t flags;
};
struct virtio_blk_outhdr {
	__virtio32 type;
	__virtio32 ioprio;
	__virtio64 sector;
};
#endif
`;
    const report = refinedOne(text, undefined, "include/standard-headers/linux/virtio_blk.h");
    expect(said(report)).toEqual([]);
    expect(report.summary.withoutByteOrder).toBe(3);
    expect(report.summary.missingIncludes).toEqual([
      "standard-headers/linux/virtio_ids.h",
      "standard-headers/linux/virtio_types.h",
    ]);
    // A size is one, whoever writes it.
    expect(said(refinedOne(text.replace("uint32_t flags", "uint16_t flags"), "blk"))).toContain(
      "11: struct virtio_blk_discard_write_zeroes.flags has another type: here uint16_t, described __le32",
    );
    // Where the guest's order is said, its absence means something.
    expect(said(refinedOne(text.replace("__virtio32 type", "uint32_t type"), "blk"))).toEqual([
      "14: struct virtio_blk_outhdr.type has another byte order: here uint32_t, described __virtio32",
    ]);
  });

  it("FreeBSD: packed by a macro, masks for features, texts", () => {
    const text = `
#ifndef _VIRTIO_BLK_H
#define _VIRTIO_BLK_H
#define VIRTIO_BLK_F_SIZE_MAX	0x0002	/* Indicates maximum segment size */
#define VIRTIO_BLK_F_RO	0x0020
#define VIRTIO_BLK_ID_BYTES	20
#define VTBLK_FEATURE_NAMES "\\020\\1HostBarrier\\2MaxSegSize"
struct virtio_blk_outhdr {
	uint32_t type;
	uint32_t ioprio;
	uint64_t sector;
} __packed;
#endif
`;
    const report = refinedOne(text, undefined, "sys/dev/virtio/block/virtio_blk.h");
    expect(said(report)).toEqual([
      "4: VIRTIO_BLK_F_SIZE_MAX has another value: here 2 (0x0002), described 1; it is the mask of that bit",
      "5: VIRTIO_BLK_F_RO has another value: here 32 (0x0020), described 5; it is the mask of that bit",
      "8: struct virtio_blk_outhdr is packed differently: here packed, described aligned to 8, not packed",
    ]);
    expect(report.summary.notComparable).toEqual(["VTBLK_FEATURE_NAMES"]);
  });

  it("old Linux: integers without an order are the guest's, and that is another type", () => {
    const text = "struct virtio_blk_outhdr { __u32 type; __u32 ioprio; __u64 sector; };";
    expect(said(refinedOne(text, "blk"))).toHaveLength(3);
  });

  it("several devices in one file, in the standard's names", () => {
    const text = `
#include <stdint.h>
typedef uint32_t le32; typedef uint64_t le64; typedef uint16_t le16;
#define VIRTIO_STATUS_DRIVER_OK 4
#define VIRTIO_BLK_F_RO 5
#define VIRTIO_BLK_F_MQ 12
#define VIRTIO_NET_F_MAC 5
#define VIRTIO_NET_F_STATUS 16
struct virtq_desc { le64 addr; le32 len; le16 flags; le16 next; };
struct virtq_used_elem { le32 id; le32 len; };
`;
    const report = refinedOne(text, undefined, "virtio.h");
    expect(report.naming).toBe("spec");
    expect(report.devices).toEqual(expect.arrayContaining(["blk", "net", "ring"]));
    expect(said(report)).toEqual([]);
  });
});

describe("our own headers", () => {
  it.each(["linux", "spec"] as const)("of the profile %s differ in nothing, at any revision", (profile) => {
    for (const revision of ["1.0", "1.2", "1.4"] as const) {
      const files = Object.fromEntries(filesOf(standard(), profile, revision).map((file) => [file.path, file.text]));
      const { headers } = refined(files, undefined, revision);
      expect(
        headers.filter(
          (header) => header.naming !== profile && header.devices.length > 0 && header.summary.compared.structs > 0,
        ),
      ).toEqual([]);
      expect(headers.flatMap((header) => header.differences)).toEqual([]);
      const fields = headers.reduce((sum, header) => sum + header.summary.agreeing.fields, 0);
      expect(fields).toBeGreaterThan(revision === "1.0" ? 100 : 400);
    }
  });

  it("are made of the descriptions that are compared with", () => {
    expect(groundAt().modules.map((module) => module.name)).toContain("blk");
  });
});
