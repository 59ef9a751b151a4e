import { expect, it } from "vitest";
import { publishedNames } from "./c-names.ts";

const names = (code: string): readonly string[] => [
  ...publishedNames(`# 1 "own.h"\n${code}`, (file) => file === "own.h"),
];

it("names macros, those with parameters apart, and forgets what is undefined again", () => {
  expect(names("#define A 1\n#define F(x) (x)\n#define G (1)\n#define B 2\n#undef B")).toEqual(["A", "F()", "G"]);
});

it("looks at the header alone, not at what it includes", () => {
  expect(
    names('#define A 1\n# 1 "other.h" 1\n#define B 2\nstruct other { int b; };\n# 3 "own.h" 2\nstruct own { int a; };'),
  ).toEqual(["A", "struct own", "struct own.a"]);
});

it("names tags and fields, also of nested structs and of arrays", () => {
  const code =
    "struct config { u64 capacity; struct geometry { u16 cylinders; u8 heads, sectors; } geometry; u8 mac[6]; u32 flags : 3; } __attribute__((packed));";
  expect(names(code).toSorted()).toEqual([
    "struct config",
    "struct config.capacity",
    "struct config.flags",
    "struct config.geometry",
    "struct config.mac",
    "struct geometry",
    "struct geometry.cylinders",
    "struct geometry.heads",
    "struct geometry.sectors",
  ]);
});

it("gives members of unnamed aggregates to the outer struct, those of named ones a path", () => {
  const code =
    "__extension__ struct hdr { union { struct { u16 start; }; struct { u16 segments; } rsc; }; struct other last; };";
  expect(names(code).toSorted()).toEqual([
    "struct hdr",
    "struct hdr.last",
    "struct hdr.rsc",
    "struct hdr.rsc.segments",
    "struct hdr.start",
  ]);
});

it("names typedefs, enumerators and functions", () => {
  const code =
    "typedef struct desc __attribute__((aligned(16)))\n desc_t;\ntypedef u8 ack;\nenum kind { A, B = 3, };\nstatic __inline__ int f(struct s *p, int n)\n{\n if (n) { return 1; }\n return 0;\n}\nstruct s { int a; };";
  expect(names(code)).toEqual(["typedef desc_t", "typedef ack", "A", "B", "f()", "struct s", "struct s.a"]);
});
