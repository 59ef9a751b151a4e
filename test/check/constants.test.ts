import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';

describe("values of constants", () => {
  test.each([
    ["another name of a constant", "enum S { OK = 0; COMPLETE = OK; }"],
    ["the same value in different revisions", "enum S { A = 1 until 1.2; B = 1 since 1.2; }"],
    ["numbers without a group", "enum { A = 1; B = 1; } const C = 1;"],
    ["masks of several bits", "flags F { LOW = 0x0f; HIGH = 0xf0; }"],
    ["masks that name what they are made of", "flags F { A = 1; B = 2; BOTH = A | B; ALSO = A; }"],
    [
      "flags above the numbers of an enum",
      "enum GSO { NONE = 0; TCPV4 = 1; UDP = 3; TCPV6 = 4; flags { ECN = 0x80; TUNNEL = 0x60; } }",
    ],
    ["bits of flags that do not exist at the same time", "flags F { A = 1 until 1.2; B = 1 since 1.2; }"],
    ["bits that begin with 0", "bits F { A = 0; B = 1; C = 2; }"],
    ["bits that leave out some", "bits F { A = 1; B = 2; C = 3; }"],
    ["no flag at all", "flags F { NONE = 0; A = 1; }"],
  ])("%s is fine", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "in some revisions only",
      "enum S { A = 1 until 1.2; B = 1 since 1.1; }",
      ["V2014 2:27 'B' is 1, as 'A' is in 1.1"],
    ],
    ["masks among bits", "bits F { A = 1; B = 2; }", ["V2017 2:6 the bits 1, 2 of 'F' look like masks"]],
    ["written otherwise", "enum S { A = 0x10; B = 16; }", ["V2014 2:20 'B' is 16, as 'A' is"]],
    ["in shared memory", "shared_memory { A = 1; B = 1; }", ["V2014 2:24 'B' is 1, as 'A' is"]],
    [
      "flags inside of an enum",
      "enum S { A = 0; flags { B = 4; C = 6; } }",
      ["V2015 2:32 'C' = 6 shares the bits 0x4 with 'B' = 4"],
    ],
    ["two times nothing", "flags F { A = 0; B = 0; }", ["V2015 2:18 'B' is the same mask as 'A'"]],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("what holds constants", () => {
  test.each([
    ["an array of words is one row of bits", "flags F { A = bit 40; } struct s { le32 words[2] : F; }"],
    ["an array of unknown length has room for all", "bits B { A = 100; } struct s { u8 n; le32 words[n] : B; }"],
    ["-1 has all bits", "enum E { NONE = -1; } struct s { le32 a : E; }"],
    [
      "a member that is gone before the constant comes",
      "enum E { A = 0; B = 300 since 1.2; } struct s { u8 a : E until 1.2; le16 b : E since 1.2; }",
    ],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "a bit number",
      "bits B { A = 8; } struct s { u8 flags : B; }",
      ["V2016 2:33 the bit 'B.A' = 8 does not fit 'flags', which is u8"],
    ],
    [
      "elements of an array are numbers",
      "enum E { A = 300; } struct s { u8 n; u8 list[n] : E; }",
      ["V2016 2:41 the number 'E.A' = 300 does not fit 'list', which is u8"],
    ],
    [
      "several",
      "enum E { A = 300; B = 400; C = 500; } struct s { u8 a : E; }",
      ["V2016 2:53 the number 'E.A' = 300 does not fit 'a', which is u8, nor do 2 others"],
    ],
    [
      "a register",
      "registers r { 0x0 read u8 Status : E; }\nenum E { A = 256; }",
      ["V2016 2:27 the number 'E.A' = 256 does not fit 'Status', which is u8"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});
