import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import type { Expression } from "../../src/ir/model.ts";
import { printExpression } from "../../src/ir/print-expression.ts";
import { conditionOf as parse } from "./descriptions.ts";

/** Without the places, which differ from text to text. */
function shape(expression: Expression): unknown {
  return JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === "at" ? undefined : value)));
}

describe("printExpression", () => {
  test.each([
    "A",
    "not A",
    "A | B | C",
    "A & (B | C)",
    "A & B | C",
    "not (A & B)",
    "(A | B) & (C | D)",
    "A & not B -> C | D",
    "A ? B : C ? A : D",
    "(A ? B : C) ? A : D",
    "type == T.PLUG",
    "T.PLUG == 1",
    "type + 1 == T.PLUG",
    "type != T.UNPLUG & A",
    "flags & M.RD",
    "flags & ~M.RD",
    "config.count > 0",
    "config.zoned.kind <= 3",
    "table[config.count - 1] == 0x1f",
    "type - (config.count - 2) * 3 >= 4 % 3",
    "type - config.count - 2 < MAX",
    "(type << 2) + 1 == bit 46",
    "type << 2 >> 1 == 0",
    "bit (type + 1) == 4",
    "not (-type)",
    "(A == B) == C",
    "(A -> B) -> C",
  ])("prints %s as it was written", (text) => {
    expect(printExpression(parse(text))).toBe(text);
  });

  test("names the group of a constant that was written without", () => {
    expect(printExpression(parse("type == PLUG"))).toBe("type == T.PLUG");
  });

  test("drops parentheses that say nothing", () => {
    expect(printExpression(parse("((A) | ((B & C)))"))).toBe("A | B & C");
  });

  test("what it prints is read as the same expression", () => {
    const leaf = fc.constantFrom("A", "B", "C", "type", "config.count", "MAX", "T.PLUG", "7", "0x10");
    const binary = ["|", "&", "->", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "<<", ">>"];
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(fc.constantFrom("not ", "-", "~", "bit "), tie("tree")).map(([op, inner]) => `${op}(${inner})`),
        fc
          .tuple(tie("tree"), fc.constantFrom(...binary), tie("tree"))
          .map(([left, op, right]) => `(${left}) ${op} (${right})`),
        fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const expression = parse(text);
        expect(shape(parse(printExpression(expression)))).toEqual(shape(expression));
      }),
      { numRuns: 150 },
    );
  });
});
