import { performance } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { brief, found } from "./compiled.ts";

const disk = 'device disk = 60 "Disk";\n';

function alone(text: string): readonly string[] {
  return compile([{ path: "it.virtio", text }]).diagnostics.map((diagnostic) => brief(diagnostic));
}

describe("characters and texts", () => {
  test.each([
    ["NUL", "\0", "V1001 2:1 U+0000 is no part of the language"],
    ["half of a surrogate pair", "const A = \uD800;", "V1001 2:11 U+D800 is no part of the language"],
    ["a character beyond 16 bits", "const A = \u{1F600};", "V1001 2:11 '\u{1F600}' is no part of the language"],
    ["a zero-width space", "const\u200B A = 1;", "V1001 2:6 U+200B is no part of the language"],
    ["a text that ends with a backslash", 'must device "a\\": "b";', "V1002 2:21 a text without its closing quote"],
  ])("%s", (_, text, finding) => {
    expect(found(disk + text)).toEqual([finding]);
  });

  test("every character may stand in texts and comments", () => {
    expect(found(`${disk}// \0 \uD800\n/// \u201C\n/* \uDC00 */ must device "\uD800": "\u{1F600} \u2018";`)).toEqual(
      [],
    );
  });

  test("lines may end as on any system", () => {
    expect(found("device disk = 60;\r\nfeatures {\r\n  A = 1\r\n}\r\n")).toEqual([
      "V1004 3:8 ';' is missing after '1'",
    ]);
  });
});

describe("all errors of a text are found", () => {
  test("in one block", () => {
    const text = `${disk}struct s {\n  le32 a\n  le32 b if ;\n  le32 c;\n  u8 [;\n  le32 d;\n  u8 e[4\n}\nfeatures {\n  A 1;\n  B = 2;\n  = 3;\n}\n`;
    expect(found(text).map((one) => one.split(" ")[1])).toEqual(["3:9", "4:13", "6:7", "8:9", "11:5", "13:3"]);
  });

  test("deep inside and behind", () => {
    const text = `${disk}queues { q = 0; }\nrequest r on q {\n  device-readable {\n    le32 type\n    le64 x;\n  }\n  switch type {\n    1 : device-readable { u8 a }\n    2   device-readable { u8 b; }\n  }\n  device-writable { u8 s; }\n}\nconst A = ;\n`;
    expect(found(text).map((one) => one.split(" ")[1])).toEqual(["5:14", "9:32", "10:9", "14:11"]);
  });

  test("in the head and in what follows", () => {
    expect(found("device = 60;\nfeatures { A = ; }\nenum E { B 1; }\n").map((one) => one.split(" ")[1])).toEqual([
      "1:8",
      "2:16",
      "3:12",
    ]);
  });

  test("behind an erratum with braces of its own", () => {
    const text = `${disk}struct s label "x" erratum "e" { text: "a"; meant: "b"; because "c"; } {\n  le32 a\n  le32 b;\n  le16 c if ;\n}\n`;
    expect(found(text).map((one) => one.split(" ")[1])).toEqual(["3:9", "5:13"]);
  });
});

function many(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}

