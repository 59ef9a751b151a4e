import { describe, expect, test } from "vitest";
import { expandedPacketView, packetView, type PacketView } from "../../../src/target/docs/packet.ts";
import { device } from "./description.ts";

/** The diagram of `struct probe`. */
function packetOf(members: string, others = ""): PacketView | null {
  const { module, links } = device(`${others} struct probe { ${members} }`);
  const struct = links.struct(module.name, "probe");
  return struct === undefined ? null : packetView(struct.members, links.struct);
}

function blocksOf(view: PacketView | null): readonly string[] {
  return (view?.blocks ?? []).map((block) => `${block.bits} ${block.label}`);
}

describe("packetView", () => {
  test("draws members at their bits", () => {
    const view = packetOf("le16 a; u8 b; u8 c; le64 d;");
    expect(view?.exact).toBe(true);
    expect(blocksOf(view)).toEqual(["0-15 a", "16-23 b", "24-31 c", "32-95 d"]);
  });

  test("draws nothing for a single member", () => {
    expect(packetOf("le64 only;")).toBeNull();
  });

  test("shortens a long array by whole rows, so that what follows stays in its columns", () => {
    const view = packetOf("u8 a; u8 long[64]; u8 b; le16 c;");
    expect(view?.exact).toBe(false);
    expect(blocksOf(view)).toEqual(["0-7 a", "8-71 long[64] (byte 1)", "72-79 b (byte 65)", "80-95 c (byte 66)"]);
  });

  test("keeps numbers where only the last member is open", () => {
    const view = packetOf("le16 a; u8 data[];");
    expect(view).toEqual({
      exact: true,
      blocks: [
        { bits: "0-15", label: "a" },
        { bits: "16-31", label: "data[] …" },
      ],
    });
  });

  test("goes on in a new row behind an open member, without numbers", () => {
    expect(blocksOf(packetOf("u8 length; u8 key[length]; le16 tail;"))).toEqual([
      "0-7 length",
      "8-31 key[length] … (byte 1)",
      "32-47 tail",
    ]);
  });

  test("draws bits of a little-endian word from the lowest on, of a big-endian word from the highest", () => {
    expect(blocksOf(packetOf("le32 word { low : 12; high : 20; } u8 z;"))).toEqual([
      "0-11 low",
      "12-31 high",
      "32-39 z",
    ]);
    expect(blocksOf(packetOf("be32 word { low : 12; high : 20; } u8 z;"))).toEqual([
      "0-19 high",
      "20-31 low",
      "32-39 z",
    ]);
  });

  test("draws a word as a whole where a name has no room", () => {
    expect(blocksOf(packetOf("le32 flags { unmap : 1; reserved : 31; } u8 z;"))).toEqual(["0-31 flags", "32-39 z"]);
  });

  test("calls a union without a name after its members", () => {
    expect(blocksOf(packetOf("le32 a; union { le32 b; u8 c[6]; };"))).toEqual(["0-31 a", "32-79 b or c"]);
  });

  test("shortens a length that has no room", () => {
    expect(
      blocksOf(
        packetOf("le64 entries_of_the_table; u8 a[(entries_of_the_table + 1) * 2 - entries_of_the_table % 3]; u8 b;"),
      ),
    ).toContain("64-95 a[(entries_of_the_table + 1) * 2 - entries_of_the_table % 3] … (byte 8)");
    expect(blocksOf(packetOf("u8 x[3]; u8 name_of_an_array[x[0] + x[1] + x[2] + 1000]; u8 b;"))).toContain(
      "24-31 name_of_an_array[…] … (byte 3)",
    );
  });

  test("gives no numbers to what stands behind bytes that may be removed", () => {
    const view = packetOf("le32 n; present if n == 1 { le32 extra; } le32 last;");
    expect(view?.exact).toBe(false);
    expect(blocksOf(view)).toEqual(["0-31 n", "32-63 extra (byte 4)", "64-95 last"]);
  });

  test("says how long a struct can be that ends early, and gives what follows no place", () => {
    const view = packetOf("struct head head; u8 rest[4];", "features { F = 0; } struct head { le32 a; le32 b if F; }");
    expect(view?.exact).toBe(false);
    expect(blocksOf(view)).toEqual(["0-63 head (4–8 bytes)", "64-95 rest[4]"]);
  });
});

describe("expandedPacketView", () => {
  test("draws the members of structs", () => {
    const { module, links } = device("config { le32 a; struct inner { le16 b; u8 c; u8 d; } inner; }");
    const config = module.items.find((item) => item.kind === "config");
    const view = config === undefined ? null : expandedPacketView(config.members, links.struct);
    expect(blocksOf(view)).toEqual(["0-31 a", "32-47 inner.b", "48-55 inner.c", "56-63 inner.d"]);
  });
});
