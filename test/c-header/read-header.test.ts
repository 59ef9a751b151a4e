import { describe, expect, it } from "vitest";
import type { CHeader, CStruct } from "../../src/c-header/header-model.ts";
import { readHeader } from "../../src/c-header/read-header.ts";

function read(text: string, others: Readonly<Record<string, string>> = {}): CHeader {
  return readHeader("own.h", text, (name) => {
    const found = others[name];
    return found === undefined ? undefined : { file: name, text: found };
  });
}

/** The values of constants, as numbers. */
function values(text: string, others: Readonly<Record<string, string>> = {}): Readonly<Record<string, number>> {
  const { constants, notes } = read(text, others);
  expect(notes).toEqual([]);
  return Object.fromEntries([...constants.values()].map(({ name, value }) => [name, Number(BigInt.asIntN(64, value))]));
}

function struct(text: string, tag = "s"): CStruct {
  const { structs, notes } = read(text);
  expect(notes).toEqual([]);
  const found = structs.get(tag);
  if (found === undefined) throw new Error(`struct ${tag} is not read`);
  return found;
}

/** `size/align: name@offset …` */
function shape(text: string, tag = "s"): string {
  const { size, align, fields } = struct(text, tag);
  return `${size}/${align}: ${fields.map((field) => `${field.name}@${field.offset}`).join(" ")}`;
}

const noted = (text: string): readonly string[] => read(text).notes.map(({ line, message }) => `${line}: ${message}`);

describe("constants", () => {
  it.each([
    ["#define A 1", 1],
    ["#define A 0x10", 16],
    ["#define A 010", 8],
    ["#define A 0b101", 5],
    ["#define A 1u", 1],
    ["#define A (1ULL << 40)", 2 ** 40],
    ["#define A (1 << 3 | 1)", 9],
    ["#define A (2 + 3 * 4 - 1)", 13],
    ["#define A ((7 & 3) ^ 1)", 2],
    ["#define A (10 / 3 % 2)", 1],
    ["#define A (1 ? 5 : 6)", 5],
    ["#define A (0 || 2 && 3)", 1],
    ["#define A (~0)", -1],
    ["#define A (!0 + !5)", 1],
    ["#define A (-1 < 0u)", 0],
    ["#define A 'v'", 118],
    ["#define A '\\n'", 10],
    ["#define A ((__u8)0x1ff)", 255],
    ["#define A ((unsigned long)-1 > 0)", 1],
    ["#define A sizeof(struct { char a; int b; })", 8],
    ["#define A sizeof(__le64)", 8],
    ["#define A _BITUL(5)", 32],
    ["#define B 3\n#define A B", 3],
    ["enum { X = 4, A };", 5],
    ["enum { X = 1 << 2, A = X | 1, };", 5],
    ["#define F(a, b) ((a) << (b))\n#define A F(1, 4)", 16],
    ["#define CAT(a) X_##a\n#define X_one 11\n#define A CAT(one)", 11],
    ["#define A \\\n  7", 7],
    ["#define A 7 // a comment", 7],
    ["#define A /* one\ntwo */ 7", 7],
  ])("%s", (text, value) => {
    expect(values(text)["A"]).toBe(value);
  });

  it("are those of the branches that count", () => {
    const text = [
      "#ifndef NO_LEGACY",
      "#define A 1",
      "#endif",
      "#ifdef __KERNEL__",
      "#define B 1",
      "#else",
      "#define B 2",
      "#endif",
      "#if defined(A) && A > 0 && !defined MISSING",
      "#define C 1",
      "#elif 1",
      "#define C 2",
      "#endif",
      "#if 0",
      "#define D 1",
      "#endif",
    ].join("\n");
    expect(values(text)).toEqual({ A: 1, B: 2, C: 1 });
    expect(read(text).inactiveLines).toBe(3);
  });

  it("may be undefined again, and are the last that is defined", () => {
    expect(values("#define A 1\n#undef A\n#define A 2\n#define B 1\n#undef B")).toEqual({ A: 2 });
  });

  it("are known by file and line; a macro of an enumerator's own name is the enumerator", () => {
    const { constants } = read("\n#define A (1 + \\\n 2)\nenum e {\n  B = 1,\n#define B B\n  C,\n};\n");
    expect([...constants.values()].map(({ name, line, enumerator }) => [name, line, enumerator])).toEqual([
      ["B", 5, true],
      ["C", 7, true],
      ["A", 2, false],
    ]);
  });

  it("that are none are listed apart", () => {
    const { others } = read(
      '#define TEXT "a"\n#define F(x) (x)\n#define CODE do { } while (0)\nint f(void);\nstatic inline int g(int a)\n{ return a; }\n',
    );
    expect([...others].map(([name, { what }]) => `${name}: ${what}`).toSorted()).toEqual([
      "CODE: a macro that is no integer",
      "F(): a macro with parameters",
      "TEXT: a macro that is no integer",
      "f: a function",
      "g: a function",
    ]);
  });
});

