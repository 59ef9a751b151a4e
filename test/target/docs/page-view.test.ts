import { beforeAll, describe, expect, test } from "vitest";
import { cut } from "../../../src/ir/cut.ts";
import type { ConstantGroup, Item, Member, Module, PartItem, Request } from "../../../src/ir/model.ts";
import { pageOf, pages, standard } from "./description.ts";
import { declaredIn, lookUp, plainText, rowsOf, tablesOf, tablesUnder, tokensOf, under } from "./rendered-page.ts";

let modules: readonly Module[];
let texts: ReadonlyMap<string, string>;

beforeAll(() => {
  const all = standard();
  ({ modules } = cut(all, "1.4"));
  texts = pages(all);
});

function page(module: Pick<Module, "name">): string {
  return texts.get(`${module.name}.md`) ?? "";
}

function itemsOf<K extends Item["kind"]>(module: Module, kind: K): readonly Extract<Item, { kind: K }>[] {
  return module.items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

function isGroup(item: Item): item is ConstantGroup {
  return item.kind === "enum" || item.kind === "flags" || item.kind === "bits" || item.kind === "shared_memory";
}

function isMessage(item: Item): item is Request {
  return item.kind === "request" || item.kind === "message" || item.kind === "event";
}

function namesOf(members: readonly Member[]): readonly string[] {
  return members.flatMap((member): readonly string[] => {
    const own = member.name === "" ? [] : [member.name];
    switch (member.kind) {
      case "field":
        return [...own, ...(member.each === undefined ? [] : namesOf(member.each.members))];
      case "bits":
        return [...own, ...member.bits.map((group) => group.name)];
      case "group":
      case "present":
        return [...own, ...namesOf(member.members)];
      default:
        return [...own, ...member.arms.flatMap((arm) => namesOf(arm.members))];
    }
  });
}

function partNames(parts: readonly PartItem[]): readonly string[] {
  return parts.flatMap((part) =>
    part.kind === "part" ? namesOf(part.members) : part.arms.flatMap((arm) => partNames(arm.parts)),
  );
}

/** Those of the names that the text does not declare. */
function missing(names: readonly string[], text: string | undefined): readonly string[] {
  const declared = declaredIn(text ?? "");
  return names.filter((name) => !declared.has(name));
}

describe("every part of the standard is on the page of its module", () => {
  test("features with their bits", () => {
    for (const module of modules) {
      const tables = tablesUnder(page(module), "Feature bits");
      const features = itemsOf(module, "features").flatMap((block) => block.features);
      expect(
        features.map((feature) => [feature.cName, lookUp(tables, "Name", `\`${feature.cName}\``, "Bit")[0]]),
      ).toEqual(features.map((feature) => [feature.cName, String(feature.bit)]));
    }
  });

  test("queues", () => {
    for (const module of modules) {
      const [table] = tablesUnder(page(module), "Virtqueues");
      const queues = itemsOf(module, "queues").flatMap((block) => block.queues);
      expect(rowsOf(table)?.map((row) => row[0]) ?? []).toEqual(
        queues.map((queue) => `\`${queue.name}${queue.each === undefined ? "" : `[${queue.each.variable}]`}\``),
      );
    }
  });

  test("constants with their kinds", () => {
    for (const module of modules) {
      const tables = tablesOf(page(module));
      const constants = module.items.flatMap((item) =>
        item.kind === "constant" ? [item] : isGroup(item) ? item.constants : [],
      );
      expect(
        constants
          .filter((constant) => !lookUp(tables, "Name", `\`${constant.cName}\``, "Kind").includes(constant.type))
          .map((constant) => constant.cName),
      ).toEqual([]);
    }
  });

  test("structs with their members", () => {
    for (const module of modules) {
      for (const struct of itemsOf(module, "struct")) {
        const tables = tablesUnder(page(module), `\`struct ${struct.cName}\``);
        expect({ struct: struct.cName, missing: missing(namesOf(struct.members), tables[0]?.raw) }).toEqual({
          struct: struct.cName,
          missing: [],
        });
      }
    }
  });

  test("the configuration space with offsets and members", () => {
    for (const module of modules) {
      for (const config of itemsOf(module, "config")) {
        const [table] = tablesUnder(page(module), "Device configuration layout");
        const offsets = rowsOf(table)?.map((row) => row[0]);
        expect({ module: module.name, missing: missing(namesOf(config.members), table?.raw) }).toEqual({
          module: module.name,
          missing: [],
        });
        expect(
          config.members
            .map((member) => String(member.position?.offset))
            .filter((offset) => offsets?.includes(offset) !== true),
        ).toEqual([]);
      }
    }
  });

  test("requests, messages and events with all bytes of all alternatives", () => {
    for (const module of modules) {
      const operation = under(page(module), /^## Device operation$/);
      for (const message of module.items.filter((item) => isMessage(item))) {
        const text = under(operation ?? "", new RegExp(`^### (?:Request|Message|Event) \`${message.name}\`$`));
        expect({
          message: message.name,
          found: text !== undefined,
          missing: missing(partNames(message.parts), text),
        }).toEqual({ message: message.name, found: true, missing: [] });
      }
    }
  });

  test("registers with their offsets", () => {
    for (const module of modules) {
      for (const { title, registers, numbered } of itemsOf(module, "registers")) {
        const tables = tablesUnder(page(module), title);
        const shown = registers.map((register) => [
          register.name,
          ...lookUp(
            tables,
            "Register",
            `\`${register.type.name} ${register.name}\``,
            numbered === true ? "Number" : "Offset",
          ).map(Number),
        ]);
        expect(shown).toEqual(registers.map((register) => [register.name, register.offset]));
      }
    }
  });

  test("commands, capabilities and objects", () => {
    for (const module of modules) {
      for (const command of module.items.filter((item) => "sections" in item)) {
        expect(page(module)).toContain(`\`${command.cName}\``);
        expect(
          missing(
            command.sections.flatMap((section) => namesOf(section.members)),
            page(module),
          ),
        ).toEqual([]);
      }
    }
  });

  test("requirements under their labels", () => {
    for (const module of modules) {
      const rules = itemsOf(module, "rule").filter(
        (rule) => rule.form === "must" || rule.form === "should" || rule.form === "may",
      );
      const labels = [...new Set(rules.map((rule) => rule.label))];
      const counts = labels.map((label) => [
        label,
        tablesUnder(page(module), label?.trim() ?? "Without a label").flatMap((table) => table.rows).length,
      ]);
      expect(counts).toEqual(labels.map((label) => [label, rules.filter((rule) => rule.label === label).length]));
    }
  });

  test("errata", () => {
    for (const module of modules) {
      const text = under(page(module), /^## Errata$/) ?? "";
      const words = plainText(tokensOf(text).filter((token) => token.type === "text" || token.type === "heading"));
      const errata = itemsOf(module, "erratum").flatMap((item) => item.errata ?? []);
      const said = errata.flatMap(({ id, text: wrong, meant, because }) => [
        `Erratum: ${id}`,
        `The text: ${wrong}.`,
        `Meant: ${meant}.`,
        `Because ${because}.`,
      ]);
      expect(said.filter((sentence) => !words.includes(sentence.replaceAll("`", "")))).toEqual([]);
    }
  });
});

describe("what a page says", () => {
  test("the header of a network packet has five lengths", () => {
    const [, lengths] = tablesUnder(page({ name: "net" }), "`struct virtio_net_hdr`");
    expect(rowsOf(lengths)).toEqual([
      ["32", "`OUT_NET_HEADER` or `IPSEC`"],
      ["24", "`HOST_UDP_TUNNEL_GSO` or `GUEST_UDP_TUNNEL_GSO`"],
      ["20", "`HASH_REPORT`"],
      ["12", "`MRG_RXBUF` or `VERSION_1`"],
      ["10", "otherwise"],
    ]);
  });

  test("the configuration space of the block device grew", () => {
    const growth = tablesUnder(page({ name: "blk" }), "Device configuration layout")[1];
    expect(rowsOf(growth)?.map((row) => row.slice(0, 2))).toEqual([
      ["0.9.5 (legacy interface)", "33"],
      ["1.0", "33"],
      ["1.1", "60"],
      ["1.2", "72"],
      ["1.3", "96"],
      ["1.4", "96"],
    ]);
  });

  test("queues have formulas, conditions and traffic", () => {
    const text = pageOf(`
      features { MQ = 0; CTRL = 1; }
      config { le16 pairs if MQ; }
      queues { rx[i] = 2*i for i in 0..N-1; ctrl = 2*N if CTRL; extra = 9 compact linux; where N = MQ ? config.pairs : 1; }
      event receive on rx { u8 data[]; }
      request one on ctrl { device-readable { u8 a; } device-writable { u8 b; } }
      request two on ctrl { device-readable { u8 a; } device-writable { u8 b; } }
    `);
    expect(rowsOf(tablesUnder(text, "Virtqueues")[0])).toEqual([
      ["`rx[i]`", "`2 * i`", "`i in 0..N - 1`", "", "buffers for the device to fill: [`receive`](#event-receive)"],
      ["`ctrl`", "`2 * N`", "", "`CTRL`", "requests: [`one`](#request-one), [`two`](#request-two)"],
      ["`extra`", "`9`", "", "", ""],
    ]);
    expect(text).toContain("\n`N` is `MQ ? config.pairs : 1`.\n");
    expect(text).toContain("Linux gives `extra` the next free number");
  });

  test("constants have a value that fits their kind", () => {
    const text = pageOf(`
      enum E { A = 0x10; B = 3; C = A; where twice(x) = x * 2; D = twice(B); }
      flags F { LOW = 1; HIGH = bit 46; TEN = 16; BOTH = LOW | TEN; }
      bits N { READ = 5; }
    `);
    const values = (heading: string): readonly (readonly string[])[] | undefined =>
      rowsOf(tablesUnder(text, heading)[0])?.map((row) => row.slice(0, 3));
    expect(values("Enum `E`")).toEqual([
      ["0x10", "`VIRTIO_TEST_E_A`", "number"],
      ["3", "`VIRTIO_TEST_E_B`", "number"],
      ["16", "`VIRTIO_TEST_E_C`", "number"],
      ["6 (`twice(B)`)", "`VIRTIO_TEST_E_D`", "number"],
    ]);
    expect(values("Flags `F`")).toEqual([
      ["1", "`VIRTIO_TEST_F_LOW`", "mask"],
      ["0x400000000000 (`bit 46`)", "`VIRTIO_TEST_F_HIGH`", "mask"],
      ["16 (0x10)", "`VIRTIO_TEST_F_TEN`", "mask"],
      ["0x11 (`LOW | TEN`)", "`VIRTIO_TEST_F_BOTH`", "mask"],
    ]);
    expect(values("Bits `N`")).toEqual([["5 (0x20)", "`VIRTIO_TEST_N_READ`", "bit"]]);
  });

  test("requirements are sentences or expressions in words", () => {
    const text = pageOf(`
      features { MQ = 0; RSS = 1; }
      config { le16 pairs if MQ; u8 unused0; }
      must device "Layout": pairs in 1..0x8000 if MQ;
      must device "Layout": unused0 == 0;
      must driver "Layout": not RSS;
      must not driver "Layout": "A *star*, a | pipe and <b> stay as they are, \`code\` too.";
    `);
    expect(
      tablesUnder(text, "Layout")[0]?.rows.map((row) => row.slice(0, 3).map((cell) => plainText(cell.tokens))),
    ).toEqual([
      ["device", "must", "pairs is in 1..0x8000."],
      ["device", "must", "unused0 is 0."],
      ["driver", "must", "RSS is not negotiated."],
      ["driver", "must not", "A *star*, a | pipe and <b> stay as they are, code too."],
    ]);
  });

  test("commands have their numbers as the standard writes them", () => {
    const text = pageOf(`
      ccw_command SET = 0x13 out since revision 1 { be64 queue; }
      ccw_command ASK = 0x12 in given index { be32 bits; u8 index; }
      resource RULE = 7 refers RULE { create { le64 caps[]; } }
    `);
    expect(rowsOf(tablesUnder(text, "CCW commands")[0])).toEqual([
      ["0x13", "[`VIRTIO_TEST_CMD_SET`](#ccw-command-set)", "to the device", "1"],
      ["0x12", "[`VIRTIO_TEST_CMD_ASK`](#ccw-command-ask)", "to the driver, but for `index`", ""],
    ]);
    expect(rowsOf(tablesUnder(text, "Device resource objects")[0])).toEqual([
      ["0x0007", "[`VIRTIO_TEST_RULE`](#resource-object-rule)", "`RULE`"],
    ]);
  });

  test("names of another house", () => {
    const text = pageOf(`
      enum T { IN = 0 alias linux VIRTIO_TEST_READ; OUT = 1 also linux VIRTIO_TEST_WRITE as mask; }
      struct head { le32 type alias linux kind; u8 rest; }
      house linux {
        header "virtio_test.h";
        const VIRTIO_TEST_MAX = 7;
        view struct virtio_test_head of head { type as op; rest; }
      }
    `);
    const [names, shapes, constants] = tablesUnder(text, "Names in Linux").map((table) => rowsOf(table));
    expect(names).toEqual([
      ["`VIRTIO_TEST_T_IN`", "`VIRTIO_TEST_READ`", ""],
      ["`VIRTIO_TEST_T_OUT`", "`VIRTIO_TEST_WRITE`", "in addition, as a mask"],
      ["`struct virtio_test_head`, `type`", "`kind`", ""],
    ]);
    expect(shapes).toEqual([["`struct virtio_test_head`", "`head`", "8", "`op`"]]);
    expect(constants).toEqual([["`VIRTIO_TEST_MAX`", "7"]]);
  });
});
