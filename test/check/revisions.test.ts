import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';

describe("what is named exists", () => {
  test.each([
    ["one of several features", "features { A = 0; B = 1 since 1.2; } config { le16 x if A | B; }"],
    ["one that must not be negotiated", "features { A = 0 since 1.2; } config { le16 x unless A; }"],
    [
      "in the half of a choice that counts",
      "features { MQ = 12 since 1.2; } config { le64 c; le16 n if MQ since 1.2; } queues { q[i] = i for i in 0..N-1; where N = MQ ? config.n : 1; }",
    ],
    ["two members of one name", "struct s { u8 n until 1.2; u8 n since 1.2; u8 data[n]; }"],
    ["two structs of one name", "struct a until 1.2 { u8 x; } struct a since 1.2 { u8 x; } struct s { struct a a; }"],
    [
      "inside of what does not exist either",
      "features { A = 0 since 1.2; } enum T { X = 0 since 1.2; } struct s { u8 t; switch t { 0 since 1.2 : { u8 b if A; u8 c : T; } default : { } } }",
    ],
    ["a rule about a feature", 'features { A = 0 since 1.2; B = 1; } must device "x": A -> B since 1.2;'],
    ["the legacy interface is in all revisions", "features { legacy A = 0; } legacy struct s { u8 x if A; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "none of several features",
      "features { A = 0 since 1.1; B = 1 since 1.2; } config { le64 c; le16 x if A | B; }",
      ["V5001 2:75 'x' exists in 0.9.5 and 1.0, where its condition can never hold: 'A' and 'B' do not exist there"],
    ],
    [
      "one of two that are needed",
      "features { A = 0; B = 1 since 1.2; } config { le64 c; le16 x if A & B; }",
      ["V5001 2:69 'x' exists in 0.9.5 to 1.1, where its condition can never hold: 'B' does not exist there"],
    ],
    [
      "one that ended",
      "features { A = 0 until 1.2; } config { le64 c; le16 x if A; }",
      ["V5001 2:58 'x' exists in 1.2 to 1.4, where its condition can never hold: 'A' does not exist there"],
    ],
    [
      "a constant in a length",
      "const N = 4 since 1.2; struct s { u8 a[N]; }",
      ["V5001 2:40 'a' exists in 0.9.5 to 1.1, but the constant 'N' does not"],
    ],
    [
      "a tag",
      "enum T { A = 0; B = 1 since 1.1; } struct s { u8 t : T; switch t { A : u8 x; B : u8 y; } }",
      ["V5001 2:78 the alternative 'B' exists in 0.9.5 and 1.0, but the constant 'B' does not"],
    ],
    [
      "an enum",
      "enum T since 1.1 { A = 0; } struct s { u8 t : T; }",
      ["V5001 2:43 't' exists in 0.9.5 and 1.0, but the enum 'T' does not"],
    ],
    [
      "a queue",
      "queues { a = 0; b = 1 since 1.2; } message m on b { device-readable { u8 x; } }",
      ["V5001 2:44 'm' exists in 0.9.5 to 1.1, but the queue 'b' does not"],
    ],
    [
      "a rule",
      'features { A = 0 since 1.2; } must device "x": not A;',
      ["V5001 2:52 the rule exists in 0.9.5 to 1.1, but the feature 'A' does not"],
    ],
    [
      "what a rule demands",
      "features { A = 0; B = 1 since 1.2; } offers A -> B;",
      ["V5001 2:50 the rule exists in 0.9.5 to 1.1, but the feature 'B' does not"],
    ],
    [
      "features of which one is needed",
      "features { A = 0 since 1.1; B = 1 since 1.2; } at_least_one A, B;",
      ["V5001 2:48 the rule exists in 0.9.5 and 1.0, but the feature 'A' or 'B' do not"],
    ],
    [
      "a struct of another description",
      "struct s { struct other.late l; }",
      ["V5001 2:30 'l' exists in 0.9.5 to 1.1, but the struct 'late' does not"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text, 'device other = 61 "Other"; struct late since 1.2 { u8 a; }')).toEqual(findings);
  });
});

