import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import type { Struct } from "../../src/ir/model.ts";
import { irOfItems, itemsOf, moduleNamed } from "./descriptions.ts";

const cTypes: Readonly<Record<string, string>> = {
  u8: "uint8_t",
  le16: "uint16_t",
  be32: "uint32_t",
  le64: "uint64_t",
};

const packing = " __attribute__((packed))";

interface Shape {
  readonly description: string;
  readonly c: string;
}

/** A member in both languages. `NAME` is replaced by its own name. */
const scalar: fc.Arbitrary<Shape> = fc
  .constantFrom(...Object.entries(cTypes))
  .map(([own, c]) => ({ description: `${own} NAME;`, c: `${c} NAME;` }));
const array: fc.Arbitrary<Shape> = fc
  .tuple(fc.constantFrom(...Object.entries(cTypes)), fc.integer({ min: 1, max: 5 }))
  .map(([[own, c], length]) => ({ description: `${own} NAME[${length}];`, c: `${c} NAME[${length}];` }));
const bits: fc.Arbitrary<Shape> = fc.constant({ description: "le32 NAME { a : 7; b : 25; }", c: "uint32_t NAME;" });

/** A struct, its members named m0, m1, … in both languages; `earlier` can be used as members' types. */
function structOf(name: string, shapes: readonly Shape[]): Shape {
  const members = (key: keyof Shape): string =>
    shapes.map((shape, index) => shape[key].replaceAll("NAME", `m${index}`)).join(" ");
  return { description: `struct ${name} { ${members("description")} }`, c: `struct ${name} { ${members("c")} }` };
}

/** A struct that differs from the standard's layout is packed in C, and then lies at any address in others. */
function packed(struct: Struct): boolean {
  return struct.name.startsWith("inner") && struct.layout?.needsPacked === true;
}

const flat = fc.array(fc.oneof(scalar, array, bits), { minLength: 1, maxLength: 6 });

test("offsets and sizes without 'packed' are those that gcc gives", () => {
  const inner = fc.sample(flat, { numRuns: 30, seed: 7 }).map((shapes, index) => structOf(`inner${index}`, shapes));
  const nested = fc
    .constantFrom(...inner.keys())
    .map((index) => ({ description: `struct inner${index} NAME;`, c: `struct inner${index} NAME;` }));
  const union = fc.tuple(scalar, array).map(([one, other]) => ({
    description: `union { ${one.description.replace("NAME", "one")} ${other.description.replace("NAME", "other")} } NAME;`,
    c: `union { ${one.c.replace("NAME", "one")} ${other.c.replace("NAME", "other")} } NAME;`,
  }));
  const group = fc.tuple(scalar, scalar).map(([one, other]) => ({
    description: `struct { ${one.description.replace("NAME", "one")} ${other.description.replace("NAME", "other")} } NAME;`,
    // Two sizes leave a gap between or behind them, so the standard's layout needs packing.
    c: `struct { ${one.c.replace("NAME", "one")} ${other.c.replace("NAME", "other")} }${one.c === other.c ? "" : packing} NAME;`,
  }));
  const mixed = fc.array(fc.oneof(scalar, array, nested, union, group), { minLength: 1, maxLength: 6 });
  const outer = fc.sample(mixed, { numRuns: 60, seed: 11 }).map((shapes, index) => structOf(`outer${index}`, shapes));
  const shapes = [...inner, ...outer];

  const module = moduleNamed(cut(irOfItems(shapes.map((shape) => shape.description).join("\n")), "1.4"), "test");
  const structs = itemsOf(module, "struct");
  expect(structs).toHaveLength(90);
  const definitions = structs.map((struct, index) => `${shapes[index]?.c ?? ""}${packed(struct) ? packing : ""};`);
  const prints = structs.flatMap((struct) => [
    `printf("${struct.name} %zu %zu\\n", sizeof(struct ${struct.name}), _Alignof(struct ${struct.name}));`,
    ...struct.members.map(
      (member) => `printf("${struct.name}.${member.name} %zu\\n", offsetof(struct ${struct.name}, ${member.name}));`,
    ),
  ]);
  const expected = structs.flatMap((struct) => [
    packed(struct)
      ? `${struct.name} ${struct.layout?.size} 1`
      : `${struct.name} ${struct.layout?.natural.size} ${struct.layout?.natural.align}`,
    ...struct.members.map(
      (member) =>
        `${struct.name}.${member.name} ${packed(struct) ? member.position?.offset : member.position?.natural.offset}`,
    ),
  ]);
  expect(runC(`${definitions.join("\n")}\nint main(void) {\n${prints.join("\n")}\nreturn 0;\n}\n`)).toEqual(expected);
});

/** The lines that a C program prints. */
function runC(program: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "virtgen-test-"));
  try {
    writeFileSync(join(folder, "layout.c"), `#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n${program}`);
    const compiled = spawnSync("gcc", ["-std=c11", "-Wall", "-Werror", "-o", "layout", "layout.c"], {
      cwd: folder,
      encoding: "utf8",
    });
    if (compiled.status !== 0) throw new Error(compiled.stderr);
    return spawnSync(join(folder, "layout"), { encoding: "utf8" }).stdout.trimEnd().split("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
