import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';

describe("feature bits", () => {
  test.each([
    ["another name of a bit", "features { FLUSH = 9; legacy WCE = FLUSH; }"],
    ["one that passes to another feature", "features { A = 9 until 1.2; B = 9 since 1.2; }"],
    ["a bit that the ranges give to both owners", "features { legacy RSC4 = 41 since 1.3; }"],
    ["the highest", "features { A = 127 since 1.2; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "in some revisions only",
      "features { A = 9 until 1.2; B = 9; }",
      ["V4001 2:29 'B' and 'A' are both bit 9 in 0.9.5 to 1.1"],
    ],
    ["of the core", "features { A = 28; }", ["V4001 2:12 'A' and 'INDIRECT_DESC' of the core are both bit 28"]],
    ["below 0", "features { A = -1; }", ["V4002 2:12 'A' is bit -1, but features have the bits 0 to 127"]],
    [
      "in an early revision",
      "features { A = 50 since 1.0; }",
      ["V4002 2:12 'A' is bit 50, which does not belong to the device types in 1.0 and 1.1"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });

  test("two parts of the core", () => {
    expect(found("core a; features { A = 30; }", "core b; features { B = 30; }")).toEqual([
      "V4001 1:20 'B' and 'A' of the core are both bit 30",
    ]);
  });

  test("the core has ranges, too", () => {
    expect(found("core mine; features { A = 5; B = 42 since 1.2; }")).toEqual([
      "V4002 1:23 'A' is bit 5, which does not belong to the core in 0.9.5 to 1.4",
      "V4002 1:30 'B' is bit 42, which does not belong to the core in 1.2 to 1.4",
    ]);
  });
});

describe("requirements of features", () => {
  test.each([
    ["one of several", "features { A = 0; B = 1; C = 2 requires A | B; }"],
    ["two ways to one", "features { A = 0; B = 1 requires A; C = 2 requires A; D = 3 requires B & C; }"],
    ["each of two that can do without the other", "features { A = 0 requires B | C; B = 1 requires A | C; C = 2; }"],
    ["of the core", "features { A = 0 since 1.0 requires VERSION_1; }"],
    ["at least one of two", "features { A = 0; B = 1; } at_least_one A, B;"],
    ["features that exclude each other", "features { A = 0; B = 1; C = 2 requires A | B; } conflicts A, B;"],
    ["one that may be of the legacy interface", "features { legacy A = 0; B = 1; C = 2 requires A | B; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    ["itself as one of several", "features { A = 0; B = 1 requires A | B; }", ["V4003 2:25 'B' requires itself"]],
    [
      "over three",
      "features { A = 0 requires B & D; B = 1 requires C; C = 2 requires A; D = 3; }",
      ["V4003 2:12 'A' requires 'B', which requires 'C', which requires 'A'"],
    ],
    [
      "against a rule",
      "features { A = 0; B = 1; } requires: A -> not B; requires: A -> B;",
      ["V4004 2:12 'A' can never be negotiated: requires: A -> not B, and requires: A -> B"],
    ],
    [
      "in some revisions only",
      "features { A = 0; B = 1; } requires: A -> B until 1.2; requires: A -> not B since 1.1;",
      ["V4004 2:12 'A' can never be negotiated in 1.1: requires: A -> B, and requires: A -> not B"],
    ],
    [
      "all of which are of the legacy interface",
      "features { legacy A = 0; legacy B = 1; C = 2 requires A | B; }",
      ["V4005 2:55 'C' requires 'A', which only the legacy interface has"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("what only the legacy interface has", () => {
  const legacy = `${disk}features { legacy SCSI = 7; } legacy const SIZE = 96; legacy struct old { u8 a; } legacy enum E { X = 0; } enum T { IN = 0; legacy CMD = 2; }\n`;

  test.each([
    ["by something legacy", "legacy struct s { struct old old; u8 a[SIZE]; u8 e : E; }"],
    ["by what needs a feature of it", "struct s { u8 a; u8 b[SIZE] if SCSI; }"],
    ["in an alternative with its tag", "struct s { u8 t : T; switch t { IN : u8 a; CMD : u8 b[SIZE]; } }"],
    ["as a tag or in a condition", "struct s { u8 t : T; u8 a if SCSI | t == IN; }"],
  ])("%s", (_, text) => {
    expect(found(legacy + text)).toEqual([]);
  });

  test.each([
    [
      "a struct",
      "struct s { struct old old; }",
      ["V4005 3:23 'old' uses struct 'old', which only the legacy interface has"],
    ],
    ["an enum", "struct s { u8 e : E; }", ["V4005 3:15 'e' uses enum 'E', which only the legacy interface has"]],
    [
      "a constant",
      "struct s { u8 a[SIZE + 1]; }",
      ["V4005 3:17 'a' uses the constant 'SIZE', which only the legacy interface has"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(legacy + text)).toEqual(findings);
  });
});
