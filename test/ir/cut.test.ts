import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import { revisions, type Item, type Revision } from "../../src/ir/model.ts";
import { printExpression } from "../../src/ir/print-expression.ts";
import {
  configOf,
  irOf,
  irOfItems,
  itemsOf,
  moduleNamed,
  offsets,
  standardSources,
  structNamed,
} from "./descriptions.ts";

/** The one module of a small device at a revision; undefined where it does not exist there. */
function at(items: string, revision: Revision) {
  return moduleNamed(cut(irOfItems(items), revision), "test");
}

const names = (elements: readonly { readonly name: string }[]): readonly string[] =>
  elements.map((element) => element.name);
const featuresOf = (module: { readonly items: readonly Item[] }) =>
  module.items.flatMap((item) => (item.kind === "features" ? item.features : []));

const constantsOf = (module: { readonly items: readonly Item[] }) =>
  module.items.flatMap((item) => (item.kind === "enum" ? item.constants : []));

describe("cut", () => {
  test("leaves what exists at the revision", () => {
    const items = "enum T { ALWAYS = 0; NEW = 1 since 1.2; OLD = 2 until 1.2; MIDDLE = 3 since 1.1 until 1.3; }";
    const left = (revision: Revision) => names(constantsOf(at(items, revision)));
    expect(revisions.map(left)).toEqual([
      ["ALWAYS", "OLD"],
      ["ALWAYS", "OLD"],
      ["ALWAYS", "OLD", "MIDDLE"],
      ["ALWAYS", "NEW", "MIDDLE"],
      ["ALWAYS", "NEW"],
      ["ALWAYS", "NEW"],
    ]);
  });

  test("what stands inside exists no longer than what it stands in", () => {
    const items =
      "struct s since 1.1 until 1.4 { le32 a; struct { le32 c; le32 d until 1.2; le32 e since 1.2; } inner since 1.1; }";
    const [s] = itemsOf(moduleNamed(irOfItems(items), "test"), "struct");
    expect(s).toMatchObject({ since: "1.1", until: "1.4" });
    const [a, inner] = s?.members ?? [];
    expect(a).toMatchObject({ since: "1.1", until: "1.4" });
    expect(inner?.kind === "group" ? inner.members[1] : undefined).toMatchObject({ since: "1.1", until: "1.2" });
    expect(revisions.map((revision) => itemsOf(at(items, revision), "struct").length)).toEqual([0, 0, 1, 1, 1, 0]);
  });

  test("a module with a first revision is not there before it", () => {
    const ir = irOf([{ path: "late.virtio", text: 'device late = 99 "Late" since 1.3; struct s { u8 a; }' }]);
    expect(revisions.map((revision) => cut(ir, revision).modules.length)).toEqual([0, 0, 0, 0, 1, 1]);
    expect(structNamed(moduleNamed(ir, "late"), "s").since).toBe("1.3");
  });

  test("gives names, C names with them, as they were at the revision", () => {
    const items =
      "features { NEWEST = 5 was OLDEST until 1.1 was OLDER until 1.3; } struct s { le32 size was length until 1.2; }";
    const feature = (revision: Revision) => featuresOf(at(items, revision)).map(({ name, cName }) => [name, cName])[0];
    expect(feature("1.0")).toEqual(["OLDEST", "VIRTIO_TEST_F_OLDEST"]);
    expect(feature("1.1")).toEqual(["OLDER", "VIRTIO_TEST_F_OLDER"]);
    expect(feature("1.2")).toEqual(["OLDER", "VIRTIO_TEST_F_OLDER"]);
    expect(feature("1.4")).toEqual(["NEWEST", "VIRTIO_TEST_F_NEWEST"]);
    expect(names(structNamed(at(items, "1.1"), "s").members)).toEqual(["length"]);
    expect(names(structNamed(at(items, "1.2"), "s").members)).toEqual(["size"]);
  });

  test("lets what refers to an element follow its name", () => {
    const items = `
      features { NEW = 0 was OLD until 1.2; A = 1 requires NEW; }
      enum T { PLUG = 1 was INSERT until 1.2; OUT = 2; }
      struct pair was couple until 1.2 { le32 a; le32 b; }
      struct s { le32 type : T; le16 c if NEW & type == PLUG; struct pair pairs[2]; le16 d; }
      registers test "Test" { 0x0 write le32 QueueSelect was QueueSel until 1.2; 0x4 read le32 Size bank QueueSelect; }`;
    const says = (revision: Revision) => {
      const module = at(items, revision);
      const [, condition, pairs, d] = structNamed(module, "s").members;
      const [registers] = itemsOf(module, "registers");
      return [
        printExpression(featuresOf(module)[1]?.requires[0] ?? { op: "number", value: 0, text: "" }),
        condition?.if === undefined ? "" : printExpression(condition.if),
        pairs?.kind === "field" && pairs.type.kind === "struct" ? pairs.type.name : "",
        d?.position?.offset,
        registers?.registers[1]?.bank,
      ];
    };
    expect(says("1.1")).toEqual(["OLD", "OLD & type == T.INSERT", "couple", 22, "QueueSel"]);
    expect(says("1.2")).toEqual(["NEW", "NEW & type == T.PLUG", "pair", 22, "QueueSelect"]);
  });

  test("keeps what every revision still says of the legacy interface", () => {
    const items = "features { legacy GONE = 0; }";
    for (const revision of revisions)
      expect(featuresOf(at(items, revision))).toMatchObject([{ name: "GONE", legacy: true }]);
  });

  test("takes features that do not exist yet out of conditions, queue numbers and requirements", () => {
    const items = `
      features { A = 0 requires B | LATE; B = 1; LATE = 2 since 1.2; }
      config { le16 n; le16 m if A | LATE; }
      queues { q[i] = i for i in 0..N-1; where N = A | LATE ? config.n : 1; control = LATE ? 7 : 8; }`;
    const says = (revision: Revision) => {
      const module = at(items, revision);
      const [queues] = itemsOf(module, "queues");
      const condition = configOf(module).members[1]?.if;
      const shown = [condition, featuresOf(module)[0]?.requires[0], queues?.where[0]?.value, queues?.queues[1]?.number];
      return shown.map((expression) => (expression === undefined ? undefined : printExpression(expression)));
    };
    expect(says("1.1")).toEqual(["A", "B", "A ? config.n : 1", "8"]);
    expect(says("1.2")).toEqual(["A | LATE", "B | LATE", "A | LATE ? config.n : 1", "LATE ? 7 : 8"]);
  });

  test("lays out what has members, of every kind", () => {
    const items = `
      struct s { u8 a; }
      config { u8 a; }
      queues { q = 0; }
      request r on q { device-readable { u8 a; } switch a { 1 : device-writable { u8 b; } default : { } } }
      response to r { u8 a; }
      capability C = 0x800 { u8 a; }
      house linux { view struct virtio_test_s of s { a; } }`;
    const printed = JSON.stringify(at(items, "1.4"));
    expect(printed.match(/"layout":\{"size":1,/g)).toHaveLength(7);
    expect(printed.match(/"position"/g)).toHaveLength(7);
    expect(JSON.stringify(irOfItems(items))).not.toMatch(/"layout"|"position"/);
  });

  test("changes nothing when it is done again, and not what it was made from", () => {
    const ir = irOf(standardSources());
    const before = JSON.stringify(ir);
    for (const revision of revisions) {
      const once = cut(ir, revision);
      expect(once.revision).toBe(revision);
      expect(isDeepStrictEqual(cut(once, revision), once)).toBe(true);
    }
    expect(JSON.stringify(ir)).toBe(before);
  });

  test("no member of the standard moves from one revision to the next", () => {
    const ir = irOf(standardSources());
    const placesAt = (revision: Revision) => {
      const places = new Map<string, number | null | undefined>();
      for (const module of cut(ir, revision).modules) {
        for (const item of module.items) {
          if (item.kind !== "struct" && item.kind !== "config") continue;
          for (const [name, offset] of Object.entries(offsets(item.members)))
            if (name !== "") places.set(`${module.name}.${item.name}.${name}`, offset);
        }
      }
      return places;
    };
    const all = revisions.map(placesAt);
    const moved = all.flatMap((places, index) =>
      Array.from(places).filter(
        ([name, offset]) => all[index + 1]?.has(name) === true && all[index + 1]?.get(name) !== offset,
      ),
    );
    // The PCI capability's `id` and `ring_idx` of a GPU command take the first of reserved bytes; the others keep their name.
    expect(moved).toEqual([
      ["gpu.ctrl_hdr.padding", 20],
      ["pci.cap.padding", 5],
    ]);
    expect(all.at(-1)?.size).toBeGreaterThan(200);
  });
});
