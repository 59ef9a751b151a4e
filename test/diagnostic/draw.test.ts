import { describe, expect, test } from "vitest";
import type { Diagnostic, Place } from "../../src/diagnostic/diagnostic.ts";
import { draw, linesOf, type Palette } from "../../src/diagnostic/draw.ts";

function place(line: number, column: number, length: number, file = "a.virtio"): Place {
  return { file, line, column, length };
}

function drawn(text: string, diagnostic: Partial<Diagnostic> & { readonly at: Place }, palette?: Palette): string {
  const whole = { code: "V2001", severity: "error", message: "wrong", related: [], ...diagnostic } as const;
  return draw(whole, linesOf([{ path: "a.virtio", text }]), palette);
}

/** The lines of source and marks below the head. */
function frame(text: string, at: Place): readonly string[] {
  return drawn(text, { at }).split("\n").slice(2);
}

describe("draw", () => {
  test("shows the line, marks the place, says what was expected and what to do", () => {
    expect(
      drawn("one\n  u8 writeback if FLUSHH;\n", {
        at: place(2, 19, 6),
        message: "nothing here is named 'FLUSHH'",
        label: "a feature",
        help: "did you mean 'FLUSH'?",
      }),
    ).toBe(`error[V2001]: nothing here is named 'FLUSHH'
  --> a.virtio:2:19
   2 |   u8 writeback if FLUSHH;
     |                   ^^^^^^ a feature
  help: did you mean 'FLUSH'?`);
  });

  test("shows several places, with lines of several files and numbers of several widths", () => {
    const diagnostic: Diagnostic = {
      code: "V2003",
      severity: "warning",
      message: "'B' is there twice",
      at: place(12, 1, 1),
      related: [
        { at: place(3, 1, 1, "b.virtio"), message: "the first one" },
        { at: place(1200, 1, 1, "gone.virtio"), message: "not at hand" },
      ],
    };
    const lines = linesOf([
      { path: "a.virtio", text: `${"\n".repeat(11)}B = 2;` },
      { path: "b.virtio", text: "\n\nB = 1;\n" },
    ]);
    expect(draw(diagnostic, lines)).toBe(`warning[V2003]: 'B' is there twice
  --> a.virtio:12:1
    12 | B = 2;
       | ^
  --> b.virtio:3:1
     3 | B = 1;
       | - the first one
  --> gone.virtio:1200:1
  note: not at hand`);
  });

  test("draws tabs at their width, in the line and below it", () => {
    expect(frame("\tle16\tlevels;", place(1, 7, 6))).toEqual([
      "   1 |     le16    levels;",
      "     |             ^^^^^^",
    ]);
    expect(frame("a\tb;", place(1, 2, 1))).toEqual(["   1 | a    b;", "     |  ^^^^"]);
  });

  test("counts columns as a terminal does", () => {
    expect(frame("/* 容量 */ u8 x;", place(1, 10, 2))).toEqual(["   1 | /* 容量 */ u8 x;", "     |            ^^"]);
    expect(frame("/* 💾 */ u8 x;", place(1, 10, 2))).toEqual(["   1 | /* 💾 */ u8 x;", "     |          ^^"]);
    expect(frame("/* e\u0301 */ u8 x;", place(1, 10, 2))).toEqual(["   1 | /* e\u0301 */ u8 x;", "     |         ^^"]);
    expect(frame("容", place(1, 1, 1))).toEqual(["   1 | 容", "     | ^^"]);
  });

  test("shows no control characters and nothing that turns the text around", () => {
    expect(frame("a\u001B[31m b\u202E c", place(1, 1, 1))[0]).toBe("   1 | a\uFFFD[31m b\uFFFD c");
  });

  test("marks one column where there is nothing to mark: at the end of a line, of the text, in an empty line", () => {
    expect(frame("le16 a", place(1, 7, 1))).toEqual(["   1 | le16 a", "     |       ^"]);
    expect(frame("a\n", place(2, 1, 0))).toEqual(["   2 |", "     | ^"]);
    expect(frame("\n", place(1, 1, 5))).toEqual(["   1 |", "     | ^"]);
  });

  test("marks no further than its line", () => {
    expect(frame("abc\ndef", place(1, 2, 100))).toEqual(["   1 | abc", "     |  ^^"]);
  });

  test("takes CRLF, LF and CR for the end of a line", () => {
    for (const end of ["\r\n", "\n", "\r"])
      expect(frame(`one${end}two`, place(2, 1, 3))).toEqual(["   2 | two", "     | ^^^"]);
  });

  test.each([
    ["at its beginning", 1],
    ["in its middle", 2000],
    ["at its end", 4990],
  ])("shows the part of a very long line around the place %s", (_, column) => {
    const line = Array.from({ length: 500 }, (_unused, index) => `name${String(index).padStart(5, "0")} `).join("");
    const [shown = "", marks = ""] = frame(line, place(1, column, 5));
    const from = marks.indexOf("^");
    expect(shown.length).toBeLessThanOrEqual(170);
    expect(shown.slice(from, from + 5)).toBe(line.slice(column - 1, column + 4));
    expect(shown.includes("…")).toBe(true);
  });

  test("shortens what is marked where that alone is too long", () => {
    const [shown = "", marks = ""] = frame("x".repeat(1000), place(1, 1, 1000));
    expect(shown).toBe(`   1 | ${"x".repeat(80)}…`);
    expect(marks).toBe(`     | ${"^".repeat(81)}`);
  });

  test("paints errors and warnings, the frame and the message apart", () => {
    const palette: Palette = {
      error: (text) => `<e>${text}</e>`,
      warning: (text) => `<w>${text}</w>`,
      frame: (text) => `<f>${text}</f>`,
      bold: (text) => `<b>${text}</b>`,
    };
    expect(drawn("u8;", { at: place(1, 1, 2), help: "try" }, palette)).toBe(
      [
        "<e>error[V2001]</e><b>: wrong</b>",
        "  <f>--></f> a.virtio:1:1",
        "<f>   1 |</f> u8;",
        "<f>     |</f> <e>^^</e>",
        "  <f>help:</f> try",
      ].join("\n"),
    );
    expect(drawn("u8;", { at: place(1, 1, 2), severity: "warning" }, palette)).toContain("<w>^^</w>");
  });
});
