import { describe, expect, test } from "vitest";
import { format } from "../../grammar/format/format.ts";
import { layout } from "./layout.ts";

const header = "device d = 1;\n";

/** The layout of what stands behind a header. */
function layoutOf(items: string): string {
  return layout(header + items).slice(header.length);
}

/** The layout of what stands in a block, without its indent. */
function layoutIn(opening: string, content: string): string {
  const lines = layoutOf(`${opening}\n${content}\n}`).split("\n");
  expect([lines[0], ...lines.slice(-2)]).toEqual([opening, "}", ""]);
  return lines
    .slice(1, -2)
    .map((line) => line.replace(/^ {2}/, ""))
    .join("\n");
}

/** A text that takes so many columns. */
function label(length: number): string {
  return `"${"x".repeat(length - 2)}"`;
}

describe("spaces", () => {
  test.each([
    ["config{le32   a ;}", "config { le32 a; }"],
    ["features{A=1;}", "features { A = 1; }"],
    ["struct s{u8 a [ 6 ] [ n+1 ];}", "struct s { u8 a[6][n + 1]; }"],
    ["struct s{struct pci . common_cfg c;}", "struct s { struct pci.common_cfg c; }"],
    ["struct s{u8 status:S;}", "struct s { u8 status : S; }"],
    ["struct s{le16 f{a:1;b:3:E=x>>1;}}", "struct s { le16 f { a : 1; b : 3 : E = x >> 1; } }"],
    ["struct s{u8 v[selectors[ i ].length];}", "struct s { u8 v[selectors[i].length]; }"],
    ["struct s{union by type{A:u8 a;B,C:{}}}", "struct s { union by type { A : u8 a; B, C : { } } }"],
    ["struct s{switch op:OP{0x80 .. 0xff:u8 v[];}}", "struct s { switch op : OP { 0x80..0xff : u8 v[]; } }"],
    ["queues { q[ i ]=2 * i+1 for i in 0 .. N - 1; }", "queues { q[i] = 2*i + 1 for i in 0..N-1; }"],
    ["queues { c = 2 * N; }", "queues { c = 2*N; }"],
    ["const A = b*2;", "const A = b * 2;"],
    ["const A = (b*2+1)%c;", "const A = (b*2 + 1) % c;"],
    ["const A = - 1;", "const A = -1;"],
    ["const A = b- -1;", "const A = b - -1;"],
    ["const A = ~  b&c;", "const A = ~b & c;"],
    ["const A = bit  46;", "const A = bit 46;"],
    [
      "enum E{A=opcode ( C,0x00 );where opcode ( s,o )=s<<8|o;}",
      "enum E { A = opcode(C, 0x00); where opcode(s, o) = s << 8 | o; }",
    ],
    ["requires :A->B|C;", "requires: A -> B | C;"],
    ["requires: A & ( B|C );", "requires: A & (B | C);"],
    ["requires: not(A)|not B;", "requires: not (A) | not B;"],
    ["offers A->B;", "offers A -> B;"],
    ["at_least_one A ,B;", "at_least_one A, B;"],
    ['must   not device"L" :x in 1 .. 0x8000 if MQ;', 'must not device "L": x in 1..0x8000 if MQ;'],
    ['must not driver "L":"S"by a ,req . type since 1.2;', 'must not driver "L": "S" by a, req.type since 1.2;'],
    ["const N = A|B?1:2;", "const N = A | B ? 1 : 2;"],
    ['erratum "e"{text :"t";meant:"m";because"b";}', 'erratum "e" { text: "t"; meant: "m"; because "b"; }'],
    ["registers r{0x0 read le32 M=0x1;}", "registers r { 0x0 read le32 M = 0x1; }"],
    ["ccw_command C=0x13 out since revision  1{be64 q;}", "ccw_command C = 0x13 out since revision 1 { be64 q; }"],
    ["ccw_command C=0x12 in given  a ,b{u8 a;}", "ccw_command C = 0x12 in given a, b { u8 a; }"],
    ["registers r numbered{1 read u64 M;}", "registers r numbered { 1 read u64 M; }"],
    ["resource L=7{create{}modify{le64 c[];}}", "resource L = 7 { create { } modify { le64 c[]; } }"],
    [
      "house linux{view struct v of req{a..b;c . d;e as f;}}",
      "house linux { view struct v of req { a..b; c.d; e as f; } }",
    ],
    ["legacy native config ,requests;", "legacy native config, requests;"],
    ["struct s{u8 class;le32 type;u8 in;u8 not;}", "struct s { u8 class; le32 type; u8 in; u8 not; }"],
    ["struct s{struct{u8 a;}b if not(C)&D;}", "struct s { struct { u8 a; } b if not (C) & D; }"],
  ])("%s", (source, expected) => {
    expect(layoutOf(source)).toBe(`${expected}\n`);
  });
});

