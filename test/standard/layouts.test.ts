import { beforeAll, describe, expect, it } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import type { Ir } from "../../src/ir/model.ts";
import { standard } from "../target/c/descriptions.ts";
import { isSame, layoutDifferences } from "./layout-differences.ts";
import { textRevisions } from "./reader/document.ts";
import { memberOf, memberText } from "./reader/record.ts";
import { knownAt } from "./records.ts";

let ir: Ir;
beforeAll(() => {
  ir = standard();
});

describe.each(textRevisions)("the structs of revision %s", (revision) => {
  it("are laid out as the standard's listings say, but for what is known", () => {
    let placed = 0;
    const different = layoutDifferences(cut(ir, revision), revision, () => {
      placed += 1;
    });
    expect(different.toSorted()).toEqual(knownAt("layouts", revision));
    // Most members have a fixed place; 1.4 has seven times as many as 1.0.
    expect(placed).toBeGreaterThan(revision === "1.0" ? 110 : 340);
  });
});

it("has members to tell apart", () => {
  const theirs = memberOf("8 le32 size_max");
  expect(isSame(theirs, theirs, false)).toBe(true);
  const others = ["12 le32 size_max", "8 le16 size_max", "8 be32 size_max", "8 le32 size_max[2]", "8 le32 seg_max"];
  expect(others.filter((other) => isSame(memberOf(other), theirs, false))).toEqual([]);
  expect(memberText(theirs)).toBe("8 le32 size_max");
});
