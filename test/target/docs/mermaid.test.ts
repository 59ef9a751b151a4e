// @vitest-environment happy-dom
// Mermaid cleans labels through a DOM, even where it only parses.
import mermaid from "mermaid";
import { beforeAll, describe, expect, test } from "vitest";
import { pageOf, pages, standard } from "./description.ts";

function diagramsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```mermaid\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
}

/** What mermaid finds wrong with a diagram; empty where it can draw it. */
async function complaint(diagram: string): Promise<string> {
  try {
    await mermaid.parse(diagram);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("diagrams", () => {
  let all: ReturnType<typeof standard>;

  beforeAll(() => {
    all = standard();
  });

  test.each(["1.0", "1.2", "1.4"] as const)("of the standard at %s can be drawn", async (revision) => {
    const diagrams = [...pages(all, revision)].flatMap(([path, text]) =>
      diagramsOf(text).map((diagram) => ({ path, diagram })),
    );
    const complaints = await Promise.all(
      diagrams.map(async ({ path, diagram }) => ({ path, diagram, complaint: await complaint(diagram) })),
    );
    expect(complaints.filter((one) => one.complaint !== "")).toEqual([]);
    expect(diagrams.length).toBeGreaterThan(20);
  });

  test("are checked: a gap between blocks and an open bracket are found", async () => {
    expect(await complaint('packet-beta\n0-7: "a"\n16-31: "b"\n')).toContain("not contiguous");
    expect(await complaint('flowchart LR\n  A["a" --> B\n')).toContain("Parse error");
  });

  test("take names and expressions that are words or signs of Mermaid", async () => {
    const text = pageOf(`
      features { end = 0; graph = 1 requires end | not style; style = 2 requires not (subgraph & end); subgraph = 3; click = 4; default = 5; }
      config { le32 class; le32 title; u8 end[4]; }
      requires: graph -> config.class > 1 & config.title < 2;
      conflicts subgraph, click;
      at_least_one graph, default;
    `);
    const diagrams = diagramsOf(text);
    expect(diagrams).toHaveLength(2);
    for (const diagram of diagrams)
      expect({ diagram, complaint: await complaint(diagram) }).toEqual({ diagram, complaint: "" });
  });

  test("that show a packet have a type that every version since 11.0 knows", () => {
    for (const text of pages(all).values()) {
      for (const diagram of diagramsOf(text))
        expect(diagram).toMatch(
          /^(?:---\nconfig:\n {2}packet:\n {4}showBits: false\n---\n)?(?:packet-beta\n(?:\d+(?:-\d+)?: "[^"\n]+"\n)+|flowchart LR\n(?: {2}\S.*\n)+)$/,
        );
    }
  });
});