describe("lines", () => {
  test.each<[string, string, string]>([
    ["one statement a line", "config {\nle32 a; le32 b;\n}", "config {\n  le32 a;\n  le32 b;\n}\n"],
    ["a statement of several lines becomes one", "config\n{\nle32\na\nif X\n;\n}", "config {\n  le32 a if X;\n}\n"],
    ["a block on one line stays there", "enum S { A = 0; B = 1; }", "enum S { A = 0; B = 1; }\n"],
    ["a block of several lines stays so", "enum S {\nA = 0;}", "enum S {\n  A = 0;\n}\n"],
    [
      "an empty block is on one line",
      "request r {\nswitch t {\nA : {\n\n}\n}\n}",
      "request r {\n  switch t {\n    A : { }\n  }\n}\n",
    ],
    [
      "at most one empty line",
      "\n\n\nenum A { X = 0; }\n\n\n\nenum B { X = 0; }\n\n",
      "\nenum A { X = 0; }\n\nenum B { X = 0; }\n",
    ],
    ["none at the ends of a block", "enum A {\n\n\nX = 0;\n\n\n}", "enum A {\n  X = 0;\n}\n"],
    ["none inside a statement", "config {\nle32 a\n\nif X;\n}", "config {\n  le32 a if X;\n}\n"],
    ["carriage returns and tabs", "config {\r\n\tle32 a;\t// c\td\r\n}\r\n", "config {\n  le32 a;  // c d\n}\n"],
    ["the final newline", "const A = 1;", "const A = 1;\n"],
  ])("%s", (_, source, expected) => {
    expect(layoutOf(source)).toBe(expected);
  });

  test("the byte order mark is dropped", () => {
    expect(layout(`\uFEFF${header}`)).toBe(header);
  });

  test("a tab in a text is part of it", () => {
    expect(layout('device d\t=\t1\t"a\tb";')).toBe('device d = 1 "a\tb";\n');
  });

  test("the parts of an arm stand under the first", () => {
    const arm = "ZONE_APPEND if ZONED : device-readable { u8 data[]; } device-writable { le64 sector; }";
    expect(layoutIn("request r {", `switch type {\nIN : device-writable { u8 data[]; }\n${arm}\n}`)).toBe(`\
switch type {
  IN                   : device-writable { u8 data[]; }
  ZONE_APPEND if ZONED : device-readable { u8 data[]; }
                         device-writable { le64 sector; }
}`);
  });

  test("the parts of an arm stand below its head if one has lines of its own", () => {
    const arm = "ZONE_APPEND : device-readable { u8 data[]; }  /// Blocks.\ndevice-writable {\nle64 sector; }";
    expect(layoutIn("request r {", `switch type {\n${arm}\n}`)).toBe(`\
switch type {
  ZONE_APPEND :
    device-readable { u8 data[]; }  /// Blocks.
    device-writable {
      le64 sector;
    }
}`);
  });
});

