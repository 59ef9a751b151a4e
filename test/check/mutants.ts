import type { IToken } from "chevrotain";
import { lexer } from "../../grammar/tokens.ts";
import * as T from "../../grammar/tokens.ts";
import type { Ir } from "../../src/ir/model.ts";

/** A description with one small change that means something else. */
export interface Mutant {
  /** What kind of slip it is. */
  readonly slip: Slip;
  readonly line: number;
  readonly column: number;
  readonly before: string;
  readonly after: string;
  readonly text: string;
}

export const slipKinds = [
  "number off by one",
  "other type",
  "attribute lost",
  "attribute added",
  "neighbours swapped",
  "name misspelt",
  "other revision",
  "other direction",
  "statement lost",
  "other operator",
  "other feature",
  "other kind of constants",
] as const;
export type Slip = (typeof slipKinds)[number];

/** Every mutant of a description that a reader could overlook in a review. */
export function mutantsOf(text: string): readonly Mutant[] {
  const tokens = lexer.tokenize(text).tokens;
  return new Mutator(text, tokens).all();
}

const otherTypes: Readonly<Record<string, readonly string[]>> = {
  u8: ["le16"],
  u16: ["u32"],
  u32: ["u64"],
  u64: ["u32"],
  le16: ["le32", "be16"],
  le32: ["le16", "le64", "be32"],
  le64: ["le32", "be64"],
  be16: ["le16"],
  be32: ["le32", "be16"],
  be64: ["le64"],
};

const revisions = ["0.9.5", "1.0", "1.1", "1.2", "1.3", "1.4"];

/** Attributes that end where the next one, or the statement, does. */
const attributes: ReadonlySet<unknown> = new Set([
  T.Since,
  T.Until,
  T.Was,
  T.If,
  T.Unless,
  T.Requires,
  T.In,
  T.Writable,
  T.WriteClears,
  T.Kept,
  T.Reset,
  T.Bank,
  T.Limit,
  T.Bitmap,
  T.Pad,
  T.Packed,
  T.Order,
  T.Compact,
  T.By,
  T.CName,
  T.CPrefix,
  T.Alias,
  T.Also,
  T.Overridable,
  T.Refers,
  T.Size,
]);
const documentation: ReadonlySet<unknown> = new Set([T.Label, T.Unit, T.From, T.Erratum]);
const ends: ReadonlySet<unknown> = new Set([T.Semicolon, T.LBrace, T.RBrace, T.Colon]);

interface Statement {
  readonly first: number;
  readonly last: number;
}

class Mutator {
  private readonly text: string;
  private readonly tokens: readonly IToken[];
  private readonly found: Mutant[] = [];
  /** Tokens of errata and labels mean nothing to what is generated but documentation. */
  private readonly silent: ReadonlySet<number>;
  private readonly features: readonly string[];

  constructor(text: string, tokens: readonly IToken[]) {
    this.text = text;
    this.tokens = tokens;
    this.silent = silentTokens(tokens);
    this.features = featureNames(tokens);
  }

  all(): readonly Mutant[] {
    for (const [index, token] of this.tokens.entries()) {
      if (this.silent.has(index)) continue;
      this.numbers(index, token);
      this.types(token);
      this.revision(index, token);
      this.operators(index, token);
      this.names(index, token);
      this.attribute(index, token);
    }
    for (const block of statementsByBlock(this.tokens)) this.statements(block);
    return this.found;
  }

  private add(slip: Slip, token: IToken, before: string, after: string, text: string): void {
    this.found.push({ slip, line: token.startLine ?? 0, column: token.startColumn ?? 0, before, after, text });
  }

  private replace(slip: Slip, token: IToken, after: string): void {
    this.add(
      slip,
      token,
      token.image,
      after,
      this.text.slice(0, token.startOffset) + after + this.text.slice((token.endOffset ?? 0) + 1),
    );
  }

  private numbers(index: number, token: IToken): void {
    if (token.tokenType !== T.Integer || isRevision(this.tokens, index)) return;
    const value = BigInt(token.image);
    const spelt = (changed: bigint): string =>
      /^0x/i.test(token.image) ? `0x${changed.toString(16).padStart(token.image.length - 2, "0")}` : changed.toString();
    this.replace("number off by one", token, spelt(value + 1n));
    if (value > 0n) this.replace("number off by one", token, spelt(value - 1n));
  }

