import { describe, expect, it } from "vitest";
import { comment, paragraphs } from "../../../src/target/c/comment.ts";

describe("comment", () => {
  it("stands on one line while it fits in 80 columns", () => {
    expect(comment(["x".repeat(74)])).toEqual({ text: "x".repeat(74), lines: [] });
    expect(comment(["x".repeat(75)]).text).toBe("");
  });

  it("counts the columns before it", () => {
    expect(comment(["x".repeat(66)], 8).text).toBe("x".repeat(66));
    expect(comment(["x".repeat(67)], 8).text).toBe("");
  });

  it("wraps words and keeps empty lines and lines that begin with a tab", () => {
    const { lines } = comment([`${"word ".repeat(20)}end`, "", "\tvirtgen build --target c"]);
    expect(lines[0]?.length).toBeLessThanOrEqual(78);
    expect(lines.slice(-2)).toEqual(["", "\tvirtgen build --target c"]);
  });

  it("is not ended by what is in it, and has no Markdown", () => {
    expect(comment(["`mac` */ int x; /*"]).text).toBe("mac * / int x; / *");
  });
});

describe("paragraphs", () => {
  it("are separated by empty lines", () => {
    expect(paragraphs("One\nline.\n\nTwo.")).toEqual(["One line.", "", "Two."]);
    expect(paragraphs("")).toEqual([]);
  });
});
