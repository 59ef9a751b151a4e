import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { lexer } from "../../grammar/tokens.ts";
import { compile, type SourceText } from "../../src/compile.ts";
import type { Diagnostic, Place } from "../../src/diagnostic/diagnostic.ts";
import { cut } from "../../src/ir/cut.ts";

/** A reading that takes longer counts as one that does not come back. */
const slowest = 2000;

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The descriptions of the standard, read from the folder `specs/`. */
export function descriptions(root: string): readonly SourceText[] {
  return ["core", "transport", "device"].flatMap((folder) =>
    readdirSync(`${root}/specs/${folder}`)
      .filter((name) => name.endsWith(".virtio"))
      .map((name) => ({
        path: `specs/${folder}/${name}`,
        text: readFileSync(`${root}/specs/${folder}/${name}`, "utf8"),
      })),
  );
}

type Random = () => number;
type Mutation = (text: string, random: Random) => string;

function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from[below(random, from.length)];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function tokensOf(text: string): readonly Span[] {
  return lexer
    .tokenize(text)
    .tokens.map((token) => ({ start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 }));
}

function replaced(text: string, span: Span | undefined, by: string): string {
  return span === undefined ? text : text.slice(0, span.start) + by + text.slice(span.end);
}

function lines(text: string, change: (all: string[], random: Random) => void, random: Random): string {
  const all = text.split("\n");
  change(all, random);
  return all.join("\n");
}

const strange = [
  "\0",
  "\uD800",
  "\u{1F600}",
  "\u00A0",
  "\u201C",
  '"',
  "/*",
  "*/",
  "//",
  "///",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  ":",
  ",",
  "..",
  ".",
  "=",
  "->",
  "|",
  "&",
  "0x",
  "9".repeat(60),
  "é",
  "\t",
  "\r",
  "\\",
  "'",
  "#",
  "@",
];

/** What may happen to a description, each under its name. */
const mutations: Readonly<Record<string, Mutation>> = {
  "token deleted": (text, random) => replaced(text, pick(random, tokensOf(text)), ""),
  "token doubled": (text, random) => {
    const token = pick(random, tokensOf(text));
    return token === undefined
      ? text
      : replaced(text, token, `${text.slice(token.start, token.end)} ${text.slice(token.start, token.end)}`);
  },
  "tokens swapped": (text, random) => {
    const tokens = tokensOf(text);
    const index = below(random, tokens.length - 1);
    const first = tokens[index];
    const second = tokens[index + 1];
    if (first === undefined || second === undefined) return text;
    return (
      text.slice(0, first.start) +
      text.slice(second.start, second.end) +
      text.slice(first.end, second.start) +
      text.slice(first.start, first.end) +
      text.slice(second.end)
    );
  },
  "token from elsewhere": (text, random) => {
    const tokens = tokensOf(text);
    const other = pick(random, tokens);
    return other === undefined ? text : replaced(text, pick(random, tokens), ` ${text.slice(other.start, other.end)} `);
  },
  "number changed": (text, random) => {
    const number = pick(
      random,
      tokensOf(text).filter((token) => /^\d/.test(text.slice(token.start, token.end))),
    );
    return replaced(
      text,
      number,
      pick(random, [
        "0",
        "1",
        "2",
        "-1",
        "65536",
        "0xffffffff",
        "4294967296",
        "18446744073709551616",
        "128",
        "1.1",
        "0.9.5",
        "3.7",
      ]) ?? "0",
    );
  },
  "character lost": (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + text.slice(at + 1);
  },
  "character changed": (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + String.fromCharCode(32 + below(random, 95)) + text.slice(at + 1);
  },
  "something strange": (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + (pick(random, strange) ?? "") + text.slice(at);
  },
  "cut off": (text, random) => text.slice(0, below(random, text.length)),
  "beginning lost": (text, random) => text.slice(below(random, text.length)),
  "line lost": (text, random) => lines(text, (all) => all.splice(below(random, all.length), 1), random),
  "line doubled": (text, random) =>
    lines(
      text,
      (all) => {
        const at = below(random, all.length);
        all.splice(at, 0, all[at] ?? "");
      },
      random,
    ),
  "lines moved": (text, random) =>
    lines(
      text,
      (all) => {
        const moved = all.splice(below(random, all.length), 1 + below(random, 4));
        all.splice(below(random, all.length), 0, ...moved);
      },
      random,
    ),
  "lines shuffled": (text, random) =>
    lines(
      text,
      (all) => {
        for (let times = 0; times < 10; times++) {
          const a = below(random, all.length);
          const b = below(random, all.length);
          [all[a], all[b]] = [all[b] ?? "", all[a] ?? ""];
        }
      },
      random,
    ),
};