describe("since, until and was", () => {
  test.each([
    ["the block says the same", "struct s since 1.2 until 1.4 { u8 a since 1.2 until 1.4; }"],
    ["several older names", "features { C = 3 was A until 1.1 was B until 1.3; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "an end in the first revision",
      "features { A = 1 until 0.9.5; }",
      ["V5002 2:18 'A' never exists: 'until 0.9.5' ends it in the revision that it begins in"],
    ],
    [
      "a beginning behind the end of the block",
      "struct s until 1.2 { u8 a; u8 b since 1.3; }",
      ["V5002 2:33 'b' never exists: it is there since 1.3, but what it stands in only until 1.2"],
    ],
    [
      "two older names up to one revision",
      "features { C = 3 was A until 1.1 was B until 1.1; }",
      ["V5004 2:34 two older names of 'C' end in 1.1"],
    ],
    [
      "an older name that is the name",
      "features { C = 3 was C until 1.1; }",
      ["V5004 2:18 'C' is both the older name and the name"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});

describe("members stay where they are", () => {
  test.each([
    ["what is appended", "config { le64 a; le32 b since 1.1; le32 c since 1.2; }"],
    [
      "what takes over reserved bytes",
      "config { u8 w; u8 unused[3] until 1.2; u8 unused since 1.2; le16 n since 1.2; le32 x; }",
    ],
    [
      "what replaces a member of its size",
      "struct q since 1.3 { le16 { i : 15; reserved : 1; } } struct s { le16 q until 1.3; struct q q since 1.3; le16 b; }",
    ],
    [
      "a struct whose end may be missing moves what follows at run time",
      "features { F = 1 since 1.1; } struct hdr { le16 a; le32 h if F since 1.1; } struct s { struct hdr hdr; u8 packet[]; }",
    ],
    [
      "alternatives of their own",
      "enum T { A = 0; B = 1; } struct s { u8 t : T; switch t { A : { u8 x; u8 y; } B : { u8 y; } } }",
    ],
    ["a union that does not grow", "struct s { union { le32 a; le16 b since 1.2; }; le16 c; }"],
    ["behind an array", "struct s { le16 n; u8 d[n]; le16 a; le16 b since 1.2; }"],
  ])("%s", (_, text) => {
    expect(found(disk + text)).toEqual([]);
  });

  test.each([
    [
      "inside of an alternative",
      "enum T { A = 0; } struct s { u8 t : T; switch t { A : { u8 x; u8 y since 1.2; u8 z; } } }",
      ["V5005 2:82 'z' of struct 's' lies at byte 2 in 1.1 and at byte 3 in 1.2"],
    ],
    [
      "by a union that grows",
      "struct s { union { le16 a; le32 b since 1.2; }; le16 c; }",
      ["V5005 2:54 'c' of struct 's' lies at byte 2 in 1.1 and at byte 4 in 1.2"],
    ],
    [
      "in an element of an array",
      "struct s { struct { u8 a; u8 b since 1.3; u8 c; } list[4]; }",
      [
        "V5005 2:46 'c' of struct 's' lies at byte 1 of an element of 'list' in 1.2 and at byte 2 of an element of 'list' in 1.3",
      ],
    ],
    [
      "and with it others",
      "struct s { u8 a since 1.1; u8 b; u8 c; u8 d; }",
      ["V5005 2:31 'b' of struct 's' lies at byte 0 in 1.0 and at byte 1 in 1.1; 2 others move with it"],
    ],
    [
      "behind a struct whose name passes to a longer one",
      "struct h until 1.2 { le32 a; } struct h since 1.2 { le64 a; } struct s { struct h a; le32 b; }",
      ["V5005 2:91 'b' of struct 's' lies at byte 4 in 1.1 and at byte 8 in 1.2"],
    ],
    [
      "in a section of a command",
      "capability C = 0x800 since 1.3 { u8 a limit; u8 b since 1.4; u8 c limit; }",
      ["V5005 2:65 'c' of 'C' lies at byte 1 in 1.3 and at byte 2 in 1.4"],
    ],
    [
      "the end",
      "struct s { le32 a; le32 b until 1.3; }",
      ["V5006 2:25 struct 's' has 8 bytes in 1.2, but only 4 in 1.3"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(disk + text)).toEqual(findings);
  });
});
