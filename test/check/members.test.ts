import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';
const queue = 'device disk = 60 "Disk"; queues { q = 0; }\n';

describe("bit groups", () => {
  test.each([
    ["a union overlays groups", "struct s { le32 { union { a : 16; b : 8; } c : 16; } }"],
    [
      "a new group takes over reserved bits",
      "struct s { le32 w { a : 1; b : 1 since 1.3; reserved : 31 until 1.3; reserved : 30 since 1.3; } }",
    ],
    [
      "a condition keeps the place of its group",
      "features { F = 1; } struct s { le16 { a : 1 if F; reserved : 15; } }",
    ],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    ["a group that was not ended", "struct s { le8w w; }", ["V2002 2:12 there is no type 'le8w'"]],
    [
      "a gap in one revision",
      "struct s { le16 w { a : 8 until 1.2; b : 8; } }",
      ["V3002 2:38 'b' begins at bit 8, but in 1.2 what is before it reaches only to bit -1"],
    ],
    [
      "too wide by a union",
      "struct s { le16 w { union { a : 8; b : 12; } c : 8; } }",
      ["V3002 2:46 the bit groups of 'w', a le16, have 20 bits, more than 16"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("arrays without a length", () => {
  test.each([
    [
      "before a part in the same direction",
      "request r on q { device-readable { le32 t; } device-writable { u8 data[]; } device-writable { u8 status; } }",
    ],
    [
      "one in each direction",
      "request r on q { device-readable { le32 t; u8 tx[]; } device-writable { u8 rx[]; } device-writable { u8 status; } }",
    ],
    [
      "in alternatives",
      "enum T { A = 0; B = 1; } request r on q { device-readable { le32 t : T; } switch t { A : device-writable { u8 a[]; } B : device-writable { u8 b[]; } } device-writable { u8 s; } }",
    ],
    [
      "in parts whose conditions exclude each other",
      "flags F { RD = 1; } request r on q { device-readable { le32 f : F; } device-writable if f.RD { u8 a[]; } device-writable if not f.RD { u8 b[]; } }",
    ],
    [
      "a list with an end mark",
      "struct p { u8 t; } struct s { struct p list[] each { u8 t; u8 n; u8 v[n]; } until t == 0; le32 behind; }",
    ],
    [
      "parts of the legacy interface are descriptors",
      "features { legacy SCSI = 7; } message r on q { device-readable if SCSI { u8 cmd[]; } device-readable data if SCSI { u8 out[]; } }",
    ],
    [
      "blocks that are never there together",
      "features { F = 1; } struct s { present if F { u8 a[]; } present if not F { u8 b[]; } }",
    ],
    ["last in the configuration space", "config { le16 n; u8 tag[]; }"],
  ])("%s", (_, text) => {
    expect(found(queue + text)).toEqual([]);
  });

  test.each([
    [
      "opaque bytes before a member",
      "struct s { opaque payload; le32 crc; }",
      ["V3005 2:19 'payload' takes the rest of struct 's', but 'crc' follows"],
    ],
    [
      "in a window",
      "enum T { A = 0; } config { u8 t : T writable; window t { A : u8 x[]; } }",
      ["V3005 2:65 'x' has no length, and stands in a window, which is as long as its longest alternative"],
    ],
    [
      "behind another in an alternative",
      "enum T { A = 0; B = 1; } message r on q { device-readable { le32 t : T; u8 head[]; } switch t { A : device-readable { u8 a[]; } B : { } } }",
      ["V3005 2:122 'head' and 'a' have no length, and the device reads both"],
    ],
    [
      "inside of an element",
      "struct s { opaque l[] each { u8 n; u8 v[]; }; }",
      ["V3005 2:39 'v' takes all that is left, so 'l' never has a second element"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(queue + text)).toEqual(findings);
  });
});

describe("lengths", () => {
  test.each([
    ["of an earlier part", "request r on q { device-readable { le16 n; } device-writable { u8 data[n]; } }"],
    ["of the configuration space", "config { le32 n; } message r on q { device-readable { u8 cdb[config.n]; } }"],
    ["of a bit group before", "struct s { le16 { n : 4; reserved : 12; } u8 data[n]; }"],
  ])("%s", (_, text) => {
    expect(found(queue + text)).toEqual([]);
  });

  test("behind the array", () => {
    expect(found(`${disk}struct s { u8 data[n + 1]; struct { le16 n; }; }`)).toEqual([
      "V3016 2:15 the length of 'data' stands behind it: 'n'",
    ]);
  });
});

describe("values and ranges", () => {
  test.each([
    ["-1 is all ones", "struct s { le32 a = -1; }"],
    ["the largest value", "config { u8 a in 0..255 writable reset 0xff; }"],
    ["a range that run time decides", "config { le16 max; } struct s { le16 a in 1..config.max; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "a constant",
      "const BIG = 0x100; struct s { u8 a = BIG; }",
      ["V3003 2:34 the value 'BIG' = 256 of 'a' does not fit u8"],
    ],
    [
      "a bit group",
      "struct s { le16 w { a : 2 = 4; reserved : 14; } }",
      ["V3003 2:21 the value 4 of 'a' does not fit 2 bits"],
    ],
    [
      "a range of one end",
      "config { u8 a in 5..300; }",
      ["V3003 2:15 the range of 'a' reaches to 300, which does not fit u8"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("the configuration space", () => {
  test.each([
    ["a struct in it", "struct g { u8 a writable; } config { struct g g; }"],
    ["bytes that are written one by one", "config { u8 mac[6] writable; }"],
    ["what the driver only reads may be longer", "config { le64 capacity; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test("a transport has memory, too", () => {
    expect(found("transport bus; struct common { le32 select writable; }")).toEqual([]);
  });
});

describe("tags", () => {
  test.each([
    [
      "an alternative for each state of a feature",
      "enum T { A = 0; } features { F = 1; } struct s { u8 t : T; switch t { A if F : u8 x; A unless F : u8 y; } }",
    ],
    [
      "one that takes over from another",
      "enum T { A = 0; } struct s { u8 t : T; switch t { A until 1.2 : u8 x; A since 1.2 : u8 y; } }",
    ],
    ["the rest", "enum T { A = 0; B = 1; } struct s { u8 t : T; switch t { A : u8 x; default : { } } }"],
    [
      "flags beside the numbers are no tags",
      "enum T { A = 0; flags { F = 0x80; } } struct s { u8 t : T; switch t { A : u8 x; } }",
    ],
    ["values of the legacy interface", "enum T { A = 0; legacy B = 1; } struct s { u8 t : T; switch t { A : u8 x; } }"],
    ["a range of them", "enum T { A = 0; B = 1; C = 2; } struct s { u8 t : T; switch t { A..C : u8 x; } }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "of a union",
      "enum T { A = 0; B = 1; } struct s { u8 t : T; union by t { A : u8 x; } }",
      ["V3010 2:47 this union says nothing about 'B'"],
    ],
    [
      "of a switch that is legacy itself",
      "enum T { A = 0; legacy B = 1; } legacy struct s { u8 t : T; switch t { A : u8 x; } }",
      ["V3010 2:61 this switch says nothing about 'B'"],
    ],
    [
      "two ranges",
      "struct s { u8 t; switch t { 0..4 : u8 x; 4..8 : u8 y; default : { } } }",
      ["V3009 2:42 '4..8' and '0..4' overlap"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("what is never there", () => {
  test.each([
    [
      "an alternative of the same tag",
      "enum T { A = 0; B = 1; } struct s { u8 t : T; switch t { A : { u8 x; present if t == A { u8 y; } } B : { } } }",
    ],
    [
      "a bit that is tested and one that is not",
      "flags F { A = 1; B = 2; } struct s { u8 f : F; u8 x if f.A & not f.B; }",
    ],
    ["a condition whose sums are not understood", "struct s { u8 a; u8 b; u8 x if a + b == 1 & a + b == 2; }"],
    ["what a feature does not need", "features { A = 1; B = 2 requires A; } config { u8 x if A & not B; }"],
  ])("%s can be", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "a bit that is and is not",
      "flags F { A = 1; } struct s { u8 f : F; u8 x if f.A & not f.A; }",
      ["V3011 2:49 the condition of 'x' can never hold: (f & F.A) != 0 & not ((f & F.A) != 0)"],
    ],
    [
      "if and unless",
      "features { A = 1; } config { u8 x if A unless A; }",
      ["V3011 2:38 the condition of 'x' can never hold: A & not A"],
    ],
    [
      "an inner alternative of another tag",
      "enum T { A = 0; B = 1; } struct s { u8 t : T; switch t { A : switch t { B : u8 x; default : { } } B : { } } }",
      [
        "V3011 2:69 the alternative 'B' is never there: its condition contradicts that of the alternative 'A' around it",
      ],
    ],
    [
      "by two steps of requirements",
      "features { A = 1; B = 2 requires A; C = 3 requires B; } config { u8 x if C unless A; }",
      ["V3011 2:74 'x' is never there: its condition contradicts what the features require"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});
