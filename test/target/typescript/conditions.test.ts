import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/ir/expression.ts";
import type { Expression } from "../../../src/ir/model.ts";
import { alternativesOf, demandsOf, type FeatureLiteral } from "../../../src/target/typescript/conditions.ts";

const at = { file: "", line: 1, column: 1, length: 1 };
const names = ["A", "B", "C", "D"];
const feature = (name: string): Expression => ({ op: "feature", module: "m", name, at });

const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...names).map((name) => feature(name)),
    fc.constantFrom(0, 1).map((value): Expression => ({ op: "number", value, text: String(value) })),
    tie("tree").map((operand): Expression => ({ op: "not", operand })),
    fc
      .tuple(fc.constantFrom("|" as const, "&" as const, "->" as const), tie("tree"), tie("tree"))
      .map(([op, left, right]): Expression => ({ op, left, right })),
  ),
}));

function holds(literal: FeatureLiteral, set: ReadonlySet<string>): boolean {
  return set.has(literal.name) !== literal.negated;
}

describe("conditions over features", () => {
  it("mean the same as alternatives and as demands", () => {
    fc.assert(
      fc.property(tree, fc.subarray(names), (expression, chosen) => {
        const set = new Set(chosen);
        const wanted = evaluate(expression, (name) => (name.op === "feature" && set.has(name.name) ? 1n : 0n)) !== 0n;
        expect(alternativesOf(expression)?.some((all) => all.every((literal) => holds(literal, set)))).toBe(wanted);
        expect(demandsOf(expression)?.every((any) => any.some((literal) => holds(literal, set)))).toBe(wanted);
      }),
    );
  });

  it("are none where something else decides, too", () => {
    const member: Expression = { op: "member", scope: "config", path: [{ name: "mtu" }], at };
    expect(alternativesOf({ op: "&", left: feature("A"), right: member })).toBeUndefined();
    expect(demandsOf({ op: "->", left: member, right: feature("A") })).toBeUndefined();
  });
});
