import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { keywords, lexer, Scalar } from "../../grammar/tokens.ts";

interface Pattern {
  readonly name?: string;
  readonly match?: string;
  readonly include?: string;
  readonly patterns?: readonly Pattern[];
}

interface TextMateGrammar {
  readonly patterns: readonly Pattern[];
  readonly repository: Readonly<Record<string, Pattern>>;
}

const file = new URL("../../grammar/highlight/virtio.tmLanguage.json", import.meta.url);
const { patterns, repository } = JSON.parse(readFileSync(file, "utf8")) as TextMateGrammar;

/** A rule's patterns, with what they include. */
function flatten(pattern: Pattern): readonly Pattern[] {
  return [pattern, ...(pattern.patterns ?? []).flatMap(flatten)];
}

/** The scopes of the patterns of a rule that match a whole word. */
function scopesOf(word: string, rule: string): readonly string[] {
  return flatten(repository[rule] ?? {}).flatMap(({ name, match }) =>
    name !== undefined && match !== undefined && new RegExp(`^(?:${match})$`).test(word) ? [name] : [],
  );
}

describe("the highlighting", () => {
  test.each(keywords)("knows the keyword '%s', once", (keyword) => {
    expect(scopesOf(keyword, "keyword")).toHaveLength(1);
  });

  test("has no keyword that the language has not", () => {
    const words = flatten(repository["keyword"] ?? {}).flatMap(({ match = "" }) => match.match(/[a-z_]{2,}/g) ?? []);
    expect(words.filter((word) => !keywords.includes(word))).toEqual([]);
  });

  test("knows the types", () => {
    const types =
      /\(\?:(.*)\)/.exec(Scalar.PATTERN instanceof RegExp ? Scalar.PATTERN.source : "")?.[1]?.split("|") ?? [];
    expect(types).toContain("le32");
    expect(types.filter((type) => scopesOf(type, "type").length !== 1)).toEqual([]);
  });

  test("knows the words with a dash", () => {
    expect(scopesOf("device-readable", "part")).toHaveLength(1);
    expect(scopesOf("device-writable", "part")).toHaveLength(1);
  });

  test.each([
    ["0", "constant.numeric.virtio"],
    ["0x1F", "constant.numeric.virtio"],
    ["0b101", "constant.numeric.virtio"],
    ["1.2", "constant.numeric.version.virtio"],
    ["0.9.5", "constant.numeric.version.virtio"],
  ])("knows the number %s", (number, scope) => {
    expect(scopesOf(number, "number")).toEqual([scope]);
  });

  test.each("-> .. == != <= >= << >> < > = ? | & + - * / % ~".split(" "))("knows the operator %s", (operator) => {
    expect(lexer.tokenize(operator).tokens).toHaveLength(1);
    expect(scopesOf(operator, "operator")).toHaveLength(1);
  });

  test("includes every rule", () => {
    const included = new Set(patterns.map(({ include }) => include));
    expect(included).toEqual(new Set(Object.keys(repository).map((rule) => `#${rule}`)));
  });

  test("takes a keyword behind a type for a member", () => {
    const { match = "" } = repository["member"] ?? {};
    expect(new RegExp(match).exec("u8 class;")?.slice(1)).toEqual(["u8", "class"]);
  });
});
