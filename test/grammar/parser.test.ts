import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Expression, Item, Member } from "../../grammar/ast.ts";
import { parse } from "../../grammar/parse.ts";
import { DescriptionParser } from "../../grammar/parser/description-parser.ts";
import { allTokens, keywords } from "../../grammar/tokens.ts";

/** What a description of these items says, without the places where it says it. */
function itemsOf(items: string): readonly Item[] {
  const { file, diagnostics } = parse("test.virtio", `device d = 1;\n${items}`);
  if (file === undefined)
    throw new Error(diagnostics.map(({ message, at }) => `${at.line}:${at.column} ${message}`).join("; "));
  return JSON.parse(
    JSON.stringify(file.items, (key, value: unknown) => {
      if (key === "at") return undefined;
      return typeof value === "bigint" ? Number(value) : value;
    }),
  ) as readonly Item[];
}

function membersOf(members: string): readonly Member[] {
  const [item] = itemsOf(`struct s { ${members} }`);
  if (item?.kind !== "struct") throw new Error("not a struct");
  return item.members;
}

describe("the grammar", () => {
  test("passes chevrotain's own validation", () => {
    expect(() => new DescriptionParser({ validate: true })).not.toThrow();
  });

  const folder = new URL("../../grammar/parser/", import.meta.url);
  const sources = readdirSync(fileURLToPath(folder)).map((name) => readFileSync(new URL(name, folder), "utf8"));
  const written = sources.flatMap((source) =>
    [...source.matchAll(/(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?(\w+): Rule = this\.RULE\(["'](\w+)["']/g)].map(
      ([, comment = "", property = "", rule = ""]) => ({
        property,
        rule,
        production: comment.replace(/\n\s*\*/g, " ").trim(),
      }),
    ),
  );

  test("every rule is written in the form that the tests below read", () => {
    const rules = new DescriptionParser().getGAstProductions();
    expect(written.map(({ rule }) => rule).toSorted()).toEqual(Object.keys(rules).toSorted());
    expect(written.map(({ property }) => property)).toEqual(written.map(({ rule }) => rule));
  });

  test.each(written)("$rule has its production above it", ({ rule, production }) => {
    expect(production).toMatch(new RegExp(`^${rule} = `));
  });

  test.each(written)("the production of $rule names rules and tokens that exist", ({ production }) => {
    const known = new Set([...written.map(({ rule }) => rule), ...allTokens.map(({ name }) => name), ...keywords]);
    const names = production
      .replace(/^\w+ = /, "")
      .replace(/"[^"]*"/g, "")
      .replace(/:\s.*$/, "")
      .match(/\w+/g);
    // `names` stands for a list of them.
    expect((names ?? []).filter((name) => !known.has(name) && name !== "names")).toEqual([]);
  });
});

describe("a keyword can be a name where the position decides", () => {
  test.each<[string, (keyword: string) => string]>([
    ["a member", (keyword) => `struct s { u8 ${keyword}; }`],
    ["an array", (keyword) => `struct s { u8 ${keyword}[2] if A; }`],
    ["a member that is a struct", (keyword) => `struct s { struct x ${keyword}; }`],
    ["a bit group", (keyword) => `struct s { le16 { ${keyword} : 1; } }`],
    ["a tag", (keyword) => `struct s { switch t { ${keyword} : u8 a; } }`],
    ["a length", (keyword) => `struct s { u8 a[${keyword}]; }`],
    ["a condition", (keyword) => `struct s { u8 a if ${keyword}; }`],
    ["a step of a path", (keyword) => `requires: a.${keyword} == 1;`],
    ["a feature", (keyword) => `features { ${keyword} = 1; legacy ${keyword} = 2; }`],
    ["a constant", (keyword) => `enum E { ${keyword} = 1; }`],
    ["a queue", (keyword) => `queues { ${keyword} = 0; }`],
    ["a struct", (keyword) => `struct ${keyword} { u8 a; }`],
    ["a request", (keyword) => `request ${keyword} on q { }`],
    ["a register", (keyword) => `registers r { 0 read le32 ${keyword}; }`],
    ["a pick", (keyword) => `house h { view struct v of r { ${keyword}; } }`],
  ])("%s", (_, form) => {
    const refused = keywords.filter(
      (keyword) => parse("test.virtio", `device d = 1;\n${form(keyword)}`).file === undefined,
    );
    expect(refused).toEqual([]);
  });

  test("the member has the keyword's name", () => {
    const names = membersOf(keywords.map((keyword) => `u8 ${keyword};`).join("\n")).map(
      (member) => "name" in member && member.name?.text,
    );
    expect(names).toEqual(keywords);
  });
});

describe("the hard cases", () => {
  test.each<[string, string]>([
    ["the header's id, title and attributes", 'struct s { } house linux { header "a.h" includes "b.h", "c.h"; }'],
    ["three kinds of constant", "enum T { IN = 0; } flags S { LINK_UP = 1; } bits SHUTDOWN { RECEIVE = 0; }"],
    ["low bits a number, high bits flags", "enum GSO { NONE = 0; TCPV4 = 1; flags { ECN = 0x80; } }"],
    ["a constant by formula", "enum OP { A = opcode(CIPHER, 0x00); where opcode(service, op) = service << 8 | op; }"],
    ["bit groups", "struct s { le32 flags { unmap : 1; reserved : 31; } }"],
    [
      "bit groups over each other",
      "struct s { be32 { union { a : 16; b : 16 if N; } next_off : 15; next_wrap : 1; } }",
    ],
    ["a bit group's value", "struct s { le16 q { i : 15 = index >> 1; reserved : 1; } }"],
    [
      "lengths",
      "struct s { u8 a[6]; u8 b[n]; le16 t[mask + 1]; u8 c[config.cdb_size]; u8 d[]; u8 e[config.probe_size - 8]; }",
    ],
    [
      "a list that ends with a mark",
      "struct s { struct property p[] each { le16 { type : 12; reserved : 4; } u8 v[length]; } until type == 0; }",
    ],
    ["rows of several lengths", "struct s { u8 keys[selectors.count][selectors[i].length]; }"],
    ["members that are there or not", "struct s { le16 n; le32 h if HASH_REPORT; le64 start unless SHMEM_REGION; }"],
    [
      "bytes that are removed",
      "request r on q { device-readable { present if T10_PI { le32 a; le32 b; } u8 c[config.cdb_size]; } }",
    ],
    ["variants", "struct s { le16 type : T; union by type { PLUG: struct plug; UNPLUG: struct unplug; } }"],
    [
      "arms that are ranges",
      "struct s { switch header.opcode { A : struct a pad 56 unless R; 0x8000..0xffff : u8 v[]; default : u8 r[]; } }",
    ],
    [
      "a response that has the tag in its request",
      "response to ctl_read { switch request.info.type { A, B: le32 v[128]; C: u8 d[512]; } }",
    ],
    [
      "a part that depends on a flag",
      "request r on q { device-writable if flags.M_RD { u8 b[]; } device-readable if not flags.M_RD { u8 b[]; } }",
    ],
    ["what the device starts", "event e on eventq { le16 type; le16 code; }"],
    ["a message that is an address", "message hint on vq { device-writable { page pages[]; } by address; }"],
    [
      "several parts for a tag",
      "request r on q { switch t { A if Z : device-readable { u8 d[]; } device-writable { le64 s; } B : { } } }",
    ],
    [
      "queues by formula",
      "queues { r[i] = 2*i for i in 0..N-1; t[i] = 2*i + 1 for i in 0..N-1; where N = MQ | RSS ? config.m : 1; }",
    ],
    [
      "a queue with a condition of its own",
      "queues { p[i] = i == 0 ? 0 : 2*i + 2 for i in 0..config.max - 1 if MULTIPORT | i == 0; }",
    ],
    ["queues as Linux numbers them", "queues { statsq = 2 if STATS_VQ compact linux; }"],
    [
      "access to the configuration",
      "config { u8 a writable; u8 b writable before DRIVER_OK; u8 c writable any_time; u8 d write_clears e; le32 f reset 96; u8 g kept over reset; }",
    ],
    ["a window", "config { window select, subsel { ID_NAME: u8 string[128]; ABS: struct absinfo; } }"],
    ["a window with a name", "config { window select { ID_NAME: u8 string[128]; } u; le32 behind; }"],
    [
      "registers",
      'registers mmio "R" { 0x000 read le32 M = 0x74726976; 0x010 read le32 F bank Sel was G until 1.3; legacy 0x028 write le32 P; }',
    ],
    [
      "a CCW command of one of its own revisions",
      "ccw_command READ_STATUS = 0x72 in since 1.1 since revision 2 { u8 status; }",
    ],
    [
      "a CCW command with what the driver gives",
      "ccw_command F = 0x12 in given index, kind { le32 f; u8 index; u8 kind; }",
    ],
    ["registers of a processor", 'registers r "R" numbered { 1 write u64 subcode = 3; 2 read u64 cookie; }'],
    [
      "capabilities, resources, device parts",
      "capability C = 0 { u8 a limit; u8 b bitmap; } resource R = 1 refers C, D { create { le16 p; } } device_part P = 3 { struct pci.common_cfg; }",
    ],
    ["shared memory", "shared_memory { HOST_VISIBLE = 1; }"],
    [
      "revisions and names",
      "struct s { u8 a[3] until 1.2; u8 b since 1.2; le16 c was d until 1.3; legacy u8 e; } legacy native config, s;",
    ],
    ["names for houses", "config { u8 a alias linux b; u8 c also linux D as mask c_name E; }"],
    ["rules", "requires: A -> B | C; at_least_one A, B; conflicts A, B; offers A -> B;"],
    [
      "requirements",
      'must device "L": x in 1..0x8000 if MQ; must not driver "L": "A sentence." by a, req.type since 1.2; should driver "L": x == 1; may device "L": x;',
    ],
    [
      "errata",
      'erratum "e" { text: "t"; meant: "m"; because "b"; } struct s { u8 a erratum "f" { text: "t"; meant: "m"; because "b"; }; }',
    ],
    [
      "payloads of others",
      'external struct fuse_in_header size 40 from "linux/fuse.h"; struct s { opaque scmi_message[]; }',
    ],
    [
      "views",
      "house linux { view struct v of req { type; reserved as ioprio; a.b; c..d; } typedef u8 ack; omit x, y.z; no_legacy N; }",
    ],
    ["which bits belong to whom", "feature_ranges { device = 0..23; core = 24..40 since 1.2; }"],
    ["an `if` before a block, to be explained later", "struct s { if A { u8 b; } }"],
  ])("%s", (_, items) => {
    expect(itemsOf(items)).not.toHaveLength(0);
  });

  test("an attribute's condition ends where the next attribute begins", () => {
    expect(membersOf("le16 n if A | B in 1..0x8000 since 1.2;")).toMatchObject([
      {
        attributes: [
          { kind: "if", value: { op: "binary", operator: "|" } },
          { kind: "in" },
          { kind: "since", revision: "1.2" },
        ],
      },
    ]);
  });

  test("operators bind as the levels of the language say", () => {
    const [item] = itemsOf("requires: A -> B | C & D == 1 + 2*3 << 1;");
    expect(item).toMatchObject({
      expression: {
        operator: "->",
        right: {
          operator: "|",
          right: {
            operator: "&",
            right: {
              operator: "==",
              right: { operator: "<<", left: { operator: "+", right: { operator: "*" } } },
            },
          },
        },
      },
    });
  });

  test("a word behind a struct is its name, and `pad` with a number is none", () => {
    expect(membersOf("struct plug pad; union { A : struct plug pad 56; }")).toMatchObject([
      { kind: "field", name: { text: "pad" }, attributes: [] },
      { kind: "union", arms: [{ members: [{ kind: "field", attributes: [{ kind: "pad" }] }] }] },
    ]);
  });

  test("`until` behind `each` is the mark of the list or a revision", () => {
    expect(membersOf("struct a x[] each { u8 t; } until t == 0; struct a y[] each { u8 t; } until 1.2;")).toMatchObject(
      [
        { each: { until: { op: "binary" } }, attributes: [] },
        { each: {}, attributes: [{ kind: "until", revision: "1.2" }] },
      ],
    );
  });

  test("`not` and `bit` are operators before an operand only", () => {
    expect(membersOf("u8 a if not; u8 b if not not; u8 c if bit == bit 2;")).toMatchObject([
      { attributes: [{ value: { op: "name" } }] },
      { attributes: [{ value: { op: "unary", operator: "not" } }] },
      { attributes: [{ value: { left: { op: "name" }, right: { op: "unary", operator: "bit" } } }] },
    ]);
  });
});

describe("syntax errors", () => {
  test.each<[string, string, string, number, number]>([
    [
      "no header",
      "features { A = 1; }",
      "expected 'device NAME = ID \"Title\";', 'transport NAME;' or 'core NAME;', found 'features'",
      1,
      1,
    ],
    [
      "nothing at all",
      "",
      "expected 'device NAME = ID \"Title\";', 'transport NAME;' or 'core NAME;', found the end of the file",
      1,
      1,
    ],
    ["no semicolon", "device d = 1;\nfeatures {\n  A = 1\n  B = 2;\n}", "';' is missing after '1'", 3, 8],
    ["no closing brace", "device d = 1;\nfeatures {\n  A = 1;\n", "'}' is missing after ';'", 3, 9],
    ["no closing bracket", "device d = 1;\nconfig {\n  le32 a[2;\n}", "']' is missing after '2'", 3, 11],
    ["no closing parenthesis", "device d = 1;\nconst A = (1 + 2;", "')' is missing after '2'", 2, 17],
    ["no closing quote", 'device d = 1;\nconst A = "x;\nconst B = 1;', "a text without its closing quote", 2, 11],
    ["no name", "device d = 1;\nstruct {\n  u8 a;\n}", "expected a name, found '{'", 2, 8],
    [
      "no condition",
      "device d = 1;\nconfig {\n  le32 a if ;\n}",
      "expected a number, a name or an expression in parentheses, found ';'",
      3,
      13,
    ],
    ["no revision", "device d = 1;\nconfig {\n  le32 a since;\n}", "expected a revision such as 1.2, found ';'", 3, 15],
    [
      "no access",
      "device d = 1;\nregisters r { 0x0 le32 A; }",
      "expected a register such as '0x010 read le32 DeviceFeatures;', found 'le32'",
      2,
      19,
    ],
    [
      "a text for a number",
      'device d = 1;\nconst A = "x";',
      "expected a number, a name or an expression in parentheses, found '\"x\"'",
      2,
      11,
    ],
  ])("%s", (_, text, message, line, column) => {
    const { file, diagnostics } = parse("test.virtio", text);
    expect(file).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", message, at: { file: "test.virtio", line, column } }]);
  });

  test("a word that is nearly one of the language is suggested", () => {
    const { diagnostics } = parse("test.virtio", "device d = 1;\nfeature { A = 1; }\n");
    expect(diagnostics).toMatchObject([{ help: "did you mean 'features'?", at: { line: 2, column: 1, length: 7 } }]);
  });

  test("all are found in one run", () => {
    const { diagnostics } = parse("test.virtio", "device d = 1;\nconst A = ;\nconst B = ;\nenum { X 1; }\n");
    expect(diagnostics.map(({ at }) => [at.line, at.column])).toEqual([
      [2, 11],
      [3, 11],
      [4, 10],
    ]);
  });
});

test("operators bind as in C: a shift less tightly than a sum", () => {
  const { file } = parse("a.virtio", "device a = 60;\nconst A = 1 << 2 + 3;\nconst B = 1 | 2 << 3 * 2;\n");
  const shapes = file?.items.map((item) => (item.kind === "constant" ? shape(item.value) : item.kind));
  expect(shapes).toEqual(["(1 << (2 + 3))", "(1 | (2 << (3 * 2)))"]);
});

/** Every operation in parentheses. */
function shape(expression: Expression): string {
  if (expression.op === "number") return expression.text;
  if (expression.op !== "binary") return expression.op;
  return `(${shape(expression.left)} ${expression.operator} ${shape(expression.right)})`;
}
