import { describe, expect, test } from "vitest";
import { cut } from "../../../src/ir/cut.ts";
import { compare } from "../../../src/ir/diff/compare.ts";
import { irOfItems } from "../descriptions.ts";
import { holds, revisionsOf, versions } from "./compared.ts";

describe("features", () => {
  holds([
    [
      "added",
      "features { A = 0; }",
      "features { A = 0; B = 1 requires A; }",
      ["feature-added test/features/B: bit 1, requires A [negotiation]"],
    ],
    [
      "removed",
      "features { A = 0; B = 1; }",
      "features { A = 0; }",
      ["feature-removed test/features/B: bit 1 [negotiation]; breaks driver if B, device if B"],
    ],
    [
      "renumbered",
      "features { A = 0; }",
      "features { A = 3; }",
      ["feature-bit test/features/A: 0 → 3 [negotiation]; breaks driver if A, device if A"],
    ],
    [
      "renamed, with all that names it",
      "features { A = 0; } config { le32 a if A; }",
      "features { B = 0; } config { le32 a if B; }",
      ["feature-name test/features/B: A → B [name]"],
    ],
    [
      "that require more: a driver without it is refused",
      "features { A = 0; B = 1; }",
      "features { A = 0; B = 1 requires A; }",
      ["feature-requires test/features/B: nothing → A [negotiation]; breaks driver if B & not A"],
    ],
    [
      "that require less: a device of before refuses who makes use of it",
      "features { A = 0; B = 1; C = 2 requires A & B; }",
      "features { A = 0; B = 1; C = 2 requires A; }",
      ["feature-requires test/features/C: A & B → A [negotiation]; breaks device if C & not (A & B)"],
    ],
    [
      "that require something new",
      "features { A = 0; }",
      "features { A = 0 requires B; B = 1; }",
      [
        "feature-requires test/features/A: nothing → B [negotiation]; breaks driver if A",
        "feature-added test/features/B: bit 1 [negotiation]",
      ],
    ],
    [
      "whose requirement only a new feature loosens",
      "features { A = 0; B = 1 requires A; }",
      "features { A = 0; B = 1 requires A | C; C = 2; }",
      [
        "feature-requires test/features/B: A → A | C [negotiation]",
        "feature-added test/features/C: bit 2 [negotiation]",
      ],
    ],
    [
      "with the same requirement in other words",
      "features { A = 0; B = 1; C = 2 requires A & B; }",
      "features { A = 0; B = 1; C = 2 requires B & A; }",
      ["feature-requires test/features/C: A & B → B & A [negotiation]"],
    ],
  ]);
});

describe("the configuration space", () => {
  holds([
    [
      "grows by a member without a condition: an old device does not have it",
      "config { le32 a; }",
      "config { le32 a; le16 b; }",
      [
        "config-size test/config: 4 bytes → 6 bytes [wire]",
        "member-added test/config/b: le16 at 4 [wire]; breaks device",
      ],
    ],
    [
      "grows by a member of a feature that both know",
      "features { A = 0; } config { le32 a; }",
      "features { A = 0; } config { le32 a; le16 b if A; }",
      [
        "config-size test/config: 4 bytes → 6 bytes [wire]",
        "member-added test/config/b: le16 at 4 if A [wire]; breaks device if A",
      ],
    ],
    [
      "grows by a member of a new feature",
      "config { le32 a; }",
      "features { A = 0; } config { le32 a; le16 b if A; }",
      [
        "feature-added test/features/A: bit 0 [negotiation]",
        "config-size test/config: 4 bytes → 6 bytes [wire]",
        "member-added test/config/b: le16 at 4 if A [wire]",
      ],
    ],
    [
      "has a member that takes over reserved bytes",
      "config { le32 a; u8 unused0[3]; u8 b; }",
      "config { le32 a; u8 unused0; le16 c; u8 b; }",
      [
        "member-type test/config/unused0: u8[3] → u8 [wire]",
        "member-added test/config/c: le16 at 5 [wire]; takes reserved",
      ],
    ],
    [
      "loses a member, which moves those behind it",
      "config { le32 a; le16 b; u8 c; }",
      "config { le32 a; u8 c; }",
      [
        "config-size test/config: 7 bytes → 5 bytes [wire]",
        "member-removed test/config/b: le16 at 4 [wire]; breaks driver",
        "member-offset test/config/c: 6 → 4 [wire]; breaks driver, device",
      ],
    ],
    [
      "has a member of another type",
      "features { A = 0; } config { le16 a if A; }",
      "features { A = 0; } config { be16 a if A; }",
      ["member-type test/config/a: le16 → be16 [wire]; breaks driver if A, device if A"],
    ],
    [
      "has a member with another name",
      "config { le16 num; u8 table[num]; }",
      "config { le16 count; u8 table[count]; }",
      ["member-name test/config/count: num → count [name]"],
    ],
    [
      "has a member that is writable now",
      "config { le16 a; }",
      "config { le16 a writable; }",
      ["member-access test/config/a: read-only → writable [wire]; breaks device"],
    ],
    [
      "has a member that is writable no more",
      "config { le16 a writable any_time; }",
      "config { le16 a; }",
      ["member-access test/config/a: writable at any time → read-only [wire]; breaks driver"],
    ],
    [
      "has a member that may be more than the driver expects",
      "config { le16 a in 1..4; }",
      "config { le16 a in 1..8; }",
      ["member-range test/config/a: 1..4 → 1..8 [wire]; breaks driver"],
    ],
    [
      "has a member that must be less than an old device makes it",
      "config { le16 a; }",
      "config { le16 a in 1..8; }",
      ["member-range test/config/a: nothing → 1..8 [wire]; breaks device"],
    ],
    [
      "has a member in more cases",
      "features { A = 0; B = 1; } config { le16 a if A; }",
      "features { A = 0; B = 1; } config { le16 a if A | B; }",
      ["member-condition test/config/a: A → A | B [wire]; breaks device if (A | B) & not A"],
    ],
    [
      "has a member in cases that only a new feature makes",
      "features { A = 0; } config { le16 a if A; }",
      "features { A = 0; B = 1; } config { le16 a if A | B; }",
      ["feature-added test/features/B: bit 1 [negotiation]", "member-condition test/config/a: A → A | B [wire]"],
    ],
    [
      "comes",
      "features { A = 0; }",
      "features { A = 0; } config { le16 a; }",
      ["config-added test/config: 2 bytes [wire]; breaks device"],
    ],
    [
      "has a unit, or another one",
      'config { le16 a; le16 b unit "ms"; }',
      'config { le16 a unit "s"; le16 b unit "s"; }',
      [
        "member-unit test/config/a: nothing → s [documentation]",
        "member-unit test/config/b: ms → s [wire]; breaks driver, device",
      ],
    ],
  ]);
});