describe("long lines", () => {
  test("120 columns are not too long", () => {
    const line = `config { le32 a label ${label(120 - 25)}; }`;
    expect(line.length).toBe(120);
    expect(layoutOf(line)).toBe(`${line}\n`);
  });

  test("a block on one line is broken", () => {
    expect(layoutOf(`config { le32 a label ${label(96)}; }`)).toBe(`config {\n  le32 a label ${label(96)};\n}\n`);
  });

  test("of several blocks the longest is broken", () => {
    const source = `struct s {\nstruct { u8 a; } b erratum "e" { text: ${label(60)}; meant: ${label(60)}; because "z"; };\n}`;
    expect(layoutOf(source)).toBe(`\
struct s {
  struct { u8 a; } b
    erratum "e" {
      text: ${label(60)};
      meant: ${label(60)};
      because "z";
    };
}
`);
  });

  test("without a block it is broken before an attribute", () => {
    expect(layoutIn("config {", `le32 a if X label ${label(60)} since 1.2 unit ${label(40)};`)).toBe(`\
le32 a if X label ${label(60)} since 1.2
  unit ${label(40)};`);
  });

  test("the brace of a head that needs several lines is on its own", () => {
    expect(layoutOf(`struct s since 1.2 label ${label(100)} { u8 a; }`)).toBe(`\
struct s since 1.2
  label ${label(100)}
{
  u8 a;
}
`);
  });

  test("a requirement is broken behind its label, then before its attributes", () => {
    expect(layoutOf(`must device "L": ${label(110)} since 1.2;`)).toBe(
      `must device "L":\n  ${label(110)}\n  since 1.2;\n`,
    );
  });

  test("a list is broken behind a comma", () => {
    const names = Array.from({ length: 16 }, (_, index) => `FEATURE${index}`);
    expect(layoutOf(`conflicts ${names.join(",")};`)).toBe(
      `conflicts ${names.slice(0, 11).join(", ")},\n  ${names.slice(11).join(", ")};\n`,
    );
  });

  test("a condition is broken before an operator", () => {
    const names = Array.from({ length: 16 }, (_, index) => `FEATURE${index}`);
    expect(layoutOf(`requires: ${names.join("|")};`)).toBe(
      `requires: ${names.slice(0, 10).join(" | ")}\n  | ${names.slice(10).join(" | ")};\n`,
    );
  });

  test("a comment counts where an attribute can be broken", () => {
    expect(layoutIn("config {", `le32 a if X since 1.2; /// ${"x".repeat(95)}`)).toBe(`\
le32 a if X
  since 1.2;  /// ${"x".repeat(95)}`);
  });

  test("a comment does not open a block", () => {
    const source = `enum S { A = 0; }  /// ${"x".repeat(110)}`;
    expect(layoutOf(source)).toBe(`${source}\n`);
  });
});

