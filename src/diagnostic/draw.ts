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
  // Tabs are drawn at their width, so that the marks stand below what they mark.
  const before = expandTabs(line.slice(0, place.column - 1));
  const marked = expandTabs(line.slice(place.column - 1, place.column - 1 + place.length));
  const shown = window(expandTabs(line), before.length);
  const marks = mark.repeat(Math.max(1, Math.min(marked.length, shown.text.length - (before.length - shown.from))));
  return [
    head,
    `${palette.frame(`${String(place.line).padStart(gutter)} |`)} ${shown.text}`,
    `${palette.frame(`${" ".repeat(gutter)} |`)} ${" ".repeat(before.length - shown.from)}${paint(note === "" ? marks : `${marks} ${note}`)}`,
  ];
}

function expandTabs(text: string): string {
  return text.replaceAll("\t", " ".repeat(tabWidth)).replaceAll(/\p{Cc}/gu, "\u{FFFD}");
}

/** The part of a very long line around what is marked. */
function window(line: string, column: number): { readonly text: string; readonly from: number } {
  if (line.length <= widest) return { text: line, from: 0 };
  const from = Math.max(0, Math.min(column - widest / 2, line.length - widest));
  return { text: line.slice(from, from + widest), from };
}
