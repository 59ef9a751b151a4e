import { describe, expect, test } from "vitest";
import { compareRevisions } from "../../../src/ir/availability.ts";
import { cut } from "../../../src/ir/cut.ts";
import { compare } from "../../../src/ir/diff/compare.ts";
import { revisions, type Ir, type Revision } from "../../../src/ir/model.ts";
import { moduleSteps, type Step } from "../../../src/target/docs/step-view.ts";
import { compiled, device } from "./description.ts";

/** Each step as lines: what changed, where, how, whom it breaks. */
function stepsIn(items: string, last: Revision = "1.4"): Record<string, readonly string[]> {
  return linesOf(device(items).all, last);
}

function linesOf(all: Ir, last: Revision): Record<string, readonly string[]> {
  const cuts = revisions.filter((one) => compareRevisions(one, last) <= 0).map((one) => cut(all, one));
  const [module] = cuts.at(-1)?.modules ?? [];
  if (module === undefined) return {};
  const steps = cuts.flatMap((after, index): Step[] => {
    const before = cuts[index - 1];
    return before === undefined ? [] : [{ comparison: compare(before, after), before, after }];
  });
  return Object.fromEntries(
    moduleSteps(module, steps).map((view) => [
      view.heading,
      [
        ...(view.begins === "" ? [] : [view.begins]),
        ...(view.table?.rows.map((row) =>
          // Links to the page itself are the docs' own test.
          row.map((cell) => cell.replaceAll(/\[([^\]]+)\]\(#[^)]*\)/g, "$1")).join(" | "),
        ) ?? []),
      ],
    ]),
  );
}

describe("changes by revision", () => {
  test("what came, went and was renamed, the newest first", () => {
    const steps = stepsIn(`
      features { A = 0; B = 1 since 1.1; C = 2 since 1.1 until 1.3; D = 3 was OLD until 1.2; }
      enum T { IN = 0; OUT = 1 since 1.3; }
    `);
    expect(Object.keys(steps)).toEqual(["1.2 → 1.3", "1.1 → 1.2", "1.0 → 1.1"]);
    expect(steps).toEqual({
      "1.0 → 1.1": ["added | Feature bits | `B`, `C`"],
      "1.1 → 1.2": ["renamed | Feature bits | `OLD` is now `D`"],
      "1.2 → 1.3": ["removed | Feature bits | `C` | driver and device if `C`", "added | Enum `T` | `OUT` | "],
    });
  });

  test("a new block is one change, not one for each thing in it", () => {
    expect(stepsIn("struct s since 1.2 { le32 a; le32 b since 1.3; }")).toEqual({
      "1.1 → 1.2": ["added | Structures | `struct virtio_test_s`"],
      "1.2 → 1.3": [
        "added | `struct virtio_test_s` | `b` | driver and device",
        "size | `struct virtio_test_s` | 4 bytes → 8 bytes | ",
      ],
    });
  });

  test("what takes the place of something of the same name is a change", () => {
    expect(
      stepsIn(
        "features { A = 0; } config { u8 pad[3] until 1.2; u8 pad since 1.2; le16 n if A since 1.2; le32 m until 1.3; le32 m if A since 1.3 writable; }",
      ),
    ).toEqual({
      "1.1 → 1.2": [
        "added | Device configuration layout | `n`",
        "changed | Device configuration layout | `pad`: type `u8[3]` → `u8`",
      ],
      "1.2 → 1.3": [
        "changed | Device configuration layout | `m`: access read-only → writable | device if `A`",
        "changed | Device configuration layout | `m`: condition always → `A` | driver if `not A`",
      ],
    });
  });

  test("sizes that grew", () => {
    expect(stepsIn("config { le32 a; le16 b since 1.1; }")).toEqual({
      "1.0 → 1.1": [
        "added | Device configuration layout | `b` | device",
        "size | Device configuration layout | 4 bytes → 6 bytes | ",
      ],
    });
  });

  test("an old struct has an old name in C", () => {
    expect(stepsIn("struct new_name was old_name until 1.1 { le32 a; }")).toEqual({
      "1.0 → 1.1": ["renamed | Structures | `struct virtio_test_old_name` is now `struct virtio_test_new_name`"],
    });
  });

  test("alternatives of requests, and rules by their number", () => {
    const items = `
      queues { q = 0; }
      enum T { IN = 0; OUT = 1 since 1.2; }
      request req on q {
        device-readable { le32 type : T; }
        switch type { IN : { } OUT since 1.2 : device-readable { u8 data[]; } }
        device-writable { u8 status; }
      }
      must driver "Label": "One." since 1.2;
      must driver "Label": "Two." since 1.2;
    `;
    expect(stepsIn(items)["1.1 → 1.2"]).toEqual([
      "added | Request `req` | `OUT` | device",
      "added | Enum `T` | `OUT` | ",
      "added | Requirements | 2 rules | ",
    ]);
  });

  test("end at the revision that is shown", () => {
    expect(Object.keys(stepsIn("features { A = 0 since 1.1; B = 1 since 1.3; }", "1.2"))).toEqual(["1.0 → 1.1"]);
  });

  test("a new module says so and nothing else", () => {
    const all = compiled([
      { path: "test.virtio", text: 'device test = 99 "Test" since 1.2; features { A = 0; B = 1 since 1.4; }' },
    ]);
    expect(linesOf(all, "1.4")).toEqual({ "1.1 → 1.2": ["New in 1.2."], "1.3 → 1.4": ["added | Feature bits | `B`"] });
  });

  test("the legacy interface has its name", () => {
    expect(Object.keys(stepsIn("features { A = 0 since 1.0; }"))).toEqual(["0.9.5 (legacy interface) → 1.0"]);
  });
});
