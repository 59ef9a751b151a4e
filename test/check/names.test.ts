import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';

describe("names that are declared twice", () => {
  test.each([
    [
      "one that takes over from the other",
      "config { u8 unused[3] until 1.2; u8 unused since 1.2; le16 pairs since 1.2; }",
    ],
    [
      "in alternatives that exclude each other",
      "enum T { A = 0; B = 1; } struct s { u8 t : T; switch t { A : u8 data[4]; B : u8 data[4]; } }",
    ],
    [
      "in the alternatives of a window",
      "enum T { A = 0; B = 1; } config { u8 t : T writable; window t { A : u8 data[4]; B : u8 data[4]; } }",
    ],
    ["inside of members with names", "struct s { struct { le16 a; } x; struct { le16 a; } y; }"],
    [
      "as bit groups of words with names",
      "struct s { le16 x { a : 1; reserved : 15; } le16 y { a : 1; reserved : 15; } }",
    ],
    [
      "as members of parts",
      "queues { q = 0; } request r on q { device-readable { le32 id; } device-writable { le32 id; } }",
    ],
    [
      "and followed into the part, or the alternative, that has the rest of the path",
      "queues { q = 0; } enum T { A = 0; B = 1; } flags F { X = 1; } flags G { Y = 1; }" +
        " request r on q { device-readable { struct out h; }" +
        " switch h.type { A : device-readable { le32 flags : F; } B : device-readable { le32 flags : G; } }" +
        " device-writable { struct in h; } } struct out { le32 type : T; } struct in { le32 status; }" +
        ' must device "L": r.flags.Y -> r.h.status == 1;',
    ],
    ["as a constant in two groups", "enum A { OK = 0; } enum B { OK = 0; }"],
    ["an older name that is free again", "features { B = 1 since 1.2; A = 2 was B until 1.2; }"],
  ])("%s is fine", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "a member and one of the same union",
      "struct s { union { u8 a; u8 b; } le16 a; }",
      ["V2003 2:39 two members of struct 's' are called 'a'"],
    ],
    [
      "a member in an alternative and one behind it",
      "enum T { A = 0; } struct s { u8 t : T; switch t { A : u8 x; } u8 x; }",
      ["V2003 2:66 two members of struct 's' are called 'x'"],
    ],
    [
      "two in one alternative",
      "enum T { A = 0; } struct s { u8 t : T; switch t { A : { u8 x; u8 x; } } }",
      ["V2003 2:66 two members of struct 's' are called 'x'"],
    ],
    [
      "two bit groups of one word",
      "struct s { le16 w { a : 8; a : 8; } }",
      ["V2003 2:28 two bit groups of 'w' are called 'a'"],
    ],
    [
      "in some revisions only",
      "features { A = 1 until 1.2; A = 2 since 1.1; }",
      ["V2003 2:29 two features are called 'A' in 1.1"],
    ],
    [
      "by an older name",
      "features { A = 1; B = 2 was A until 1.1; }",
      ["V2003 2:19 two features are called 'A' in 0.9.5 and 1.0"],
    ],
    [
      "two groups of constants",
      "enum S { A = 0; } flags S { B = 1; }",
      ["V2003 2:25 two groups of constants are called 'S'"],
    ],
    [
      "a struct and an external type",
      "struct s { u8 a; } external struct s size 4;",
      ["V2003 2:36 two types are called 's'"],
    ],
    [
      "two views",
      "struct s { u8 a; } house linux { view struct v of s { a; } view struct v of s { a; } }",
      ["V2003 2:72 two views of 'linux' are called 'v'"],
    ],
    [
      "two capabilities",
      "struct c since 1.4 { u8 a limit; } capability X = 0x800 since 1.4 { struct c; } capability X = 0x801 since 1.4 { struct c; }",
      ["V2003 2:92 two capabilities are called 'X'"],
    ],
    [
      "two elements of a list",
      "struct s { u8 n; opaque l[] each { u8 a; u8 a; }; }",
      ["V2003 2:45 two members of an element of 'l' are called 'a'"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("C names", () => {
  test("two macros of one value do no harm", () => {
    expect(found(`${disk}features { A = 1; } bits OFFLOADS c_prefix VIRTIO_DISK_F_ { A = 1; }`)).toEqual([]);
  });

  test("macros and structs are two spaces", () => {
    expect(found(`${disk}const S = 1 c_name virtio_disk_s; struct s { u8 a; }`)).toEqual([]);
  });

  test("c_name gives the name of another", () => {
    expect(found(`${disk}struct a { u8 x; }\nstruct b c_name virtio_disk_a { u8 x; }`)).toEqual([
      "V2012 3:8 struct 'b' has the C name 'virtio_disk_a' of struct 'a'",
    ]);
  });
});

describe("device ids", () => {
  test("a device of the standard has its own", () => {
    expect(found('device blk = 2 "Block Device";')).toEqual([]);
  });

  test("a device of one's own has one that the table lacks", () => {
    expect(found('device mine = 77 "Mine";')).toEqual([]);
  });

  test("two devices with one id", () => {
    expect(found('device mine = 77 "Mine";', 'device yours = 77 "Yours";')).toEqual([
      "V2013 1:8 'yours' has the device id 77 of 'mine'",
    ]);
  });
});

describe("names that only have to be there", () => {
  test.each([
    [
      "a device status",
      "config { u8 a writable before DRIVER_NOT_OK; }",
      ["V2001 2:31 'DRIVER_NOT_OK' is no bit of the device status"],
    ],
    ["what is cleared", "config { le32 a; le32 b write_clears c; }", ["V2001 2:38 there is no member 'c' to clear"]],
    [
      "what chooses a window",
      "enum T { A = 0; } config { u8 t : T writable; window tt { A : u8 x; } }",
      [
        "V2001 2:54 there is no member 'tt' to choose what the window shows",
        "V2009 2:59 'A' is no constant, and nothing says which constants the tags are",
      ],
    ],
    [
      "what is native",
      "legacy native config, requests, s; struct t { u8 a; }",
      ["V2001 2:33 there is no struct or request 's' to be in the guest's byte order"],
    ],
    [
      "what is left out",
      "enum T { A = 0; } house linux { omit T.B; }",
      ["V2001 2:40 there is nothing 'T.B' to leave out"],
    ],
    ["a house", "features { A = 1 alias linus DISK_A; }", ["V2011 2:24 there is no house 'linus'"]],
    ["a house that packs", "struct s packed linus { u8 a; }", ["V2011 2:17 there is no house 'linus'"]],
    ["a house's byte order", "struct s { le16 a order linus guest; }", ["V2011 2:25 there is no house 'linus'"]],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });

  test("all of them are", () => {
    const text = `
      legacy native config, requests, s, r;
      queues { q = 0; }
      features { A = 1; }
      enum T { B = 0; }
      struct s { u8 a; }
      config { u8 t : T writable before DRIVER_OK; le32 a; le32 b write_clears a; window t { B : u8 x; } }
      request r on q { device-writable { u8 s; } }
      house linux { omit A, T, T.B, s, r, config; }`;
    expect(found(disk + text)).toEqual([]);
  });
});
