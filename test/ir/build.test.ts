import { describe, expect, test } from "vitest";
import { printExpression } from "../../src/ir/print-expression.ts";
import { configOf, irOf, irOfItems, itemsOf, moduleNamed, structNamed } from "./descriptions.ts";

const built = (items: string) => moduleNamed(irOfItems(items), "test");
const constantsOf = (items: string) =>
  built(items).items.flatMap((item) => ("constants" in item && item.kind !== "house" ? item.constants : []));

describe("C names", () => {
  test("are made by rule", () => {
    const module = built(
      "features { FLUSH = 9; } enum S { OK = 0; } enum { LONE = 1; } const MOST = 2; struct geometry { u8 heads; } config { u8 a; }",
    );
    const names = module.items.flatMap((item) => [
      item.cName,
      ...("features" in item
        ? [...(item.features ?? [])]
        : "constants" in item && item.kind !== "house"
          ? item.constants
          : []
      ).map((one) => (typeof one === "string" ? one : one.cName)),
    ]);
    expect(names).toEqual([
      "features",
      "VIRTIO_TEST_F_FLUSH",
      "virtio_test_s",
      "VIRTIO_TEST_S_OK",
      "virtio_test",
      "VIRTIO_TEST_LONE",
      "VIRTIO_TEST_MOST",
      "virtio_test_geometry",
      "virtio_test_config",
    ]);
  });

  test("of messages: the first part has the message's, others add their own or their alternative", () => {
    const [request] = itemsOf(
      built(
        "queues { q = 0; } enum T { IN = 0; OUT = 1; } request req on q { device-readable { le32 type : T; } switch type { IN : device-writable { u8 data[]; } OUT : device-readable { u8 data[]; } } device-writable { u8 status; } }",
      ),
      "request",
    );
    expect(request?.cName).toBe("virtio_test_req");
    const [head, alternatives, tail] = request?.parts ?? [];
    expect(head?.cName).toBe("virtio_test_req");
    const arms = alternatives?.kind === "part switch" ? alternatives.arms : [];
    expect(arms.flatMap((arm) => arm.parts.map((part) => part.cName))).toEqual([
      "virtio_test_req_in_in",
      "virtio_test_req_out_out",
    ]);
    expect(tail?.cName).toBe("virtio_test_req_in");
  });

  test("follow c_prefix and c_name", () => {
    const ir = irOf([
      {
        path: "test.virtio",
        text: 'core test "Test" c_prefix VIRTQ_; features { A = 0; } enum S c_prefix RING_EVENT_ { OK = 0; } enum T { X = 1 c_name OTHER; } struct used c_name vring_used { u8 a; } struct desc { u8 a; }',
      },
    ]);
    const text = JSON.stringify(moduleNamed(ir, "test"));
    for (const name of ["VIRTQ_F_A", "RING_EVENT_OK", "OTHER", "vring_used", "virtq_desc"])
      expect(text).toContain(`"cName":"${name}"`);
  });
});

describe("constants", () => {
  test("have a kind and a value, whatever they are made of", () => {
    const constants = constantsOf(
      "enum T { IN = 0; OUT = 0x1f; } flags M { RD = 1; HIGH = bit 46; BOTH = RD | HIGH; } bits B { SEND = 1; } enum G { NONE = 0; flags { ECN = 0x80; } } enum OP { CREATE = opcode(2, 3); where opcode(service, op) = service << 8 | op; } flags L { TOP = bit 63; } enum W { ALL = ~0 & 0xffffffffffffffff; } const MOST = 5;",
    );
    expect(constants.map(({ name, type, value, text }) => [name, type, value, text])).toEqual([
      ["IN", "number", 0, "0"],
      ["OUT", "number", 31, "0x1f"],
      ["RD", "mask", 1, "1"],
      ["HIGH", "mask", 2 ** 46, "bit 46"],
      ["BOTH", "mask", 2 ** 46 + 1, "RD | HIGH"],
      ["SEND", "bit", 1, "1"],
      ["NONE", "number", 0, "0"],
      ["ECN", "mask", 128, "0x80"],
      ["CREATE", "number", 0x203, "opcode(2, 3)"],
      ["TOP", "mask", "9223372036854775808", "bit 63"],
      ["ALL", "number", "18446744073709551615", "~0 & 0xffffffffffffffff"],
    ]);
    expect(itemsOf(built("const MOST = 5 + 1;"), "constant")).toMatchObject([{ name: "MOST", value: 6 }]);
  });

  test("and features may be another name of one", () => {
    const [features] = itemsOf(built("features { FLUSH = 9; legacy WCE = FLUSH; }"), "features");
    expect(features?.features).toMatchObject([
      { name: "FLUSH", bit: 9 },
      { name: "WCE", bit: 9, aliasOf: "FLUSH", legacy: true },
    ]);
  });
});