  private types(token: IToken): void {
    for (const other of otherTypes[token.image] ?? [])
      if (token.tokenType === T.Scalar) this.replace("other type", token, other);
    if (token.tokenType === T.DeviceReadable) this.replace("other direction", token, "device-writable");
    if (token.tokenType === T.DeviceWritable) this.replace("other direction", token, "device-readable");
    const groups: Readonly<Record<string, string>> = { enum: "bits", flags: "bits", bits: "flags" };
    const group = groups[token.image];
    if (
      group !== undefined &&
      (token.tokenType === T.Enum || token.tokenType === T.Bits || token.tokenType === T.Flags)
    )
      this.replace("other kind of constants", token, group);
  }

  private revision(index: number, token: IToken): void {
    if (token.tokenType !== T.Version || !isRevision(this.tokens, index)) return;
    const at = revisions.indexOf(token.image);
    for (const other of [revisions[at - 1], revisions[at + 1]])
      if (other !== undefined) this.replace("other revision", token, other);
  }

  private operators(index: number, token: IToken): void {
    const others: ReadonlyMap<unknown, string> = new Map([
      [T.Pipe, "&"],
      [T.Ampersand, "|"],
      [T.Plus, "-"],
      [T.Star, "+"],
      [T.EqualEqual, "!="],
      [T.LessEqual, "<"],
      [T.GreaterEqual, ">"],
      [T.Less, "<="],
      [T.Greater, ">="],
      [T.If, "unless"],
      [T.Unless, "if"],
    ]);
    const other = others.get(token.tokenType);
    const present = token.tokenType === T.If && this.tokens[index - 1]?.tokenType === T.Present;
    if (other !== undefined && !present) this.replace("other operator", token, other);
    if (token.tokenType === T.Not && this.tokens[index + 1]?.tokenType === T.Identifier)
      this.replace("other operator", token, "");
  }

  private names(index: number, token: IToken): void {
    if (token.tokenType !== T.Identifier) return;
    const { image } = token;
    this.replace(
      "name misspelt",
      token,
      image.length > 3 ? image.slice(0, -2) + (image.at(-1) ?? "") + (image.at(-2) ?? "") : `${image}X`,
    );
    const at = this.features.indexOf(image);
    const declared = this.tokens[index + 1]?.tokenType === T.Equal;
    const other = this.features[at + 1] ?? this.features[0];
    if (at >= 0 && !declared && other !== undefined && other !== image) this.replace("other feature", token, other);
  }

  private attribute(index: number, token: IToken): void {
    if (token.tokenType === T.Legacy && this.tokens[index + 1]?.tokenType !== T.Native)
      this.replace("attribute lost", token, "");
    if (!attributes.has(token.tokenType) || !this.isAttribute(index)) return;
    let last = index;
    while (last + 1 < this.tokens.length && !this.endsAttribute(last + 1, index)) last++;
    const end = (this.tokens[last]?.endOffset ?? 0) + 1;
    this.add(
      "attribute lost",
      token,
      this.text.slice(token.startOffset, end),
      "",
      this.text.slice(0, token.startOffset) + this.text.slice(end),
    );
  }

  /** A keyword can also be a name, or begin a rule. */
  private isAttribute(index: number): boolean {
    const before = this.tokens[index - 1]?.tokenType;
    const after = this.tokens[index + 1]?.tokenType;
    if (before === undefined || before === T.Present || before === T.Was || before === T.Dot || ends.has(before))
      return false;
    const was = [1, 2].some((back) => this.tokens[index - back]?.tokenType === T.Was);
    return !(was && this.tokens[index]?.tokenType === T.Until) && after !== T.Equal && after !== T.Dot;
  }

  private endsAttribute(index: number, start: number): boolean {
    const type = this.tokens[index]?.tokenType;
    if (type === undefined || ends.has(type) || documentation.has(type)) return true;
    if (this.tokens[start]?.tokenType === T.Was && type === T.Until) return false;
    return attributes.has(type) && this.isAttribute(index);
  }