describe("two devices", () => {
  test("a device with another id, title and name", () => {
    expect(
      versions("config { le32 a; }", "config { le32 a; }", ['device test = 98 "Test"', 'device test = 99 "Other"']),
    ).toEqual([
      "module-id test: 98 → 99 [wire]; breaks driver, device",
      "module-title test: Test → Other [documentation]",
    ]);
    expect(
      versions("struct s { le32 a; } config { struct s a; }", "struct s { le32 a; } config { struct s a; }", [
        undefined,
        'device trial = 99 "Test" c_prefix VIRTIO_TEST_',
      ]).filter((change) => !change.includes("c-name")),
    ).toEqual(["module-name trial: test → trial [name]"]);
  });
});

describe("two revisions of one description", () => {
  test("a renaming is one, wherever the name stands", () => {
    expect(
      revisionsOf(
        `features { B = 0 was A until 1.2; }
         struct s was t until 1.2 { le32 n was m until 1.2 if B; }
         enum U was V until 1.2 { X = 1 was Y until 1.2; }
         config { struct s s; u8 v : U; }`,
        "1.1",
        "1.2",
      ),
    ).toEqual([
      "feature-name test/features/B: A → B [name]",
      "struct-name test/struct s: t → s [name]",
      "member-name test/struct s/n: m → n [name]",
      "constants-name test/enum U: V → U [name]",
      "constant-name test/enum U/X: Y → X [name]",
    ]);
  });

  test("the same the other way round", () => {
    expect(revisionsOf("features { B = 0 was A until 1.2; C = 1 since 1.2; }", "1.3", "1.0")).toEqual([
      "feature-name test/features/A: B → A [name]",
      "feature-removed test/features/C: bit 1 [negotiation]; breaks driver if C, device if C",
    ]);
  });

  test("what the legacy interface has in the guest's byte order", () => {
    expect(revisionsOf("legacy native config; config { le32 a; }", "0.9.5", "1.0")).toEqual([
      "module-byte-order test: the guest's: config → little-endian [wire]; breaks driver if not VERSION_1, device if not VERSION_1",
    ]);
    expect(revisionsOf("legacy native config; config { le32 a; }", "1.0", "1.4")).toEqual([]);
  });

  test("a new device is one change", () => {
    expect(
      versions("config { le32 a; }", "config { le32 a; }", ['device other = 98 "Other"', 'device test = 99 "Test"']),
    ).toEqual([
      'module-removed other: device 98 "Other" [wire]; breaks driver, device',
      'module-added test: device 99 "Test" [wire]',
    ]);
  });
});

test("an IR that is not cut is refused", () => {
  const ir = irOfItems("features { A = 0; }");
  expect(() => compare(ir, cut(ir, "1.4"))).toThrow("cut it at one first");
});
