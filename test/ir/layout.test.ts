import { describe, expect, test } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import { evaluate } from "../../src/ir/expression.ts";
import { revisions, type Member } from "../../src/ir/model.ts";
import { configOf, irOf, irOfItems, moduleNamed, offsets, standardSources, structNamed } from "./descriptions.ts";

const standard = irOf(standardSources());

/** A struct of a small device, laid out at the newest revision. */
function laidOut(items: string, name = "s") {
  return structNamed(moduleNamed(cut(irOfItems(items), "1.4"), "test"), name);
}

/** How long a struct is when just these features are negotiated: it ends with its last member that exists. */
function lengthWith(members: readonly Member[], features: readonly string[]): number {
  const existing = members.filter(
    (member) =>
      member.if === undefined ||
      evaluate(member.if, (name) => (name.op === "feature" && features.includes(name.name) ? 1n : 0n)) !== 0n,
  );
  return Math.max(...existing.map((member) => (member.position?.offset ?? 0) + (member.position?.size ?? 0)));
}

describe("the header of the network device", () => {
  const header = structNamed(moduleNamed(cut(standard, "1.4"), "net"), "hdr");

  test("has each member where the standard has it", () => {
    expect(offsets(header.members)).toEqual({
      "flags": 0,
      "gso_type": 1,
      "hdr_len": 2,
      "gso_size": 4,
      "csum_start": 6,
      "csum_offset": 8,
      "num_buffers": 10,
      "hash_value": 12,
      "hash_report": 16,
      "padding_reserved": 18,
      "outer_th_offset": 20,
      "inner_nh_offset": 22,
      "outer_nh_offset": 24,
      "": 26,
    });
    expect(header.layout).toEqual({
      size: 32,
      minSize: 10,
      fixedSize: 32,
      natural: { size: 32, align: 4 },
      needsPacked: false,
    });
  });

  test.each([
    [[], 10],
    [["MRG_RXBUF"], 12],
    [["VERSION_1"], 12],
    [["VERSION_1", "HASH_REPORT"], 20],
    [["VERSION_1", "HOST_UDP_TUNNEL_GSO"], 24],
    [["VERSION_1", "GUEST_UDP_TUNNEL_GSO"], 24],
    [["VERSION_1", "OUT_NET_HEADER"], 32],
    [["VERSION_1", "IPSEC"], 32],
  ])("with %j is %i bytes long", (features, length) => {
    expect(lengthWith(header.members, features)).toBe(length);
  });

  test("grows from revision to revision", () => {
    const sizes = revisions.map(
      (revision) => structNamed(moduleNamed(cut(standard, revision), "net"), "hdr").layout?.size,
    );
    expect(sizes).toEqual([12, 12, 12, 20, 20, 32]);
  });
});

/** How long a configuration space is in each revision. */
function sizesOf(device: string) {
  return revisions.map((revision) => configOf(moduleNamed(cut(standard, revision), device)).layout?.size);
}

/** A struct whose switch has an arm of four bytes and another one. */
function switched(other: string) {
  return laidOut(`struct s { le32 t; switch t { 1 : le32 a; default : ${other} } le16 after; }`);
}

describe("configuration spaces", () => {
  test.each([
    ["blk", [33, 33, 60, 72, 96, 96]],
    ["net", [10, 10, 12, 24, 28, 28]],
    ["balloon", [8, 8, 8, 16, 16, 16]],
  ])("of %s have their sizes in each revision", (device, sizes) => {
    expect(sizesOf(device)).toEqual(sizes);
  });

  test("of blk takes reserved bytes over without moving anything", () => {
    const at = (revision: "1.1" | "1.2") => offsets(configOf(moduleNamed(cut(standard, revision), "blk")).members);
    expect(at("1.1")).toMatchObject({
      capacity: 0,
      geometry: 16,
      topology: 24,
      writeback: 32,
      unused0: 33,
      max_discard_sectors: 36,
    });
    expect(at("1.2")).toMatchObject({
      writeback: 32,
      unused0: 33,
      num_queues: 34,
      max_discard_sectors: 36,
      max_secure_erase_sectors: 60,
    });
    expect(offsets(configOf(moduleNamed(cut(standard, "1.4"), "blk")).members)).toMatchObject({
      unused1: 57,
      zoned: 72,
    });
  });
});