describe("columns", () => {
  test.each<[string, string, string, string]>([
    [
      "features",
      "features {",
      "A=1;\nLONG_NAME = 12 since 1.2;\nMQ=3 since 1.1;",
      "A         = 1;\nLONG_NAME = 12 since 1.2;\nMQ        = 3  since 1.1;",
    ],
    [
      "legacy features apart",
      "features {",
      "FLUSH = 9;\nA = 1;\nlegacy BARRIER = 0;\nlegacy WCE = FLUSH;",
      "FLUSH = 9;\nA     = 1;\nlegacy BARRIER = 0;\nlegacy WCE     = FLUSH;",
    ],
    [
      "constants",
      "enum E {",
      "A = 0x1;\nLONG = bit 4 since 1.4;\nB = 2 since 1.4;",
      "A    = 0x1;\nLONG = bit 4 since 1.4;\nB    = 2     since 1.4;",
    ],
    [
      "queues",
      "queues {",
      "rx[i]=2*i for i in 0..N-1;\ntransmitq[i]=2*i+1 for i in 0..N-1;\nc=2*N if C;\nwhere N = 1;",
      "rx[i]        = 2*i     for i in 0..N-1;\ntransmitq[i] = 2*i + 1 for i in 0..N-1;\nc            = 2*N     if C;\nwhere N = 1;",
    ],
    [
      "members",
      "config {",
      "le32 size_max if A;\nu8 writeback : WCE if B writable;\nle64 capacity_is_long;\nle16 n if C;",
      "le32 size_max        if A;\nu8   writeback : WCE if B writable;\nle64 capacity_is_long;\nle16 n               if C;",
    ],
    ["types of scalars only", "struct s {", "struct hdr hdr;\nu8 a;\nle16 b;", "struct hdr hdr;\nu8   a;\nle16 b;"],
    [
      "registers",
      "registers r {",
      "0x000 read le32 Magic = 1;\n0x010 rw u8 Sel bank QueueSel;\n0x0c0 write le32 Long_name bank X;",
      "0x000 read  le32 Magic = 1;\n0x010 rw    u8   Sel       bank QueueSel;\n0x0c0 write le32 Long_name bank X;",
    ],
    ["bit groups", "struct s {", "le32 f {\na:1;\nreserved:31;\n}", "le32 f {\n  a        : 1;\n  reserved : 31;\n}"],
    [
      "arms",
      "struct s {",
      "switch op {\nA:struct a pad 56;\n0x80..0xff:u8 v[];\ndefault:struct long pad 56;\n}",
      "switch op {\n  A          : struct a    pad 56;\n  0x80..0xff : u8 v[];\n  default    : struct long pad 56;\n}",
    ],
    ["an empty line ends them", "features {", "A = 1;\n\nLONG = 2;", "A = 1;\n\nLONG = 2;"],
    ["a block ends them", "struct s {", "u8 a;\nle16 f {\nx : 1;\n}\nu8 b;", "u8 a;\nle16 f {\n  x : 1;\n}\nu8 b;"],
    ["a comment does not", "features {", "A = 1;\n// why\nLONG = 2;", "A    = 1;\n// why\nLONG = 2;"],
    [
      "an erratum does not",
      "features {",
      'A = 1\nerratum "e" {\ntext: "t";\n};\nLONG = 2;',
      'A    = 1\n  erratum "e" {\n    text: "t";\n  };\nLONG = 2;',
    ],
    [
      "one that is far away stays there",
      "struct s {",
      `switch t {\nA:u8 a;\nBC:u8 b;\n${"X".repeat(40)}:u8 c;\n}`,
      `switch t {\n  A  : u8 a;\n  BC : u8 b;\n  ${"X".repeat(40)} : u8 c;\n}`,
    ],
  ])("%s", (_, opening, source, expected) => {
    expect(layoutIn(opening, source)).toBe(expected);
  });

  test.each<[string, string, string]>([
    ["constants of the file", "const A=1;\nconst LONG=2;", "const A    = 1;\nconst LONG = 2;\n"],
    [
      "external structs",
      'external struct a size 4 from "a.h";\nexternal struct long size 8 from "b.h";',
      'external struct a    size 4 from "a.h";\nexternal struct long size 8 from "b.h";\n',
    ],
  ])("%s", (_, source, expected) => {
    expect(layoutOf(source)).toBe(expected);
  });

  test("alignment makes no line too long", () => {
    const text = layoutOf(
      `features {\n${"L".repeat(14)} = 1;\nA = 1 requires ${"X".repeat(50)} | ${"Y".repeat(41)}; // ccc\n}`,
    );
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe("comments", () => {
  test("behind lines they are aligned, and those between pass", () => {
    expect(layoutIn("config {", "le32 a; /// One.\nle16 long_name;\n// own\nle16 bb;   // two")).toBe(
      "le32 a;   /// One.\nle16 long_name;\n// own\nle16 bb;  // two",
    );
  });

  test("one that would become too long stays where it is", () => {
    const comment = `/// ${"x".repeat(80)}`;
    expect(
      layoutIn("config {", `le32 a; ${comment}\nle32 ${"b".repeat(30)}; /// B.\nle32 ${"c".repeat(40)}; /// C.`),
    ).toBe(`le32 a;  ${comment}\nle32 ${"b".repeat(30)};            /// B.\nle32 ${"c".repeat(40)};  /// C.`);
  });

  test("one that goes on below stays in its column", () => {
    expect(
      layoutIn(
        "config {",
        "le32 a; /// One\n        /// two.\n        /// three.\nle16 long; /// Four.\n  /// Five.\nu8 b;",
      ),
    ).toBe(
      "le32 a;     /// One\n            /// two.\n            /// three.\nle16 long;  /// Four.\n/// Five.\nu8   b;",
    );
  });

  test.each<[string, string, string]>([
    ["before the header", "// c\ndevice d = 1;", "// c\ndevice d = 1;\n"],
    ["behind the last line", "device d = 1;\n\n\n// c", "device d = 1;\n\n// c\n"],
    ["behind an opening brace", `${header}config { // c\nle32 a;\n}`, `${header}config {  // c\n  le32 a;\n}\n`],
    ["before a closing brace", `${header}config {\nle32 a;\n\n// c\n}`, `${header}config {\n  le32 a;\n\n  // c\n}\n`],
    ["alone in a block", `${header}config {\n// c\n}`, `${header}config {\n  // c\n}\n`],
    ["behind a closing brace", `${header}config {\nle32 a;\n} // c`, `${header}config {\n  le32 a;\n}  // c\n`],
    [
      "inside a statement",
      `${header}config {\nle32 a // c\nif X;\n}`,
      `${header}config {\n  le32 a  // c\n    if X;\n}\n`,
    ],
    [
      "inside a statement, alone",
      `${header}config {\nle32 a\n// c\nif X;\n}`,
      `${header}config {\n  le32 a\n    // c\n    if X;\n}\n`,
    ],
    ["between words", `${header}config {le32/*c*/a/*d*/;}`, `${header}config { le32 /*c*/ a /*d*/; }\n`],
    [
      "before a statement on its line",
      `${header}config {\n/* c */ le32 a;\n}`,
      `${header}config {\n  /* c */ le32 a;\n}\n`,
    ],
    ["two behind a line", `${header}const A = 1; /* c */ // d`, `${header}const A = 1;  /* c */ // d\n`],
    [
      "behind two, below",
      `${header}const A = 1; /* c */ // d\n                     // e`,
      `${header}const A = 1;  /* c */ // d\n                      // e\n`,
    ],
    [
      "inside a statement, below",
      `${header}const A // c\n        // d\n= 1;`,
      `${header}const A  // c\n         // d\n  = 1;\n`,
    ],
    ["four slashes are no documentation", `${header}//// c\nconst A = 1;`, `${header}//// c\nconst A = 1;\n`],
    [
      "several lines, with stars",
      `${header}config {\n/* c\n* d\n      * e\n*/\nle32 a;\n}`,
      `${header}config {\n  /* c\n   * d\n   * e\n   */\n  le32 a;\n}\n`,
    ],
    [
      "several lines, with a shape",
      `${header}config {\n/* c\n d\n   e */\nle32 a;\n}`,
      `${header}config {\n  /* c\n     d\n       e */\n  le32 a;\n}\n`,
    ],
    [
      "several lines inside a statement",
      `${header}const A /* c\n d */ = 1;`,
      `${header}const A\n  /* c\n     d */\n  = 1;\n`,
    ],
    [
      "between the parts of an arm",
      `${header}request r {\nswitch t {\nA : device-readable { u8 a; }\n// c\ndevice-writable { u8 b; }\n}\n}`,
      `${header}request r {\n  switch t {\n    A :\n      device-readable { u8 a; }\n      // c\n      device-writable { u8 b; }\n  }\n}\n`,
    ],
  ])("%s", (_, source, expected) => {
    expect(layout(source)).toBe(expected);
  });
});

describe("a text with errors is reported", () => {
  test.each<[string, string, number, number]>([
    ["that has no tokens", 'device d = 1;\nconst A = "x;\n', 2, 11],
    ["that is no description", "device d = 1;\nfeatures {\n  A = ;\n}\n", 3, 7],
    ["that ends too early", "device d = 1;\nfeatures {\n  A = 1;\n", 3, 9],
    ["that is empty", "", 1, 1],
  ])("%s", (_, text, line, column) => {
    const result = format(text, "test.virtio");
    expect("diagnostics" in result && result.diagnostics[0]?.at).toMatchObject({ file: "test.virtio", line, column });
  });
});
