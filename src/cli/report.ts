import type { Diagnostic, Place } from "../diagnostic/diagnostic.ts";
import { draw, linesOf, plain, type Palette } from "../diagnostic/draw.ts";
import { CallError } from "./call-error.ts";
import type { Sources } from "./sources.ts";

export type Format = "text" | "json";

/** @throws CallError for a format that does not exist. */
export function formatOf(text: string): Format {
  return wordOf("format", text, ["text", "json"]);
}

/** One of the words that an option takes. @throws CallError for another. */
export function wordOf<W extends string>(option: string, text: string, words: readonly W[]): W {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const quoted = words.map((word) => `'${word}'`);
  throw new CallError(
    "V9006",
    `there is no ${option} '${text}'`,
    `possible are ${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`,
  );
}

/** Colour only where a person looks, unless NO_COLOR or FORCE_COLOR say otherwise. */
export function palette(stream: NodeJS.WriteStream): Palette {
  return wantsColour(stream)
    ? { error: paint("1;31"), warning: paint("1;33"), frame: paint("36"), bold: paint("1") }
    : plain;
}

function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: never = "", FORCE_COLOR: always = "", TERM: terminal } = process.env;
  if (always !== "") return always !== "0" && always !== "false";
  return never === "" && stream.isTTY && terminal !== "dumb";
}

function paint(code: string): (text: string) => string {
  return (text) => `\u001B[${code}m${text}\u001B[0m`;
}

/** More than this in one run helps nobody; what is left out is counted. */
const most = 50;

/** Prints what was found: frames to standard error, or all of it as JSON to standard output. */
export function printDiagnostics(
  found: readonly Diagnostic[],
  sources: Sources,
  format: Format,
  /** How many more there are that the compiler did not hand over. */
  omitted = 0,
): void {
  const all = [...sources.library, ...sources.asked];
  const files = new Map(all.map((source) => [source.path, source.file]));
  const diagnostics = found.map((one) => asNamed(one, files));
  if (format === "json") {
    process.stdout.write(
      `${JSON.stringify(omitted === 0 ? { diagnostics } : { diagnostics, omitted }, undefined, 2)}\n`,
    );
    return;
  }
  const [first] = diagnostics;
  if (first === undefined) return;
  const colours = palette(process.stderr);
  const lineOf = linesOf(all.map((source) => ({ path: source.file, text: source.text })));
  const drawn = diagnostics.slice(0, most).map((one) => draw(one, lineOf, colours));
  const more = Math.max(0, diagnostics.length - most) + omitted;
  if (more > 0) drawn.push(`and ${grouped(more)} more`);
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counts = [errors > 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""].filter(
    (part) => part !== "",
  );
  process.stderr.write(
    `${drawn.join("\n\n")}\n\n${omitted > 0 ? "more than " : ""}${counts.join(", ")}; 'virtgen explain ${first.code}' says more\n`,
  );
}

/** With the places as the call named them: a path that a terminal or an editor opens. */
function asNamed(diagnostic: Diagnostic, files: ReadonlyMap<string, string>): Diagnostic {
  const named = (at: Place): Place => ({ ...at, file: files.get(at.file) ?? at.file });
  return {
    ...diagnostic,
    at: named(diagnostic.at),
    related: diagnostic.related.map((one) => ({ ...one, at: named(one.at) })),
  };
}

export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : plural}`;
}

/** 1234567 as 1,234,567. Not by `toLocaleString`, which takes 10 ms to load what it knows of languages. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