describe("what no one writes by hand", () => {
  test.each<[string, string, string]>([
    ["10,000 parentheses", `const A = ${"(".repeat(10_000)}1${")".repeat(10_000)};`, "V1006"],
    ["100,000 parentheses that are not closed", `const A = ${"(".repeat(100_000)}`, "V1006"],
    ["10,000 braces", `struct s { ${"union { ".repeat(10_000)}`, "V1006"],
    ["10,000 brackets", `struct s { u8 a${"[b".repeat(10_000)}; }`, "V1006"],
    ["10,000 negations", `config { u8 a if ${"not ".repeat(10_000)}b; }`, "V1006"],
    ["10,000 sums", `const A = ${"1 + ".repeat(10_000)}1;`, "V1006"],
    ["10,000 choices", `const A = ${"1 ? 1 : ".repeat(10_000)}1;`, "V1006"],
    [
      "10,000 constants in a row",
      `${many(10_000, (index) => `const A${index} = A${index + 1} + 1;\n`)}const A10000 = 1;`,
      "V1006",
    ],
    [
      "10,000 structs in each other",
      `${many(10_000, (index) => `struct s${index} { struct s${index + 1} a; }\n`)}struct s10000 { u8 a; }`,
      "V3001",
    ],
    [
      "10,000 features in a row",
      `features { ${many(10_000, (index) => `F${index} = ${index} requires F${index + 1};\n`)}F10000 = 1; }`,
      "V4002",
    ],
    ["a million digits", `const A = ${"9".repeat(1_000_000)};`, "V1007"],
    ["a shift by a huge number", "const A = 1 << 1000000000000000000000;", "V2007"],
    ["a name of a million letters", `const A = ${"B".repeat(1_000_000)};`, "V2001"],
    ["100,000 closing braces", "}".repeat(100_000), "V1004"],
    ["20,000 tags", `struct s { u8 t; switch t { ${many(20_000, (index) => `${index}, `)}1 : u8 a; } }`, "V3009"],
    ["20,000 unknown names", `features { ${many(20_000, (index) => `F${index} = G${index};\n`)} }`, "V2001"],
    ["20,000 attributes", `config { u8 a${" since 1.2".repeat(20_000)}; }`, "V2005"],
    ["a queue for each number of 64 bits", "queues { q[i] = i for i in 0..0xffffffffffffffff; }", "V4007"],
  ])("%s", (_, text, code) => {
    const started = performance.now();
    const { diagnostics, ir } = compile([{ path: "it.virtio", text: disk + text }]);
    expect(diagnostics[0]?.code).toBe(code);
    expect(ir).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test("of many findings the first are shown and the others counted", () => {
    const { diagnostics, omitted } = compile([
      { path: "it.virtio", text: `${disk}features { ${many(500, (index) => `F${index} = G;\n`)} }` },
    ]);
    expect(diagnostics).toHaveLength(200);
    expect(omitted).toBe(300);
  });

  test("many warnings do not hide an error behind them", () => {
    const members = many(250, (index) => `u8 a${index} since 1.1;\n`);
    const { diagnostics, omitted, ir } = compile([
      { path: "it.virtio", text: `${disk}struct s since 1.2 { ${members} nothing b; }` },
    ]);
    expect(ir).toBeUndefined();
    expect(diagnostics).toHaveLength(200);
    expect(diagnostics.at(-1)?.severity).toBe("error");
    expect(omitted).toBe(51);
  });

  test("nothing, or nothing but comments", () => {
    const message = `expected 'device NAME = ID "Title";', 'transport NAME;' or 'core NAME;', found the end of the file`;
    expect(alone("")).toEqual([`V1005 1:1 ${message}`]);
    expect(alone("// a\n/* b */")).toEqual([`V1005 2:8 ${message}`]);
  });

  test("a megabyte of structs is compiled in seconds", () => {
    const text = `${disk}features { F = 1; }\n${many(8_000, (index) => `/// A struct.\nstruct s${index} {\n  le32 a : E${index} if F;\n  le16 len;\n  u8 data[len];\n}\nenum E${index} { A = 0; B = 1; }\n`)}`;
    expect(text.length).toBeGreaterThan(850_000);
    const started = performance.now();
    expect(alone(text)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(25_000);
  });
});

test("an erratum's place is a file and a line", () => {
  const text = `${disk}erratum "e" { text: "a"; meant: "b"; because "c"; at "admin.tex:1"; at "PLACE"; }\n`;
  expect(found(text.replace("PLACE", "device-types/net/description.tex:254"))).toEqual([]);
  for (const place of ["section 5", "admin.tex", "admin.tex:0", ""])
    expect(found(text.replace("PLACE", place))).toEqual([`V6004 2:9 '${place}' is no place in the standard's text`]);
});
