import type { Element } from "../../ir/model.ts";

const widest = 120;

/**
 * A TSDoc comment with its line breaks; empty where there is nothing to say.
 * @param paragraphs Markdown; empty ones are left out
 * @param tags lines at its end, each with its TSDoc tag
 */
export function docComment(paragraphs: readonly string[], indent = "", tags: readonly string[] = []): string {
  const texts = [...paragraphs.map((text) => escaped(text)), tags.join("\n")].filter((text) => text !== "");
  if (texts.length === 0) return "";
  const [only = ""] = texts;
  if (texts.length === 1 && !only.includes("\n") && indent.length + only.length + 7 <= widest)
    return `${indent}/** ${only} */\n`;
  const lines = texts.flatMap((text, index) => [
    ...(index === 0 ? [] : [""]),
    ...text.split("\n").flatMap((line) => wrapped(line, widest - indent.length - 3)),
  ]);
  return [
    `${indent}/**`,
    ...lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}`),
    `${indent} */`,
    "",
  ].join("\n");
}

/** Nothing in a description ends the comment or is taken for a TSDoc tag. */
function escaped(text: string): string {
  return text
    .replaceAll("*/", "*\\/")
    .replaceAll(/(^|\s)@(?=\w)/g, "$1\\@")
    .trim();
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** What an element says of itself: its text, its unit, and whether only the legacy interface has it. */
export function sentences(element: Pick<Element, "doc" | "legacy">, unit?: string, legacyAround = false): string {
  const parts = [
    element.doc.split("\n").join(" ").trim(),
    unit === undefined ? "" : `In ${unit}.`,
    element.legacy === true && !legacyAround ? "Legacy interface only." : "",
  ];
  const [first = ""] = parts;
  // A remark without a full stop at its end would run into the next sentence.
  if (first !== "" && !/[.!?:…]$/.test(first)) parts[0] = `${first}.`;
  return parts.filter((part) => part !== "").join(" ");
}

/** What an element says of itself, and where the description has it. */
export function describedAt(element: Pick<Element, "doc" | "legacy" | "at">): string {
  const text = sentences(element);
  return text === "" ? placeOf(element) : `${text} (${placeOf(element)})`;
}

/** Where the description has an element; no path of somebody's machine. */
export function placeOf(element: Pick<Element, "at">): string {
  return `${shownPath(element.at.file)}:${element.at.line}`;
}

export function shownPath(file: string): string {
  return /^(?:[A-Za-z]:)?[\\/]/.test(file) ? (file.split(/[\\/]/).at(-1) ?? file) : file;
}