  private statements(block: readonly Statement[]): void {
    for (const [index, { first, last }] of block.entries()) {
      const token = this.tokens[first];
      const start = token?.startOffset ?? 0;
      const end = (this.tokens[last]?.endOffset ?? 0) + 1;
      if (token === undefined || this.silent.has(first)) continue;
      this.add(
        "statement lost",
        token,
        this.text.slice(start, Math.min(end, start + 60)),
        "",
        this.text.slice(0, start) + this.text.slice(end),
      );
      if (
        this.tokens[last]?.tokenType === T.Semicolon &&
        this.tokens.slice(first, last).every((one) => one.tokenType !== T.LBrace)
      ) {
        const at = this.tokens[last].startOffset;
        for (const added of ["since 1.3", "until 1.2", "writable"])
          this.add("attribute added", token, "", added, `${this.text.slice(0, at)} ${added}${this.text.slice(at)}`);
      }
      const next = block[index + 1];
      const nextStart = next === undefined ? undefined : this.tokens[next.first]?.startOffset;
      if (next === undefined || nextStart === undefined) continue;
      const nextEnd = (this.tokens[next.last]?.endOffset ?? 0) + 1;
      const swapped =
        this.text.slice(0, start) +
        this.text.slice(nextStart, nextEnd) +
        this.text.slice(end, nextStart) +
        this.text.slice(start, end) +
        this.text.slice(nextEnd);
      this.add(
        "neighbours swapped",
        token,
        this.text.slice(start, Math.min(end, start + 60)),
        this.text.slice(nextStart, Math.min(nextEnd, nextStart + 60)),
        swapped,
      );
    }
  }
}

function isRevision(tokens: readonly IToken[], index: number): boolean {
  const before = tokens[index - 1]?.tokenType;
  return before === T.Since || before === T.Until || before === T.Revision;
}

/** Those inside of errata, and the texts of labels and units. */
function silentTokens(tokens: readonly IToken[]): ReadonlySet<number> {
  const silent = new Set<number>();
  for (const [index, token] of tokens.entries()) {
    if (token.tokenType === T.Text) silent.add(index);
    if (token.tokenType !== T.Erratum) continue;
    for (let inner = index; inner < tokens.length; inner++) {
      silent.add(inner);
      if (tokens[inner]?.tokenType === T.RBrace) break;
    }
  }
  return silent;
}

function featureNames(tokens: readonly IToken[]): readonly string[] {
  const start = tokens.findIndex((token) => token.tokenType === T.Features);
  if (start < 0) return [];
  const end = tokens.findIndex(
    (token, index) => index > start && token.tokenType === T.RBrace && (token.startColumn ?? 0) === 1,
  );
  return tokens
    .slice(start, end)
    .filter((token, index, all) => token.tokenType === T.Identifier && all[index + 1]?.tokenType === T.Equal)
    .map((token) => token.image);
}

/** The statements of each block: what ends with a semicolon, or with a brace behind which a new line begins. */
function statementsByBlock(tokens: readonly IToken[]): readonly (readonly Statement[])[] {
  const blocks: Statement[][] = [];
  const open: { readonly statements: Statement[]; start: number }[] = [{ statements: [], start: 0 }];
  for (const [index, token] of tokens.entries()) {
    const current = open.at(-1);
    if (current === undefined) break;
    if (token.tokenType === T.LBrace) open.push({ statements: [], start: index + 1 });
    else if (token.tokenType === T.RBrace) {
      blocks.push(open.pop()?.statements ?? []);
      const outer = open.at(-1);
      if (outer !== undefined && tokens[index + 1]?.startLine !== token.endLine) {
        outer.statements.push({ first: outer.start, last: index });
        outer.start = index + 1;
      }
    } else if (token.tokenType === T.Semicolon) {
      current.statements.push({ first: current.start, last: index });
      current.start = index + 1;
    }
  }
  return [...blocks, ...open.map((one) => one.statements)];
}

/** What an IR means, without places and documentation: two descriptions with the same meaning are no mutants of each other. */
export function meaningOf(ir: Ir): string {
  const silent = new Set(["at", "doc", "label", "text", "errata", "title", "unit", "file"]);
  // These may be written in any order.
  const sets = new Set(
    "modules items features queues where constants registers ranges arms views typedefs omitted includes".split(" "),
  );
  const ordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one: unknown) => ordered(one));
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => !silent.has(key));
    return Object.fromEntries(
      kept.map(([key, one]: [string, unknown]) => {
        const inner = ordered(one);
        return [
          key,
          sets.has(key) && Array.isArray(inner) ? inner.map((each) => JSON.stringify(each)).toSorted() : inner,
        ];
      }),
    );
  };
  return JSON.stringify(ordered(ir));
}
