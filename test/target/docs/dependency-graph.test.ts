import { describe, expect, test } from "vitest";
import { dependencyGraph } from "../../../src/target/docs/dependency-graph.ts";
import { device } from "./description.ts";

/** The arrows between features, junctions by their signs. */
function arrowsOf(items: string): readonly string[] {
  const view = dependencyGraph(device(items).module);
  const labels = new Map<string, string>();
  const arrows: string[] = [];
  for (const line of view?.lines ?? []) {
    const node = /^(\w+)[[({]+"(.*?)"/.exec(line);
    if (node === null) arrows.push(line);
    else labels.set(node[1] ?? "", node[2] ?? "");
  }
  return arrows.map((arrow) =>
    arrow
      .split(" ")
      .map((word) => labels.get(word) ?? word)
      .join(" "),
  );
}

describe("dependencyGraph", () => {
  test("is none where no feature depends on another", () => {
    expect(dependencyGraph(device("features { A = 0; B = 1; }").module)).toBeNull();
  });

  test("what is joined by & has arrows of its own, | a circle", () => {
    expect(arrowsOf("features { A = 0; B = 1; C = 2; D = 3 requires A & (B | C); }")).toEqual([
      "D --> A",
      "or --> B",
      "or --> C",
      "D --> or",
    ]);
  });

  test("& inside | has a circle of its own", () => {
    expect(arrowsOf("features { A = 0; B = 1; C = 2; D = 3 requires A | B & C; }")).toEqual([
      "or --> A",
      "and --> B",
      "and --> C",
      "or --> and",
      "D --> or",
    ]);
  });

  test("several requirements of one feature, and one without another", () => {
    expect(arrowsOf("features { A = 0; B = 1; C = 2 requires A requires not B; }")).toEqual(["C --> A", "C --x B"]);
  });

  test("rules of the module", () => {
    const items =
      "features { A = 0; B = 1; C = 2; D = 3; E = 4; F = 5; G = 6; H = 7; } requires: A -> B; offers A -> C; at_least_one D, E; conflicts F, G, H;";
    expect(arrowsOf(items)).toEqual([
      "A --> B",
      "A -.-> C",
      "at least one --> D",
      "at least one --> E",
      "F x--x G",
      "F x--x H",
      "G x--x H",
    ]);
    expect(dependencyGraph(device(items).module)?.legend).toHaveLength(4);
  });

  test("a condition on something else is a box of its own", () => {
    expect(arrowsOf("features { A = 0; } config { le32 n; } requires: A -> config.n < 2;")).toEqual([
      "A --> config.n #lt; 2",
    ]);
  });
});
