import { describe, expect, it } from "vitest";
import { docComment, sentences, shownPath } from "../../../src/target/typescript/doc-comment.ts";

describe("docComment", () => {
  it("stands on one line while that fits in 120 columns", () => {
    expect(docComment(["Short."])).toBe("/** Short. */\n");
    expect(docComment(["x".repeat(113)])).toBe(`/** ${"x".repeat(113)} */\n`);
    expect(docComment(["x".repeat(114)])).toBe(`/**\n * ${"x".repeat(114)}\n */\n`);
    expect(docComment(["x".repeat(112)], "  ").split("\n").length).toBe(4);
  });

  it("wraps words, with an empty line between paragraphs", () => {
    const lines = docComment([`${"word ".repeat(40)}end`, "Second."], "  ").split("\n");
    expect(lines.every((line) => line.length <= 120)).toBe(true);
    expect(lines.slice(-4)).toEqual(["   *", "   * Second.", "   */", ""]);
  });

  it("is nothing where there is nothing to say", () => {
    expect(docComment(["", ""])).toBe("");
  });

  it("is not ended by what is in it, and has no tags of its own", () => {
    expect(docComment(["a */ b @param c, mail@host"])).toBe("/** a *\\/ b \\@param c, mail@host */\n");
  });
});

describe("sentences", () => {
  it("say unit and interface behind the text", () => {
    expect(sentences({ doc: "First sector." }, "512-byte sectors")).toBe("First sector. In 512-byte sectors.");
    expect(sentences({ doc: "Two\nlines" }, "bytes")).toBe("Two lines. In bytes.");
    expect(sentences({ doc: "", legacy: true })).toBe("Legacy interface only.");
    expect(sentences({ doc: "Old.", legacy: true }, undefined, true)).toBe("Old.");
  });
});

describe("shownPath", () => {
  it("has no folder of somebody's machine", () => {
    expect(["specs/device/blk.virtio", "/home/me/x.virtio", "C:\\me\\x.virtio"].map((path) => shownPath(path))).toEqual(
      ["specs/device/blk.virtio", "x.virtio", "x.virtio"],
    );
  });
});
