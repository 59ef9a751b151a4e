import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.ts";
import { lexer } from "../../grammar/tokens.ts";
import { layout } from "./layout.ts";

/** Tokens and comments in their order; white space at the ends of a comment's lines does not count. */
function wordsOf(text: string): string[] {
  const { tokens, groups } = lexer.tokenize(text);
  return [...tokens, ...(groups["docs"] ?? []), ...(groups["comments"] ?? [])]
    .toSorted((a, b) => a.startOffset - b.startOffset)
    .map(({ image }) =>
      image
        .split(/\r\n?|\n/)
        .map((line) => line.replace(/\t/g, " ").trim())
        .join("\n"),
    );
}

/** What a description says, without the places where it says it. */
function meaningOf(text: string): unknown {
  const { file, diagnostics } = parse("test.virtio", text);
  if (file === undefined) throw new Error(diagnostics.map((one) => one.message).join("; "));
  return JSON.parse(
    JSON.stringify(file, (key, value: unknown) =>
      key === "at" ? undefined : typeof value === "bigint" ? String(value) : value,
    ),
  );
}

const root = fileURLToPath(new URL("../../specs", import.meta.url));
const specs = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".virtio"))
  .toSorted()
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

describe("descriptions", () => {
  test.each(specs)("$path keeps its words", ({ text }) => {
    expect(wordsOf(layout(text))).toEqual(wordsOf(text));
  });

  test.each(specs)("$path keeps its meaning", ({ text }) => {
    expect(meaningOf(layout(text))).toEqual(meaningOf(text));
  });

  test.each(specs)("$path is in the canonical layout (else: virtgen fmt)", ({ text }) => {
    expect(text).toBe(layout(text));
  });
});

describe("any white space and any comments between the words of a description", () => {
  /** A header and a few of a description's items, as words. */
  const excerpts = specs.flatMap(({ text }) => {
    const parts = layout(text).split(/\n(?=[^\s}{/])/);
    const from = parts.findIndex((part) => /^(device|transport|core) /.test(part));
    return Array.from({ length: Math.ceil((parts.length - from - 1) / 8) }, (_, index) => {
      const items = parts.slice(from + 1 + index * 8, from + 9 + index * 8);
      return wordsOf([parts[from] ?? "", ...items].join("\n"));
    });
  });

  const space = fc.constantFrom(" ", " ", " ", "\n", "\n\n\n", "\t", "\r\n", "  \n  ");
  const comment = fc.constantFrom(
    "// c\n",
    "/// d\n",
    "/* e */",
    "\n// own\n",
    "\n/* f\n g\n   h */\n",
    "/* i\n* j */",
    "\n\n/* k */ ",
  );
  const gap = fc.oneof(
    { weight: 30, arbitrary: space },
    { weight: 1, arbitrary: fc.tuple(space, comment).map((both) => both.join("")) },
  );

  const scattered = fc
    .constantFrom(...excerpts)
    .chain((words) =>
      fc
        .array(gap, { minLength: words.length, maxLength: words.length })
        .map((gaps) =>
          words.map((word, index) => word + (word.startsWith("//") ? "\n" : "") + (gaps[index] ?? " ")).join(""),
        ),
    );

  test("the words stay, and the layout of the layout is the same", () => {
    fc.assert(
      fc.property(scattered, (text) => {
        const formatted = layout(text);
        expect(wordsOf(formatted)).toEqual(wordsOf(text));
        expect(meaningOf(formatted)).toEqual(meaningOf(text));
      }),
      { numRuns: 300 },
    );
  });
});