describe("structs", () => {
  it.each([
    ["struct s { __u8 a; __le32 b; };", "8/4: a@0 b@4"],
    ["struct s { __u8 a; __le32 b; } __attribute__((packed));", "5/1: a@0 b@1"],
    ["struct __attribute__((__packed__)) s { __u8 a; __le32 b; };", "5/1: a@0 b@1"],
    ["struct s { uint8_t a; uint32_t b; } __packed;", "5/1: a@0 b@1"],
    ["struct QEMU_PACKED s { uint8_t a; uint32_t b; };", "5/1: a@0 b@1"],
    ["#pragma pack(push, 1)\nstruct s { uint8_t a; uint32_t b; };\n#pragma pack(pop)", "5/1: a@0 b@1"],
    ["#pragma pack(1)\n#pragma pack()\nstruct s { uint8_t a; uint32_t b; };", "8/4: a@0 b@4"],
    ["struct s { __u8 a; __le32 b __attribute__((packed)); };", "5/1: a@0 b@1"],
    ["struct s { __u8 a; __le32 b __attribute__((aligned(8))); };", "16/8: a@0 b@8"],
    ["struct s { __u8 a, b[3], *c; };", "16/8: a@0 b@1 c@8"],
    ["struct s { union { __u8 a; __le64 b; }; __u8 c; };", "16/8: a@0 b@0 c@8"],
    ["struct s { struct { __u8 a; __le16 b; } in[2]; __u8 c; };", "10/2: in@0 c@8"],
    ["union s { __u8 a[5]; __le16 b; };", "6/2: a@0 b@0"],
    ["struct s { __le32 n; __u8 data[]; };", "4/4: n@0 data@4"],
    ["struct s { __u8 n; __le16 data[0]; };", "2/2: n@0 data@2"],
    ["#define N 3\nstruct s { __u8 a[N * 2]; __u8 b; };", "7/1: a@0 b@6"],
    ["struct s { void (*f)(int); unsigned long l; enum e *p; };", "24/8: f@0 l@8 p@16"],
    ["enum e { A }; struct s { enum e a; char b; };", "8/4: a@0 b@4"],
    ["struct s { __u32 a : 3, b : 5; __u8 c; };", "4/4: a@0 b@0 c@1"],
    ["typedef struct { __u8 a; __le16 b; } s;", "4/2: a@0 b@2"],
    ["typedef struct s { __u8 a; __le16 b; } s_t;", "4/2: a@0 b@2"],
    ["typedef __le16 half;\nstruct s { __u8 a; half b; };", "4/2: a@0 b@2"],
    ["typedef __u8 mac[6];\nstruct s { mac a[2]; __u8 b; };", "13/1: a@0 b@12"],
    ["struct t { __le64 a; }; struct s { __u8 a; struct t b; };", "16/8: a@0 b@8"],
    ['extern "C" {\nstruct s { __u8 a; };\n}', "1/1: a@0"],
    ["struct s { __u8 n; __u8 data[] __counted_by(n); };", "1/1: n@0 data@1"],
    ["struct s { __le32 n; __DECLARE_FLEX_ARRAY(__u8, data); };", "4/4: n@0 __empty_data@4 data@4"],
    ['__extension__ struct s { _Static_assert(1, ""); __u8 a; };', "1/1: a@0"],
  ])("%s", (text, expected) => {
    expect(shape(text)).toBe(expected);
  });

  it("know the order of their bytes by the names of types", () => {
    const { fields } = struct(
      "struct s { __le16 a; __be32 b; __virtio64 c; __u16 d; uint16_t e; int f; char g; virtio_le32 h; };",
    );
    expect(
      fields.map(({ type }) => (type.kind === "integer" ? `${type.order}${type.saysOrder ? "" : "?"}` : type.kind)),
    ).toEqual(["little", "big", "guest", "native", "native?", "native?", "none?", "little"]);
  });

  it("take types from the headers that are included, and say which are not found", () => {
    const others = { "linux/other.h": "#ifndef O\n#define O\n#define N 4\nstruct in { __le32 a; };\n#endif\n" };
    const { structs, missingIncludes, notes } = read(
      "#include <linux/other.h>\n#include <linux/other.h>\n#include <linux/gone.h>\n#include <linux/types.h>\nstruct s { struct in a[N]; };",
      others,
    );
    expect([structs.get("s")?.size, structs.get("in")?.file]).toEqual([16, "linux/other.h"]);
    expect(missingIncludes).toEqual(["linux/gone.h"]);
    expect(notes).toEqual([]);
  });

  it("with what cannot be read are noted, and what stands beside them is read", () => {
    const text = [
      "struct a { __le32 x; };",
      "struct b { unknown_t x; };",
      "struct c { __u8 x[MISSING]; };",
      "struct d { struct b x; };",
      "struct e { __u8 x y; };",
      "struct f { __u8 x[-1]; };",
      "struct g { __le32 x; };",
    ].join("\n");
    expect([...read(text).structs.keys()]).toEqual(["a", "g"]);
    expect(noted(text)).toEqual([
      "2: the type unknown_t is not declared here or in a header that was found",
      "3: nothing says what MISSING is",
      "4: struct b could not be read",
      "5: 'y' does not fit here",
      "6: an array of -1 elements",
    ]);
  });
});

