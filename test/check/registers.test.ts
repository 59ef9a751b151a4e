import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const bus = 'transport bus "Bus";\n';

describe("registers", () => {
  test.each([
    ["one to read and one to write at one offset", "0x10 read le32 A; 0x10 write le32 B;"],
    ["offsets of the legacy map again", "legacy 0x40 rw le32 A; 0x40 rw le32 B since 1.0;"],
    ["one that takes over from another", "0x40 rw le32 A since 1.0 until 1.2; 0x40 rw le32 B since 1.2;"],
    ["a bank that can be read and written", "0x00 rw le32 Sel; 0x04 read le32 Size bank Sel;"],
    ["a parameter that decides", "0x14 rw le16 A if enabled; 0x14 rw u8 B unless enabled;"],
    ["single bytes anywhere", "0x01 read u8 A; 0x03 read u8 B;"],
  ])("%s", (_, text) => {
    expect(found(`${bus}parameter enabled;\nregisters r { ${text} }`)).toEqual([]);
  });

  test("a feature that decides which of two is there", () => {
    expect(
      found(
        "core base; feature_ranges { core = 38..38; } features { F = 38 since 1.1; }",
        `${bus}registers r { 0x00 write le16 A unless F; 0x00 write le32 B since 1.1 if F; }`,
      ),
    ).toEqual([]);
  });

  test("names are one space in each map", () => {
    const maps =
      "registers r { 0x00 read u8 A; } registers s c_prefix VIRTIO_BUS_S_ { 0x00 read u8 A; 0x01 read u8 A; }";
    expect(found(`${bus}${maps}`)).toEqual(["V2003 2:99 two registers are called 'A'"]);
  });

  test("two maps need different C names", () => {
    expect(found(`${bus}registers r { 0x00 read u8 A; } registers s { 0x01 read u8 A; }`)).toEqual([
      "V2012 2:60 the register 'A' of 's' has the C name 'VIRTIO_BUS_A' of the register 'A' of 'r'",
    ]);
  });

  test.each([
    [
      "one that the legacy interface has, too",
      "legacy 0x40 rw le32 A; 0x40 rw le32 B;",
      ["V4010 2:51 'B' and 'A' are both at 0x040"],
    ],
    ["a part of a longer one", "0x08 read le64 A; 0x0c read le32 B;", ["V4010 2:48 'B' and 'A' share the byte 0x00c"]],
    [
      "in some revisions only",
      "0x08 read le32 A since 1.0 until 1.2; 0x08 read le32 B since 1.1;",
      ["V4010 2:68 'B' and 'A' are both at 0x008 in 1.1"],
    ],
    [
      "conditions that can hold together",
      "0x14 rw le16 A if enabled; 0x14 rw u8 B;",
      ["V4010 2:53 'B' and 'A' are both at 0x014"],
    ],
    ["a bank that is itself", "0x08 rw le32 A bank A;", ["V4012 2:30 'A' selects itself"]],
  ])("%s", (_, text, findings) => {
    expect(found(`${bus}registers r { ${text} } parameter enabled;`)).toEqual(findings);
  });
});

describe("numbers of commands", () => {
  test("each kind has its own", () => {
    expect(
      found(`device nic = 61 "Nic" since 1.4;
      capability A = 0x0800 { le32 a limit; }
      resource   B = 0x0800 { create { le32 b; } }`),
    ).toEqual([]);
  });

  test("those of the core hold for all devices", () => {
    expect(
      found(
        "core parts since 1.4; capability A = 0x0000 { le32 a limit; }",
        'device nic = 61 "Nic" since 1.4; capability B = 0x0000 { le32 b limit; }',
      ),
    ).toEqual(["V4009 1:45 'B' and 'A' have the same capability id 0x0000"]);
  });

  test("two devices may have one", () => {
    expect(
      found(
        "device a = 61 since 1.4; capability A = 0x0800 { le32 a limit; }",
        "device b = 62 since 1.4; capability B = 0x0800 { le32 b limit; }",
      ),
    ).toEqual([]);
  });
});
