import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';
const head = `${disk}struct head { u8 type; u8 pad[3]; le32 flags; le64 sector; le16 n; u8 list[n]; le32 tail; le32 last; }\n`;

describe("views", () => {
  test.each([
    ["the same", "view struct v of head { type..sector; }"],
    ["a part", "view struct v of head packed linux { flags as f; sector; }"],
    ["what begins behind an array", "view struct v of head { tail..last; }"],
    ["an array of the house's own length", "view struct v of head packed linux { type..n; u8 list[4]; tail; }"],
    ["a member cut in two", "view struct v of head { type; pad; le16 flags_lo; le16 flags_hi; sector; }"],
    [
      "members that lie over others",
      "view struct v of head { type; pad; union { flags; le32 bits; struct { le16 a; le16 b; } parts; }; sector; }",
    ],
    [
      "a view inside of a view",
      "view struct a of head { type; pad; flags; } view struct b of head { struct a a; sector; }",
    ],
    [
      "a union of shapes",
      "view struct a of head { type; pad; flags; } view struct b of head { type; } view union v of head { struct a a; struct b b; }",
    ],
    [
      "other bytes, with an erratum",
      'view struct v of head erratum "size" { text: "a"; meant: "b"; because "c"; } { type; sector; }',
    ],
  ])("%s", (_, text) => {
    expect(found(`${head}house linux { ${text} }`)).toEqual([]);
  });

  test.each([
    [
      "a member left out",
      "view struct v of head packed linux { type; flags; }",
      ["V6001 3:27 'flags' lies at byte 1 of 'v', but what it views has it at byte 4"],
    ],
    [
      "an own member that is too long",
      "view struct v of head packed linux { type; le32 pad2; flags; }",
      ["V6001 3:27 'flags' lies at byte 5 of 'v', but what it views has it at byte 4"],
    ],
    [
      "a view inside that is longer than what it views",
      "view struct a of head { type; pad; flags; u8 more[4]; } view struct b of head packed linux { struct a a; sector; }",
      ["V6001 3:83 'sector' lies at byte 12 of 'b', but what it views has it at byte 8"],
    ],
    [
      "a union of shapes, one of which is not there",
      "view struct a of head { type; } view union v of head { struct a a; le32 type; }",
      ["V6001 3:87 'type' has 4 bytes in 'v', but 1 in what it views"],
    ],
    [
      "a union that is too long",
      "view struct v of head packed linux { type; pad; union { flags; le64 big; }; sector; }",
      ["V6001 3:27 'sector' lies at byte 12 of 'v', but what it views has it at byte 8"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(`${head}house linux { ${text} }`)).toEqual(findings);
  });

  const message = `${disk}queues { q = 0; } enum T { A = 0; B = 1; }
request r on q {
  device-readable { le32 type : T; }
  switch type {
    A : device-readable { le32 x; le64 y; }
    B : device-readable { u8 z; } device-writable { le32 w; }
  }
  device-writable { u8 status; }
}\n`;

  test.each([
    ["the parts of one alternative", "view struct v of r.A packed linux { type; x; y; }"],
    ["what the device writes", "view struct v of r.B packed linux { w; status; }"],
    ["the head alone", "view struct v of r { type; }"],
  ])("of a message: %s", (_, text) => {
    expect(found(`${message}house linux { ${text} }`)).toEqual([]);
  });

  test("of a message: the wrong order of what the device writes", () => {
    expect(found(`${message}house linux { view struct v of r.B packed linux { status; w; } }`)).toEqual([
      "V6001 11:27 'w' stands behind 'status' in 'v', but before it in what it views",
    ]);
  });

  test("of one direction of a message: a name that both directions have", () => {
    const both = `${disk}enum T { A = 0; }
queues { q = 0; }
request r on q {
  device-readable { u8 type : T; }
  switch type { A : device-readable { le32 id; } device-writable { le16 id; } }
}\n`;
    const views =
      "view struct o of r.A.out packed linux { type; id; } view struct i of r.A.in { id; } view struct a of r.in { id; }";
    const { ir, diagnostics } = compile([{ path: "a.virtio", text: `${both}house linux { ${views} }` }]);
    expect(diagnostics).toEqual([]);
    const house = ir?.modules[0]?.items.find((item) => item.kind === "house");
    const types = house?.views.map((view) => view.members.map((one) => one.kind === "field" && one.type));
    expect(types).toMatchObject([[{ name: "u8" }, { name: "le32" }], [{ name: "le16" }], [{ name: "le16" }]]);
    expect(found(`${both}house linux { view struct v of r.A.up { id; } }`)).toEqual([
      "V2001 8:32 there is no struct or request 'r.A.up' to view",
    ]);
  });

  test("an alternative that the message does not have", () => {
    expect(found(`${message}house linux { view struct v of r.C { type; } }`)).toEqual([
      "V2001 11:32 there is no struct or request 'r.C' to view",
    ]);
  });
});

describe("names of a house", () => {
  test.each([
    [
      "what it does not publish has none",
      "features { A = 1 alias linux X; B = 2 alias linux X; } house linux { omit B; }",
    ],
    ["two of one value", "features { A = 1; } house linux { const VIRTIO_DISK_F_A = 1; }"],
    [
      "in different revisions",
      'features { A = 1 until 1.2 alias linux X; B = 2 since 1.2 alias linux X; } house linux { header "x.h"; }',
    ],
    [
      "a view with the name of what it views",
      "struct s { u8 a; } house linux { view struct virtio_disk_s of s { a; } }",
    ],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test("also adds one that another has", () => {
    expect(found(`${disk}features { A = 1; B = 2 also linux VIRTIO_DISK_F_A; } house linux { header "x.h"; }`)).toEqual(
      ["V6002 2:19 in the house 'linux', 'VIRTIO_DISK_F_A' is both 'A' and 'B'"],
    );
  });

  test("a view with the name of another struct", () => {
    expect(
      found(`${disk}struct s { u8 a; } struct t { u8 a; } house linux { view struct virtio_disk_s of t { a; } }`),
    ).toEqual(["V6002 2:65 in the house 'linux', 'virtio_disk_s' is both 's' and 'virtio_disk_s'"]);
  });
});

describe("sentences that an element holds", () => {
  const held = `device disk = 60 "Disk" since 1.0;
features { MQ = 1; CTRL = 2 requires MQ; SPARE = 3; }
queues { requestq = 0; controlq = 1 if CTRL; }
enum T { IN = 0; OUT = 1; }
enum S { NO = 1; }
config { le32 plain; le32 one = 7; le32 some in 1..9; le64 wide in 1..9; le16 if_mq if MQ; u8 tail[4];
  le32 select writable; le32 clear writable write_clears plain; le32 early writable before DRIVER_OK; u8 reserved[3]; }
struct hdr { le32 type : T; le32 { index : 15; reserved : 17; } }
request req on requestq {
  device-readable { struct hdr hdr; u8 kind : T; le32 count; }
  switch kind { IN : device-writable { le16 n[count]; } OUT if MQ : device-readable { le32 more; } }
  device-writable { u8 free; u8 status : S refuse NO; }
}
`;
  const said = (who: string, by: string): readonly string[] =>
    found(`${held}must ${who} "x": "It is so." by ${by};`).map((one) => one.slice(0, 5));

  test.each([
    ["device", "one"],
    ["driver", "some, if_mq, tail"],
    ["not driver", "plain, config.wide"],
    ["not device", "plain"],
    ["driver", "early"],
    ["device", "clear"],
    ["device", "reserved"],
    ["driver", "CTRL, controlq"],
    ["driver", "req, req.OUT, req.OUT.more, req.more"],
    ["driver", "req.kind"],
    ["driver", "hdr.reserved, req.hdr.reserved"],
    ["device", "req.n, req.status"],
    ["not driver", "req.free"],
    ["not device", "req.count"],
  ])("%s by %s", (who, by) => {
    expect(said(who, by)).toEqual([]);
  });

  test.each([
    ["driver", "plain"],
    ["device", "wide"],
    ["not driver", "select"],
    ["device", "select"],
    ["driver", "SPARE"],
    ["driver", "requestq"],
    ["device", "req.count"],
    ["driver", "req.free"],
    ["not device", "req.free"],
    ["driver", "hdr.type"],
    ["driver", "req.hdr.index"],
    ["driver", "T"],
    ["driver", "T.IN"],
    ["driver", "nothing"],
    ["not driver", "config"],
  ])("not %s by %s", (who, by) => {
    expect(said(who, by)).toEqual(["V6007"]);
  });
});

describe("requirements", () => {
  test.each([
    ["one more than the largest value as an end", 'config { u8 a; } must device "x": a < 256;'],
    ["all ones", 'config { le32 speed; } must device "x": speed <= 0x7fffffff | speed == 0xffffffff;'],
    ["bits of a member in a range", 'config { u8 a; } must device "x": a & 0xf in 2..6;'],
    ["bit groups", 'config { le16 { a : 3; reserved : 13; } } must device "x": a <= 7;'],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "a bit group",
      'config { le16 { a : 3; reserved : 13; } } must device "x": a <= 8;',
      ["V6005 2:60 'a' is never 8: it has 3 bits"],
    ],
    [
      "a member of a struct",
      'struct g { u8 h; } config { struct g g; } must device "x": g.h == 256;',
      ["V6005 2:60 'g.h' is never 256: it has 8 bits"],
    ],
    [
      "a condition",
      'config { u8 a; } must device "x": "It is so." if a == 300;',
      ["V6005 2:50 'a' is never 300: it has 8 bits"],
    ],
    [
      "a register",
      'registers r { 0x0 read u8 A; } must device "x": A == 256;',
      ["V6005 2:49 'A' is never 256: it has 8 bits"],
    ],
    [
      "a condition as the end of a range",
      'config { u8 a; u8 b; } must device "x": a in 2..6 -> b == 1;',
      ["V3019 2:24 the range's end is a condition, not a number"],
    ],
    [
      "a condition in a range",
      'config { u8 a; u8 b; } must device "x": b == 1 -> a in 2..6;',
      ["V3019 2:24 what lies in the range is a condition, not a number"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});