function deep(open: string, close: string, count: number): string {
  return open.repeat(count) + close.repeat(count);
}

describe("odd and hostile text", () => {
  it.each([
    ["an unclosed comment", "#define A 1\n/* never\n#define B 2", ["2: nothing ends the comment that begins here"]],
    ["an unclosed #if", "#if 1\n#define A 1", ["1: no #endif ends this condition"]],
    [
      "an #endif too many",
      "#endif\n#else",
      ["1: no #if stands before this #endif", "2: no #if stands before this #else"],
    ],
    [
      "an unclosed struct",
      "struct s {\n __u8 a;",
      ["1: the file ends in the middle of the declaration that begins here"],
    ],
    ["a brace too many", "struct s { __u8 a; };\n}\n", ["2: '}' closes nothing"]],
    ["deep parentheses", `enum { A = ${deep("(", ")", 5000)} };`, ["1: this is nested more than 100 deep"]],
    [
      "deep structs",
      `struct s ${"{ struct ".repeat(90)} { __u8 a; ${"} b; ".repeat(90)} };`,
      ["1: structs are nested more than 64 deep"],
    ],
    ["a long chain of signs", `enum { A = ${"- ".repeat(5000)}1 };`, ["1: this is nested more than 100 deep"]],
    ["a condition that divides by 0", "#if 1 / 0\n#endif", ["1: the condition is taken as false: it divides by 0"]],
    ["a condition that is none", "#if )\n#endif", ["1: the condition is taken as false: ')' does not fit here"]],
    ["a sum without end", `enum { A = ${"1 + ".repeat(5000)}1 };`, ["1: an expression of more than 1000 operands"]],
    ["casts without end", `enum { A = ${"(int)".repeat(200000)}1 };`, ["1: this is nested too deep"]],
    ["a shift too far", "struct s { __u8 a[1 << 64]; };", ["1: a shift by 64 has no meaning"]],
    ["a number too large", "enum { A = 99999999999999999999 };", ["1: 99999999999999999999 has more than 64 bits"]],
    [
      "an array too large",
      "struct s { __u8 a[0x7fffffffffffffff]; };",
      ["1: an array of 9223372036854775807 elements"],
    ],
    ["an odd alignment", "struct s { __u8 a __attribute__((aligned(3))); };", ["1: nothing can be aligned to 3"]],
    [
      "a struct in itself",
      "struct s { struct s a; };",
      ["1: struct s is not declared here or in a header that was found"],
    ],
    ["a directive that is none", "#defin A 1", ["1: #defin is nothing that C has"]],
    ["#define without a name", "#define 1 2", ["1: #define without a name that C can have"]],
    ["#include without a file", "#include MACRO", ["1: #include without the name of a file"]],
    ["#error", "#error not for you", ["1: #error not for you"]],
    ["bytes of no meaning", "\u0001\u0002@@``;\n#define A 1", ["1: '\u0001' does not fit here"]],
  ])("%s", (_, text, notes) => {
    expect(noted(text)).toEqual(notes);
  });

  it("macros that grow without end are given up", () => {
    const doubling = Array.from({ length: 40 }, (_, index) => `#define M${index} M${index + 1} M${index + 1}`);
    expect(noted(`${doubling.join("\n")}\nstruct s { __u8 a[M0]; };`)).toEqual([
      "41: macros stand for more than 10000 words here",
      "41: nothing says what M0 is",
    ]);
    const chain = Array.from({ length: 1000 }, (_, index) => `#define C${index} C${index + 1}`);
    expect(noted(`${chain.join("\n")}\nstruct s { __u8 a[C0]; };`)).toEqual([
      "1001: macros stand for each other more than 200 deep",
      "1001: nothing says what C0 is",
    ]);
  });

  it("as many macros as a file can hold take no more time than some", () => {
    const wide = Array.from({ length: 13 }, (_, index) => `#define M${index} M${index + 1} + M${index + 1}`);
    const uses = Array.from({ length: 20_000 }, (_, index) => `#define U${index} M0`);
    const { constants } = read([...wide, "#define M13 1", ...uses].join("\n"));
    expect(constants.get("M4")?.value).toBe(512n);
    expect(constants.has("U19999")).toBe(false);
  });

  it("macros that stand for themselves stand for themselves", () => {
    expect(values("#define A A\n#define B C\n#define C B\n#define D 1")).toEqual({ D: 1 });
  });

  it("structs that double in size with each level take no time", () => {
    const levels = Array.from({ length: 60 }, (_, index) => `struct s${index + 1} { struct s${index} a, b; };`).join(
      "\n",
    );
    const { structs } = read(`struct s0 { __u8 x; };\n${levels}`);
    expect(structs.get("s30")?.size).toBe(2 ** 30);
  });

  it("files that include each other come to an end", () => {
    const others = { "a.h": "#include <b.h>\n#define A 1", "b.h": "#include <a.h>\n#define B 1" };
    const { notes, constants } = read("#include <a.h>\n#define C 1", others);
    expect(constants.has("C")).toBe(true);
    expect(notes.map(({ message }) => message)).toContain(
      "not read: more than 30 files include each other, or 200 in all",
    );
  });

  it("any text at all is read without a throw", () => {
    const pieces = [
      "struct",
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      ";",
      "s",
      "__le32",
      ",",
      "#if",
      "\n",
      "#define",
      "1",
      "*",
      ":",
      "=",
      '"',
      "'",
      "/*",
      "*/",
      "\\\n",
      "enum",
      "typedef",
      "sizeof",
      "##",
      "?",
      "#endif",
      "__attribute__((packed))",
    ];
    let seed = 1;
    const random = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: 30 }, () => pieces[Math.floor(random() * pieces.length)] ?? "").join(" ");
      expect(() => read(text)).not.toThrow();
    }
  });
});
