import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { moduleText } from "./generated.ts";

/** The module from the first line that contains a text on, formatted, as many lines as are asked for. */
async function lines(items: string, from: string, count: number): Promise<string> {
  const text = await format(moduleText(items), { parser: "typescript", printWidth: 120, singleQuote: true });
  const all = text.split("\n");
  const start = all.findIndex((line) => line.includes(from));
  return all.slice(start, start + count).join("\n");
}

describe("a generated struct", () => {
  it("is an interface with its documentation, and a codec with the layout", async () => {
    const items = '/// A range.\nstruct range { le64 start unit "bytes"; /// How many.\n le32 count; u8 padding[4]; }';
    expect(await lines(items, "A range.", 14)).toBe(`/** A range. (test.virtio:3) */
export interface Range {
  /** How many. In bytes. */
  start: bigint;
  count: number;
}

export const Range: Codec<Range> = struct('virtio_test_range', {
  start: le64(0),
  count: le32(8),
  padding: reserved(12, 4),
});
`);
  });

  it("says which values, ranges, features and rights its members have", async () => {
    const items = `features { A = 1; B = 2; C = 3; }
      enum T { ON = 1; }
      config { u8 type : T; le16 pairs if A | B in 1..0x8000; le32 both if A & B; le32 none unless C; le32 mixed if A & not C writable before DRIVER_OK reset 7; }`;
    expect(await lines(items, "export const Config", 9))
      .toBe(`export const Config: Codec<Config, Negotiated> = struct('virtio_test_config', {
  type: u8(0).oneOf(T),
  pairs: le16(1).in(1, 0x8000).if(F.A, F.B),
  both: le32(3).if([F.A, F.B]),
  none: le32(7).unless(F.C),
  mixed: le32(11)
    .if([F.A, not(F.C)])
    .access({ writable: { before: 'DRIVER_OK' }, reset: 7 }),
});`);
  });

  it("says in words what its codec leaves to others: conditions, and ranges that depend on something", () => {
    const text = moduleText(
      "features { A = 1; B = 2; } config { le16 most; le16 pairs if A | B; } struct s { le16 used in 1..config.most; le16 kind in 1..3; }",
    );
    expect(text).toContain("  /** Only if `A | B`. */\n  pairs?: number;");
    expect(text).toContain("  /** From 1 to `config.most`. */\n  used: number;\n  kind: number;");
  });

  it("stands behind what it uses, which keeps the standard's order otherwise", () => {
    const text = moduleText(
      "struct outer { struct inner inner; u8 type : T; } enum T { A = 0; } struct between { u8 a; } struct inner { le16 b; }",
    );
    const order = [...text.matchAll(/^export const (\w+)/gm)].map((match) => match[1]);
    expect(order).toEqual(["deviceId", "T", "Between", "Inner", "Outer"]);
  });

  it("has formulas with the types of what they read", () => {
    const text = moduleText("struct s { le64 n; u8 key[n]; struct { le16 k; u8 d[k * 2 - 1]; } rows[n >> 2]; }");
    expect(text).toContain("key: bytes(8, (v: { n: bigint }) => Number(v.n)),");
    expect(text).toContain("rows: list(next, SRows, (v: { n: bigint }) => Number(v.n) >> 2),");
    expect(text).toContain("d: bytes(2, (v: { k: number }) => v.k * 2 - 1),");
  });

  it("reads a member of the struct around it as such", () => {
    const text = moduleText("struct s { le16 n; struct { u8 d[n]; } one; }");
    expect(text).toContain("d: bytes(0, (_v, _c, o: { n: number }) => o.n),");
  });
});

describe("a request with several choices by its tag", () => {
  it("knows all tags at the first, and lets further ones and the answer have nothing for some", () => {
    const text = moduleText(`enum T { A = 1; B = 2; }
      queues { q = 0; }
      request req on q {
        device-readable { u8 type : T; }
        switch type { A : device-readable { le16 first; }  B : { } }
        switch type { B : device-readable { le32 second; } }
        switch type { A : device-writable { u8 third; } }
      }`);
    const [readable = "", writable = ""] =
      text.split("export const ReqReadable:")[1]?.split("export const ReqWritable:") ?? [];
    expect(readable).toContain("arm([T.A], { first: le16(1) }), arm([T.B], {})),");
    expect(readable).toContain("arm([T.B], { second: le32(next) }), arm([], {})),");
    expect(writable).toContain("arm([T.A], { third: u8(0) }), arm([], {})),");
  });
});

describe("a tag whose name the answer has, too", () => {
  it("is what the driver sent", () => {
    const text = moduleText(`enum T { A = 1; B = 2; }
      queues { q = 0; }
      struct hdr { u8 type : T; }
      request req on q {
        device-readable { struct hdr hdr; }
        switch hdr.type {
          A : device-writable { struct hdr hdr; le16 first; }
          B : device-readable { u8 hdr_too; } device-writable { struct hdr hdr; }
        }
      }`);
    const [readable = "", writable = ""] =
      text.split("export const ReqReadable:")[1]?.split("export const ReqWritable:") ?? [];
    expect(readable).toContain("(v: { hdr: { type: number } }) => v.hdr.type,");
    expect(writable).toContain("=> c.request.hdr.type, arm([T.A], { hdr: nested(0, Hdr), first: le16(1) })");
  });
});

