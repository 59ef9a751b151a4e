import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, integerOf, simplify, walkExpression, type Lookup } from "../../src/ir/expression.ts";
import type { Expression } from "../../src/ir/model.ts";
import { conditionOf } from "./descriptions.ts";

const at = { file: "test.virtio", line: 1, column: 1, length: 1 };
const feature = (name: string): Expression => ({ op: "feature", module: "test", name, at });
const number = (value: number): Expression => ({ op: "number", value, text: String(value) });

/** `type` is 6, `config.count` 4; of the features only A is negotiated. */
const lookup: Lookup = (name) => {
  if (name.op === "feature") return name.name === "A" ? 1n : 0n;
  if (name.op === "member") return name.path[0]?.name === "type" ? 6n : 4n;
  return undefined;
};

const unknown: Lookup = () => undefined;

describe("evaluate", () => {
  test.each<[string, bigint]>([
    ["type + config.count", 10n],
    ["type - config.count", 2n],
    ["type * config.count + 1", 25n],
    ["type / config.count", 1n],
    ["type % config.count", 2n],
    ["1 << type", 64n],
    ["type >> 1", 3n],
    ["bit 46", 1n << 46n],
    ["type > config.count ? type : config.count", 6n],
    ["A ? 10 : 20", 10n],
    ["B ? 10 : 20", 20n],
    ["(type == 6) + (type != 6) + (type <= 6) + (type < 6) + (type >= 7)", 2n],
    ["(not B) + (A & B) + (A | B) + (A -> B) + (B -> A)", 3n],
    ["(type & 2) + (type | 1)", 9n],
    ["~0 & 0xff", 255n],
    ["-type + 10", 4n],
  ])("%s is %s", (text, value) => {
    expect(evaluate(conditionOf(text), lookup)).toBe(value);
  });

  test("has no value where a name has none, unless the rest decides alone", () => {
    const [a, b]: readonly Expression[] = [feature("A"), feature("B")];
    if (a === undefined || b === undefined) throw new Error("no features");
    expect(evaluate({ op: "+", left: a, right: number(1) }, unknown)).toBeUndefined();
    expect(evaluate({ op: "&", left: a, right: number(0) }, unknown)).toBe(0n);
    expect(evaluate({ op: "->", left: number(0), right: b }, unknown)).toBe(1n);
    expect(evaluate({ op: "->", left: a, right: number(1) }, unknown)).toBe(1n);
    expect(evaluate({ op: "choice", condition: a, then: number(1), otherwise: number(2) }, unknown)).toBeUndefined();
  });

  test("has no value where there is no sense in it, however large it would be", () => {
    expect(evaluate({ op: "/", left: number(1), right: number(0) }, lookup)).toBeUndefined();
    expect(evaluate({ op: "%", left: number(1), right: number(0) }, lookup)).toBeUndefined();
    expect(evaluate({ op: "<<", left: number(1), right: number(1e9) }, lookup)).toBeUndefined();
    expect(evaluate({ op: ">>", left: number(1), right: number(-1) }, lookup)).toBeUndefined();
  });
});

/** Conditions over four features. */
const condition = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom("A", "B", "C", "D").map(feature),
    tie("tree").map((operand): Expression => ({ op: "not", operand })),
    fc
      .tuple(fc.constantFrom<"&" | "|" | "->">("&", "|", "->"), tie("tree"), tie("tree"))
      .map(([op, left, right]): Expression => ({ op, left, right })),
    fc
      .tuple(tie("tree"), tie("tree"), tie("tree"))
      .map(([test, then, otherwise]): Expression => ({ op: "choice", condition: test, then, otherwise })),
  ),
})).tree;
const some = fc.subarray(["A", "B", "C", "D"]);

function existing(names: readonly string[]) {
  return (_: string, name: string) => names.includes(name);
}

function negotiated(names: readonly string[]): Lookup {
  return (name) => (name.op === "feature" && names.includes(name.name) ? 1n : 0n);
}

describe("simplify", () => {
  test("never changes what a condition means where the missing features are not negotiated", () => {
    fc.assert(
      fc.property(condition, some, some, (expression, exist, wish) => {
        const names = wish.filter((name) => exist.includes(name));
        const before = evaluate(expression, negotiated(names));
        const simplified = simplify(expression, existing(exist));
        const after = typeof simplified === "boolean" ? BigInt(simplified) : evaluate(simplified, negotiated(names));
        expect(after).toBe(before);
      }),
      { numRuns: 2000 },
    );
  });

  test("leaves no missing feature, and nothing to simplify again", () => {
    fc.assert(
      fc.property(condition, some, (expression, exist) => {
        const simplified = simplify(expression, existing(exist));
        if (typeof simplified === "boolean") return;
        walkExpression(simplified, (part) => {
          if (part.op === "feature") expect(exist).toContain(part.name);
        });
        expect(simplify(simplified, existing(exist))).toEqual(simplified);
      }),
      { numRuns: 2000 },
    );
  });

  test("takes the branch of a choice that is left", () => {
    const expression = conditionOf("A | B ? type : config.count");
    expect(simplify(expression, existing([]))).toMatchObject({ op: "member", path: [{ name: "count" }] });
    expect(simplify(expression, existing(["B"]))).toMatchObject({
      op: "choice",
      condition: { op: "feature", name: "B" },
    });
  });
});

test("integerOf gives a number up to 53 bits, and decimal text beyond", () => {
  expect(integerOf(42n)).toBe(42);
  expect(integerOf(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
  expect(integerOf(2n ** 53n)).toBe("9007199254740992");
  expect(integerOf(-(2n ** 60n))).toBe("-1152921504606846976");
});
