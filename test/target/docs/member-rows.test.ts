import { describe, expect, test } from "vitest";
import { configTable, memberTable } from "../../../src/target/docs/member-rows.ts";
import type { TableView } from "../../../src/target/docs/markdown.ts";
import { device } from "./description.ts";

/** The table of `struct probe` with its head, cells joined by bars. */
function tableOf(items: string): readonly string[] {
  const { module, links } = device(items);
  const struct = links.struct(module.name, "probe");
  return struct === undefined ? [] : lines(memberTable(struct.members, links, struct));
}

function lines(view: TableView | null): readonly string[] {
  return view === null
    ? []
    : [view.columns.map((column) => column.title).join(" | "), ...view.rows.map((row) => row.join(" | "))];
}

function erratum(name: string): string {
  return `erratum "${name}" { text: "a"; meant: "b"; because "c"; }`;
}

describe("memberTable", () => {
  test("says where members lie and what they mean", () => {
    expect(
      tableOf(`
        features { A = 0; }
        enum T { IN = 0; }
        struct probe { le32 type : T; /// What to do.
          le16 count if A in 1..8 unit "sectors"; u8 reserved[2]; le64 data[count]; u8 more[] since 1.2; }
      `),
    ).toEqual([
      "Offset | Size | Member | Only if | Since | Meaning",
      "0 | 4 | `le32 type` |  |  | What to do. Values: [`T`](#enum-t).",
      "4 | 2 | `le16 count` | `A` |  | In `1..8`. Unit: sectors.",
      "6 | 2 | `u8 reserved[2]` |  |  | Zero; not looked at.",
      "8 | … | `le64 data[count]` |  |  | ",
      "… | … | `u8 more[]` |  | 1.2 | ",
    ]);
  });

  test("errata of a member are linked by their names", () => {
    expect(
      tableOf(`struct probe { le32 a ${erratum("size of a_b")}; le32 b ${erratum("x")} ${erratum("y")}; }`),
    ).toEqual([
      "Offset | Size | Member | Meaning",
      "0 | 4 | `le32 a` | Erratum: [size of a_b](#erratum-size-of-a_b).",
      "4 | 4 | `le32 b` | Errata: [x](#erratum-x), [y](#erratum-y).",
    ]);
  });

  test("bit groups stand below their word", () => {
    expect(tableOf("struct probe { le32 flags { unmap : 1; reserved : 31; } }")).toEqual([
      "Offset | Size | Member | Meaning",
      "0 | 4 | `le32 flags` | ",
      "bit 0 |  | └ `unmap : 1` | ",
      "bits 1–31 |  | └ `reserved : 31` | Zero; not looked at.",
    ]);
  });

  test("alternatives say what chooses them", () => {
    expect(
      tableOf(`
        features { A = 0; }
        enum T { IN = 0; OUT = 1; NONE = 2; }
        struct probe { le32 type : T; switch type { IN, OUT : le32 a if A; 0x80..0xff : u8 b[2]; NONE : { } default : u8 rest[]; } }
      `).slice(2),
    ).toEqual([
      "4 | … | `switch` by `type` |  | ",
      "4 | 4 | └ `le32 a` | `type` is `IN` or `OUT` and `A` | ",
      "4 | 2 | └ `u8 b[2]` | `type` is `0x80..0xff` | ",
      " |  | nothing | `type` is `NONE` | ",
      "4 | … | └ `u8 rest[]` | `type` is anything else | ",
    ]);
  });

  test("a struct of several lengths moves what follows", () => {
    expect(
      tableOf("features { A = 0; } struct head { le32 a; le32 b if A; } struct probe { struct head head; u8 data[]; }"),
    ).toEqual([
      "Offset | Size | Member",
      "0 | 4–8 | [`struct head`](#struct-virtio_test_head) `head`",
      "… | … | `u8 data[]`",
    ]);
  });

  test("members of elements count from the element", () => {
    expect(tableOf("struct probe { le32 n; struct { le16 a; le16 b; } pairs[n]; }").slice(2)).toEqual([
      "4 | … | `struct pairs[n]`",
      "+0 | 2 | └ `le16 a`",
      "+2 | 2 | └ `le16 b`",
    ]);
  });

  test("removed bytes say with what they are there", () => {
    expect(
      tableOf("features { A = 0; } struct probe { le32 n; present if A { le32 a; le16 b if n == 1; } u8 c; }").slice(2),
    ).toEqual([
      "4 | 4 | `le32 a` | present with `A`",
      "8 | 2 | `le16 b` | present with `A` and `n` is 1",
      "… | 1 | `u8 c` | ",
    ]);
  });
});

function configOf(members: string): ReturnType<typeof configTable> {
  const { module, links } = device(`features { A = 0; } ${members}`);
  const config = module.items.find((item) => item.kind === "config");
  if (config === undefined) throw new Error("no configuration space");
  return configTable(config.members, links, config);
}

describe("configTable", () => {
  test("shows the members of structs at their offsets in the space", () => {
    expect(lines(configOf("config { le32 a; struct inner { le16 b; le16 c; } inner if A; }").table)).toEqual([
      "Offset | Size | Member | Only if",
      "0 | 4 | `le32 a` | ",
      "4 | 4 | [`struct inner`](#struct-virtio_test_inner) `inner` | `A`",
      "4 | 2 | └ `le16 b` | ",
      "6 | 2 | └ `le16 c` | ",
    ]);
  });

  test("says what the driver may write, and when", () => {
    const { table, writable } = configOf(
      "config { le32 a; u8 b writable; u8 c writable any_time kept over reset; u8 d writable before DRIVER_OK reset 3; le32 events; le32 e write_clears events; }",
    );
    expect(writable).toBe(true);
    expect(lines(table)).toEqual([
      "Offset | Size | Member | Access | Meaning",
      "0 | 4 | `le32 a` | R | ",
      "4 | 1 | `u8 b` | RW | ",
      "5 | 1 | `u8 c` | RW at any time | Kept over a reset.",
      "6 | 1 | `u8 d` | RW before `DRIVER_OK` | 3 after a reset.",
      "7 | 4 | `le32 events` | R | ",
      "11 | 4 | `le32 e` | RW | A one that is written clears the bit in `events`.",
    ]);
  });

  test("has no column for access where the driver writes nothing", () => {
    const { table, writable } = configOf("config { le32 a; }");
    expect(writable).toBe(false);
    expect(lines(table)[0]).toBe("Offset | Size | Member");
  });
});