describe("layout", () => {
  test("a union is as long as its longest arm, and its arms begin where it does", () => {
    const struct = laidOut(
      "enum T { A = 1; B = 2; } struct s { le16 type : T; union by type { A: struct { le32 x; le32 y; } a; B: u8 b[3]; } le16 after; }",
    );
    expect(offsets(struct.members)).toEqual({ "type": 0, "": 2, "after": 10 });
    const [, union] = struct.members;
    if (union?.kind !== "union") throw new Error("no union");
    expect(union.position).toEqual({ offset: 2, size: 8, natural: { offset: 4, size: 8, align: 4 } });
    expect(union.arms.map((arm) => offsets(arm.members))).toEqual([{ a: 2 }, { b: 2 }]);
    expect(struct.layout).toMatchObject({ size: 12, natural: { size: 16, align: 4 }, needsPacked: true });
  });

  test("a switch has a size only where all its arms have the same", () => {
    expect(offsets(switched("u8 b[4];").members)).toEqual({ "t": 0, "": 4, "after": 8 });
    expect(switched("u8 b[4];").layout?.size).toBe(10);
    expect(offsets(switched("u8 b[5];").members)).toEqual({ "t": 0, "": 4, "after": null });
    expect(switched("u8 b[5];").layout).toMatchObject({ size: null, fixedSize: 4 });
  });

  test("a word of bit groups is one member, whatever stands in it", () => {
    const struct = laidOut(
      "features { F = 0; } struct s { u8 a; be32 { union { x : 16; y : 16 if F; } z : 15; w : 1; } le16 b { lo : 4; hi : 12; } }",
    );
    expect(offsets(struct.members)).toEqual({ "a": 0, "": 1, "b": 5 });
    const [, word, named] = struct.members;
    if (word?.kind !== "bits" || named?.kind !== "bits") throw new Error("no bits");
    expect(word.bits.map(({ name, shift, width, union }) => ({ name, shift, width, union }))).toEqual([
      { name: "x", shift: 0, width: 16, union: 0 },
      { name: "y", shift: 0, width: 16, union: 0 },
      { name: "z", shift: 16, width: 15, union: undefined },
      { name: "w", shift: 31, width: 1, union: undefined },
    ]);
    expect(named.bits.map(({ shift, width }) => [shift, width])).toEqual([
      [0, 4],
      [4, 12],
    ]);
    expect(struct.layout).toMatchObject({ size: 7, natural: { size: 12, align: 4 }, needsPacked: true });
  });

  test("what 'present if' removes leaves no fixed place behind it", () => {
    const struct = laidOut("features { F = 0; } struct s { le32 a; present if F { le32 b; le32 c; } le16 d; }");
    expect(offsets(struct.members)).toEqual({ "a": 0, "": 4, "d": null });
    const [, present] = struct.members;
    if (present?.kind !== "present") throw new Error("no present");
    expect(offsets(present.members)).toEqual({ b: 4, c: 8 });
    expect(struct.layout).toMatchObject({ size: null, minSize: 6, fixedSize: 4 });
  });

  test("arrays: fixed, counted, to the end, ragged", () => {
    const items = `
      struct selectors { u8 count; struct { u8 length; u8 padding[3]; } rows[count]; }
      struct fixed { u8 grid[3][2]; le16 after; }
      struct counted { le16 n; u8 data[n]; le16 after; }
      struct rest { le16 n; u8 data[]; }
      struct ragged { le32 id; u8 keys[selectors.count][selectors.rows[i].length]; }`;
    expect(offsets(laidOut(items, "fixed").members)).toEqual({ grid: 0, after: 6 });
    expect(offsets(laidOut(items, "counted").members)).toEqual({ n: 0, data: 2, after: null });
    expect(laidOut(items, "counted").layout).toMatchObject({ size: null, minSize: 4, fixedSize: 2 });
    expect(laidOut(items, "rest").layout).toMatchObject({ size: null, minSize: 2, fixedSize: 2 });
    const ragged = laidOut(items, "ragged");
    expect(ragged.layout).toMatchObject({ size: null, minSize: 4, fixedSize: 4 });
    expect(ragged.members[1]).toMatchObject({ position: { offset: 4, size: null } });
  });

  test("conditional members keep their place; only those at the end count as perhaps absent", () => {
    const struct = laidOut("features { F = 0; } struct s { le32 a; le32 b if F; le16 c; le16 d if F; le64 e if F; }");
    expect(offsets(struct.members)).toEqual({ a: 0, b: 4, c: 8, d: 10, e: 12 });
    expect(struct.layout).toMatchObject({ size: 20, minSize: 10 });
  });

  test("what stands behind a struct that can be cut has no fixed place, but in the configuration space", () => {
    const items = `features { F = 0; } struct h { le32 a; le32 b if F; } queues { q = 0; }
      struct s { le16 t; struct h h; le16 after; struct { le16 x; } g; }
      struct outer { struct { struct h h; } inner; u8 last; }
      config { struct h h; le16 after; }`;
    expect(offsets(laidOut(items).members)).toEqual({ t: 0, h: 2, after: null, g: null });
    expect(laidOut(items).layout).toMatchObject({ size: 14, fixedSize: 14 });
    expect(offsets(laidOut(items, "outer").members)).toEqual({ inner: 0, last: null });
    const config = configOf(moduleNamed(cut(irOfItems(items), "1.4"), "test"));
    expect(offsets(config.members)).toEqual({ h: 0, after: 8 });
  });

  test("padding to a size, always or unless a feature is negotiated", () => {
    const items =
      "features { F = 0; } struct k { le64 a; } struct always { le32 t; switch t { 1 : struct k k pad 56; default : struct k j pad 56; } le32 after; } struct maybe { le32 t; switch t { 1 : struct k k pad 56 unless F; default : u8 x[56]; } }";
    expect(offsets(laidOut(items, "always").members)).toEqual({ "t": 0, "": 4, "after": 60 });
    expect(laidOut(items, "maybe").layout?.size).toBe(null);
  });

  test("structs of other modules, external ones and members without a name", () => {
    const ir = irOf([
      { path: "a.virtio", text: 'device a = 98 "A"; struct cap { u8 x; le32 y; }' },
      {
        path: "b.virtio",
        text: 'device b = 99 "B"; external struct far size 40 from "far.h"; struct s { struct a.cap cap; far far; struct { le16 p; le16 q; }; u8 last; }',
      },
    ]);
    const struct = structNamed(moduleNamed(cut(ir, "1.4"), "b"), "s");
    expect(offsets(struct.members)).toEqual({ "cap": 0, "far": 5, "": 45, "last": 49 });
    const [, , group] = struct.members;
    expect(group?.kind === "group" ? offsets(group.members) : undefined).toEqual({ p: 45, q: 47 });
  });
});
