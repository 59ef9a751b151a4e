import * as fc from "fast-check";
import GithubSlugger from "github-slugger";
import { marked, type Tokens } from "marked";
import { describe, expect, test } from "vitest";
import { code, counted, listed, plain, slug, table } from "../../../src/target/docs/markdown.ts";

/** What a reader sees of a paragraph, without its font. */
function seen(markdown: string): string {
  return marked
    .parseInline(markdown, { async: false })
    .replaceAll(/<\/?code>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

describe("table", () => {
  const columns = [
    { title: "A", cell: (row: readonly string[]) => row[0] ?? "" },
    { title: "B", align: "right" as const, cell: (row: readonly string[]) => row[1] ?? "" },
  ];

  test("leaves out a column in which nobody has anything to say", () => {
    expect(
      table(
        [
          ["x", ""],
          ["y", ""],
        ],
        columns,
      ),
    ).toEqual({ columns: [{ title: "A", rule: "---" }], rows: [["x"], ["y"]] });
  });

  test("is none without rows", () => {
    expect(table([], columns)).toBeNull();
  });

  test("keeps a cell on its line and a pipe in its cell", () => {
    const view = table([["one\n  two", "`A | B`"]], columns);
    expect(view?.rows).toEqual([["one two", "`A \\| B`"]]);
    const text = `| A | B |\n| --- | --: |\n| ${view?.rows[0]?.join(" | ")} |\n`;
    const parsed = marked.lexer(text).find((token): token is Tokens.Table => token.type === "table");
    expect(parsed?.rows.map((row) => row.map((cell) => cell.text))).toEqual([["one two", "`A | B`"]]);
  });
});

describe("plain", () => {
  test.each([
    "max_append_sectors does not exceed seg_max * size_max * 2",
    "VIRTIO_NET_HDR_F_GSO_UDP_TUNNEL_IPV4 and _IPV6, the HOST_ bits and _one_ more",
    "a < b, <b>bold</b>, x[1](y), \\ and **strong**",
    "driver <= device & so on",
  ])("%s reads as it was written", (text) => {
    expect(seen(plain(text))).toBe(text);
  });

  test("keeps names in code font", () => {
    expect(plain("`a*b*c` is a * b")).toBe("`a*b*c` is a \\* b");
  });

  test("shows any words and signs", () => {
    const word = fc.constantFrom("a", "B_C", "_D", "E_", "*", "**", "<u8>", "[x](y)", "1", "\\", ",", "_");
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const text = `The ${words.join(" ")} end`;
        expect(seen(plain(text))).toBe(text);
      }),
    );
  });
});

describe("slug", () => {
  test("is the fragment that GitHub makes", () => {
    const headings = [
      "Feature bits",
      "`struct virtio_blk_geometry`",
      "Enum `T`",
      "1.2 → 1.3",
      "0.9.5 (legacy interface) → 1.0",
      "Device Types / Block Device / VIRTIO-NET-FF",
      "Driver's access: a, b & c",
    ];
    for (const heading of headings) expect(slug(heading)).toBe(new GithubSlugger().slug(heading.replaceAll("`", "")));
  });
});

test("code takes longer quotes around what has backticks", () => {
  expect(code("le32 a")).toBe("`le32 a`");
  expect(code("a`b")).toBe("`` a`b ``");
  expect(code("")).toBe("");
});

test("counted and listed", () => {
  expect([counted(1, "byte"), counted(2, "byte"), counted(0, "erratum", "errata")]).toEqual([
    "1 byte",
    "2 bytes",
    "0 errata",
  ]);
  expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b or c",
  ]);
});