describe("names", () => {
  it("that TypeScript or the runtime has already begin with the device's", () => {
    const text = moduleText(
      "struct message { u8 delete; } struct list { u8 class; } enum number { A = 0; } queues { q = 0; } message next on q { device-readable { u8 in; } }",
    );
    expect(text).toContain("export interface TestMessage {\n  delete: number;");
    expect(text).toContain("export interface List {\n  class: number;");
    expect(text).toContain("export const testNext: Message<'q', typeof Next, undefined>");
  });
});

describe("constants", () => {
  it("are written as in the description, masks in hexadecimal", () => {
    const text = moduleText(
      "flags M { A = 1; B = 0x10; C = bit 5; D = A | C; } enum E { X = 10; Y = 0x0b; } const N = 126;",
    );
    expect(text).toContain("  A: 1,\n  B: 0x10,\n  C: 0x20,\n  D: 0x21,\n");
    expect(text).toContain("  X: 10,\n  Y: 0x0b,\n");
    expect(text).toContain("export const N = 126;");
  });

  it("are bigints, all of a group, where one has more than 32 bits or its members have 64", () => {
    const text = moduleText(
      "flags WIDE { LOW = 1; HIGH = bit 46; } flags WORD { ONE = 1; } flags BYTE { ONE = 1; } struct s { le64 w : WORD; u8 b : BYTE; }",
    );
    expect(text).toContain("export const WIDE = {\n  LOW: 1n,\n  HIGH: 0x400000000000n,\n} as const;");
    expect(text).toContain("export const WORD = {\n  ONE: 1n,\n} as const;");
    expect(text).toContain("export const BYTE = {\n  ONE: 1,\n} as const;");
  });
});

describe("features", () => {
  it("carry what they require, in every form, as demands of which each has alternatives", () => {
    const text =
      moduleText(`features { A = 0; B = 1 requires A; C = 2 requires A & (B | D) since 1.2; D = 3; E = 4 requires not D; legacy OLD = 5; legacy ALSO_A = A; }
      requires: D -> A | B; requires: A & B -> C | D since 1.2; at_least_one A, E; conflicts C, E since 1.2; offers D -> B;`);
    expect(text).toContain("since: { C: '1.2' },");
    expect(text).toContain("legacy: ['OLD', 'ALSO_A'],");
    expect(text).toContain(
      "requires: [[F.B, [F.A]], [F.C, [F.A], [F.B, F.D]], [F.E, [not(F.D)]], [F.D, [F.A, F.B]], [F.A, [not(F.B), F.C, F.D]]],",
    );
    expect(text).toContain("atLeastOne: [[F.A, F.E]],");
    expect(text).toContain("conflicts: [[F.C, F.E]],");
    expect(text).toContain("offers: [[F.D, [F.B]]],");
  });
});

describe("queues", () => {
  it("are formulas of the index, the features and the configuration", () => {
    const text = moduleText(`features { MQ = 1; CTRL = 2; }
      config { le16 pairs; }
      queues { rx[i] = 4*i for i in 0..N-1; port[p] = p == 0 ? 1 : 4*p + 2 for p in 0..N if CTRL | p == 0; ctrl = 4*N if CTRL compact linux; where N = MQ ? config.pairs : 1; }`);
    expect(text).toContain(
      "const N = (c: QueueContext): number => c.features.has(F.MQ) ? Config.pairs.load(c.config) : 1;",
    );
    expect(text).toContain("rx: { each: (c) => [0, N(c) - 1], number: (i) => 4 * i },");
    expect(text).toContain(
      "port: { each: (c) => [0, N(c)], number: (i) => i === 0 ? 1 : 4 * i + 2, exists: (c, i) => c.features.has(F.CTRL) || i === 0 },",
    );
    expect(text).toContain(
      "ctrl: { number: (_i, c) => 4 * N(c), exists: (c) => c.features.has(F.CTRL), compact: ['linux'] },",
    );
  });
});

it.each([
  ["no configuration space", "", "object> = {}"],
  ["members of features only", "config { le32 a if A; u8 reserved; }", "Config> = {}"],
  ["a member in any case", "config { le32 a if A; le32 b; }", "Config>"],
  ["a member without a feature", "config { le32 a unless A; }", "Config>"],
])("a device can be made without options where it needs none: %s", (_, config, options) => {
  const text = moduleText(
    `features { A = 0; } queues { q = 0; } ${config} message m on q { device-readable { le32 x; } }`,
  );
  expect(/constructor\(options: DeviceOptions<[^,]*, ([^)]*)\)/.exec(text)?.[1]).toBe(options);
});