const names = Object.keys(mutations);

/** A description that a seed chooses, its head and some of its blocks, with one to four slips in it. */
export function brokenDescription(
  sources: readonly SourceText[],
  seed: number,
): { readonly source: SourceText; readonly slips: readonly string[] } {
  const random = seeded(seed);
  const original = pick(random, sources) ?? { path: "none", text: "" };
  let { text } = original;
  if (random() < 0.8) {
    // Some of the blocks: shorter is faster, and what the others declare is missing.
    const [head = "", ...blocks] = text.split(/\n\n(?=\S)/);
    const share = 0.1 + random() * 0.5;
    text = [head, ...blocks.filter(() => random() < share)].join("\n\n");
  }
  const slips: string[] = [];
  // Most have one slip: with more they are hardly ever readable, and nothing but that is said.
  for (let count = random() < 0.6 ? 1 : 2 + below(random, 3); count > 0; count--) {
    const name = pick(random, names) ?? "";
    slips.push(name);
    text = mutations[name]?.(text, random) ?? text;
  }
  return { source: { path: original.path, text }, slips };
}

/** What a run found to be wrong with the compiler, if anything, and with the description. */
export interface Verdict {
  readonly complaint: string | undefined;
  /** How far it got. */
  readonly state: "unreadable" | "wrong" | "clean";
  readonly milliseconds: number;
}

/** Compiles a description together with others, and looks at what is said about it. */
export function judge(library: readonly SourceText[], source: SourceText): Verdict {
  const sources = [...library.filter((one) => one.path !== source.path), source];
  const started = performance.now();
  try {
    const { ir, diagnostics } = compile(sources);
    const milliseconds = performance.now() - started;
    const complaint =
      milliseconds > slowest
        ? `took ${milliseconds.toFixed(0)} ms`
        : diagnostics.map((one) => complaintAbout(one, sources)).find((one) => one !== undefined);
    if (complaint !== undefined) return { complaint, state: "wrong", milliseconds };
    if (ir === undefined) {
      const state = diagnostics.some((one) => one.code.startsWith("V1")) ? "unreadable" : "wrong";
      return {
        complaint: diagnostics.some((one) => one.severity === "error") ? undefined : "no IR and no error",
        state,
        milliseconds,
      };
    }
    cut(ir, "0.9.5");
    cut(ir, "1.4");
    return { complaint: undefined, state: "clean", milliseconds };
  } catch (error) {
    return {
      complaint: error instanceof Error ? (error.stack ?? error.message) : String(error),
      state: "wrong",
      milliseconds: performance.now() - started,
    };
  }
}

function complaintAbout(diagnostic: Diagnostic, sources: readonly SourceText[]): string | undefined {
  const { code, message, help, label, related } = diagnostic;
  const texts = [message, help ?? "-", label ?? "-", ...related.map((one) => one.message)];
  // What stands in double quotes is the description's own.
  const odd = texts
    .map((text) => text.replaceAll(/"[^"]*"/g, '""'))
    .find((text) => text.trim() === "" || /undefined|NaN|\[object|null\b|''/.test(text));
  if (!/^V\d{4}$/.test(code)) return `the code '${code}'`;
  if (odd !== undefined) return `${code} says '${odd}'`;
  const outside = [diagnostic.at, ...related.map((one) => one.at)].find((at) => !isInside(at, sources));
  return outside === undefined
    ? undefined
    : `${code} '${message}' points outside of the file: ${outside.file}:${outside.line}:${outside.column}+${outside.length}`;
}

function isInside(at: Place, sources: readonly SourceText[]): boolean {
  const text = sources.find((source) => source.path === at.file)?.text;
  const line = text?.split(/\r\n|\n|\r/)[at.line - 1];
  // What is missing stands behind the end of the line.
  return (
    line !== undefined &&
    at.column >= 1 &&
    at.length >= 1 &&
    at.column <= line.length + 1 &&
    at.column + at.length <= line.length + 2
  );
}
