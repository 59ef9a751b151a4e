import type { Diagnostic, Place } from "./diagnostic.ts";

/** How the parts of a frame are coloured; each takes and gives text. */
export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly frame: (text: string) => string;
  readonly bold: (text: string) => string;
}

const plainText = (text: string): string => text;
export const plain: Palette = { error: plainText, warning: plainText, frame: plainText, bold: plainText };

/** Finds a line of a description by its number, counted from 1; undefined where the text is not at hand. */
export type LineOf = (file: string, line: number) => string | undefined;

/** {@link LineOf} over texts in memory. */
export function linesOf(sources: Iterable<{ readonly path: string; readonly text: string }>): LineOf {
  const texts = new Map([...sources].map((source) => [source.path, source.text]));
  const split = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = split.get(file);
    if (lines === undefined) {
      const text = texts.get(file);
      if (text === undefined) return undefined;
      lines = text.split(/\r\n|\n|\r/);
      split.set(file, lines);
    }
    return lines[line - 1];
  };
}

const tabWidth = 4;
const widest = 160;

/**
 * Draws a diagnostic with the lines that it speaks of, marked:
 *
 *     error[V2001]: nothing here is named 'FLUSHH'
 *       --> blk.virtio:12:24
 *        12 |   u8 writeback if FLUSHH;
 *           |                   ^^^^^^
 *       help: did you mean 'FLUSH'?
 */
export function draw(diagnostic: Diagnostic, lineOf: LineOf, palette: Palette = plain): string {
  const paint = diagnostic.severity === "error" ? palette.error : palette.warning;
  const numbers = [diagnostic.at, ...diagnostic.related.map((one) => one.at)].map((place) => String(place.line).length);
  const gutter = Math.max(4, ...numbers.map((length) => length + 2));
  const out = [`${paint(`${diagnostic.severity}[${diagnostic.code}]`)}${palette.bold(`: ${diagnostic.message}`)}`];
  out.push(...excerpt(diagnostic.at, diagnostic.label ?? "", lineOf, palette, gutter, paint, "^"));
  for (const related of diagnostic.related) {
    out.push(...excerpt(related.at, related.message, lineOf, palette, gutter, palette.frame, "-"));
  }
  if (diagnostic.help !== undefined) out.push(`  ${palette.frame("help:")} ${diagnostic.help}`);
  return out.join("\n");
}

function excerpt(
  place: Place,
  note: string,
  lineOf: LineOf,
  palette: Palette,
  gutter: number,
  paint: (text: string) => string,
  mark: string,
): readonly string[] {
  const head = `  ${palette.frame("-->")} ${place.file}:${place.line}:${place.column}`;
  const line = lineOf(place.file, place.line);
  if (line === undefined) return note === "" ? [head] : [head, `  ${palette.frame("note:")} ${note}`];
  const start = place.column - 1;
  const { before, marked, after } = window(
    printable(line.slice(0, start)),
    printable(line.slice(start, start + place.length)),
    printable(line.slice(start + place.length)),
  );
  const marks = mark.repeat(Math.max(1, columnsOf(marked)));
  return [
    head,
    `${palette.frame(`${String(place.line).padStart(gutter)} |`)} ${before}${marked}${after}`.trimEnd(),
    `${palette.frame(`${" ".repeat(gutter)} |`)} ${" ".repeat(columnsOf(before))}${paint(note === "" ? marks : `${marks} ${note}`)}`,
  ];
}

/**
 * A text as it is shown: tabs at their width, so that the marks stand below what they mark, and nothing that moves the
 * cursor or turns the direction of writing.
 */
function printable(text: string): string {
  return text.replaceAll("\t", " ".repeat(tabWidth)).replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, "\u{FFFD}");
}

/** How many columns of a terminal a text takes: East Asian letters and pictures take two, accents none. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(letter)) continue;
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F680}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return columns;
}

interface Shown {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** The part of a very long line around what is marked. */
function window(before: string, marked: string, after: string): Shown {
  if (before.length + marked.length + after.length <= widest) return { before, marked, after };
  const kept = marked.length > widest / 2 ? `${marked.slice(0, widest / 2)}…` : marked;
  const ahead = before.length > widest / 4 ? `…${before.slice(1 - widest / 4)}` : before;
  const room = widest - ahead.length - kept.length;
  if (kept !== marked) return { before: ahead, marked: kept, after: "" };
  return { before: ahead, marked, after: after.length > room ? `${after.slice(0, room - 1)}…` : after };
}