describe("names", () => {
  test("in a condition: a feature of the file, one of the core, a member before it, config, a constant", () => {
    const core = { path: "core.virtio", text: 'core config "Core"; features { VERSION_1 = 32 since 1.0; }' };
    const text =
      'device test = 99 "Test"; features { A = 0; } enum T { PLUG = 1; } config { le16 n; } struct s since 1.0 { le32 type : T; u8 a if A; u8 b if VERSION_1 since 1.0; u8 c if type == PLUG; u8 d if config.n > 2; }';
    const struct = structNamed(moduleNamed(irOf([core, { path: "test.virtio", text }]), "test"), "s");
    const conditions = struct.members.flatMap((member) => (member.if === undefined ? [] : [member.if]));
    expect(conditions.map((condition) => printExpression(condition))).toEqual([
      "A",
      "VERSION_1",
      "type == T.PLUG",
      "config.n > 2",
    ]);
    expect(conditions[1]).toMatchObject({ op: "feature", module: "config", name: "VERSION_1" });
    expect(conditions[2]).toMatchObject({
      left: { op: "member", scope: "sibling" },
      right: { op: "constant", group: "T", cName: "VIRTIO_TEST_T_PLUG", value: 1 },
    });
  });

  test("of types and groups may be another file's", () => {
    const ir = irOf([
      { path: "a.virtio", text: 'device a = 98 "A"; struct cap { u8 x; }' },
      { path: "b.virtio", text: 'device b = 99 "B"; struct s { struct a.cap cap; }' },
    ]);
    expect(structNamed(moduleNamed(ir, "b"), "s").members[0]).toMatchObject({
      type: { kind: "struct", module: "a", name: "cap" },
    });
  });
});

describe("members", () => {
  test("say what the driver may do with them", () => {
    const { members } = configOf(
      built(
        "config { u8 a; u8 b writable; u8 c writable any_time; u8 d writable before DRIVER_OK reset 96; le32 e; le32 f write_clears e; u8 g writable kept over reset; u8 reserved; u8 padding_2[3]; }",
      ),
    );
    expect(members.map((member) => (member.kind === "field" ? member.access : undefined))).toEqual([
      undefined,
      { writable: "always" },
      { writable: "any_time" },
      { writable: { before: "DRIVER_OK" }, reset: 96 },
      undefined,
      { writable: "always", writeClears: "e" },
      { writable: "always", keptOverReset: true },
      undefined,
      undefined,
    ]);
    expect(members.map((member) => member.kind === "field" && member.reserved === true)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  test("carry documentation from the lines above and from behind them", () => {
    const { members } = configOf(
      built("config {\n  /// Above,\n  /// two lines.\n  le32 a;\n  le32 b;   /// Behind.\n  le32 c;\n}"),
    );
    expect(members.map((member) => member.doc)).toEqual(["Above,\ntwo lines.", "Behind.", ""]);
    expect(members[1]?.at).toEqual({ file: "test.virtio", line: 6, column: 8, length: 1 });
  });
});

test("a rule, an erratum and what is legacy behind a command are items of their own", () => {
  const { items } = built(`features { A = 0; B = 1; }
    capability LIMITS = 0x0800 { u8 most; }
    requires: A -> B;
    capability MORE = 0x0801 { u8 most; } since 1.2;
    legacy must device "Test": "A sentence.";
    capability LAST = 0x0802 { u8 most; }
    erratum "an item" { text: "one"; meant: "another"; because "it is so"; }`);
  expect(items.map((item) => item.kind)).toEqual([
    "features",
    "capability",
    "rule",
    "capability",
    "rule",
    "capability",
    "erratum",
  ]);
  expect(items.map((item) => item.since)).toEqual(["0.9.5", "0.9.5", "0.9.5", "1.2", "0.9.5", "0.9.5", "0.9.5"]);
});

test("a flag that is asked for does not give the name beside it its meaning: a feature can have the flag's name", () => {
  const [rule] = itemsOf(
    built(
      'features { CSUM = 1; } flags OFFLOADS { CSUM = 2; } queues { q = 0; } message set on q { device-readable { le32 offloads : OFFLOADS; } } must driver "L": set.offloads.CSUM -> CSUM; config { u8 a; }',
    ),
    "rule",
  );
  expect(rule?.expression).toMatchObject({ op: "->", right: { op: "feature", name: "CSUM" } });
});

describe("a requirement", () => {
  const around = `
    enum S { OK = 0; BAD = 1; }
    queues { q = 0; }
    config { le32 most; }
    struct range { le64 sector; }
    request req on q { device-readable { le16 type; struct range ranges[]; } device-writable { le16 type : S; } }`;
  const requirement = (text: string) => {
    const [rule] = itemsOf(built(`${around} must device "L": ${text};`), "rule");
    if (rule?.expression === undefined) throw new Error(`'${text}' is no requirement`);
    return rule.expression;
  };

  test.each([
    "length(req.ranges) <= config.most",
    "req.ranges[i].sector != 0",
    "req.type != 0 -> req.in.type == S.BAD",
    "req.out.type != 0 -> req.in.type == S.BAD",
  ])("can be '%s'", (text) => {
    expect(printExpression(requirement(text))).toBe(text);
  });
});
