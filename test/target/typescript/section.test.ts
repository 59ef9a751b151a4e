import { describe, expect, it } from "vitest";
import { inOrder, type Section } from "../../../src/target/typescript/section.ts";

function section(declares: string, uses: readonly string[] = [], early?: true): Section {
  return { template: "", view: {}, declares: [declares], uses, ...(early === undefined ? {} : { early }) };
}

const order = (...sections: Section[]): string =>
  inOrder(sections)
    .map((one) => one.declares[0])
    .join(" ");

describe("inOrder", () => {
  it("keeps the order of the description where it can", () => {
    expect(order(section("a"), section("b", ["a"]), section("c"))).toBe("a b c");
  });

  it("lets what needs something wait for it, and no longer", () => {
    expect(order(section("request", ["segment", "head"]), section("head"), section("segment"), section("last"))).toBe(
      "head segment request last",
    );
  });

  it("brings constants before the first that needs them", () => {
    expect(order(section("head", ["T"]), section("other"), section("T", [], true), section("S", [], true))).toBe(
      "T head other S",
    );
  });

  it("brings what constants need before them", () => {
    expect(order(section("head", ["U"]), section("T", [], true), section("U", ["T"], true))).toBe("T U head");
  });

  it("does not mind names of other modules, or its own", () => {
    expect(order(section("a", ["elsewhere", "a"]))).toBe("a");
  });

  it("says which need each other", () => {
    expect(() => inOrder([section("a", ["b"]), section("b", ["a"])])).toThrow("these need each other: a, b");
  });
});
