/**
 * A comment as the templates print it: `text` on one line between the marks, or else `lines`, each with the blank that
 * stands behind its asterisk. Both are empty where there is nothing to say.
 */
export interface Comment {
  readonly text: string;
  readonly lines: readonly string[];
}

export const noComment: Comment = { text: "", lines: [] };

const widest = 80;

/** Columns that a tab takes at most. */
export const tab = 8;

/**
 * Lays out Markdown as a comment of a C file, not wider than 80 columns.
 * @param paragraphs each is wrapped on its own; an empty one gives an empty line, one that begins with a tab is kept as it is
 * @param indent columns that stand before the comment
 */
export function comment(paragraphs: readonly string[], indent = 0): Comment {
  const texts = paragraphs.map(plain);
  const [only] = texts;
  if (only === undefined || (texts.length === 1 && only === "")) return noComment;
  if (texts.length === 1 && !only.startsWith("\t") && indent + only.length + 6 <= widest)
    return { text: only, lines: [] };
  const width = widest - indent - 3;
  const lines = texts.flatMap((text) =>
    text.startsWith("\t") ? [text] : wrap(text, width).map((line) => (line === "" ? "" : ` ${line}`)),
  );
  return { text: "", lines };
}

/** Markdown of a doc comment as plain text on one line each; nothing in it ends the comment. */
export function plain(markdown: string): string {
  return markdown.replaceAll("`", "").replaceAll("*/", "* /").replaceAll("/*", "/ *").trimEnd();
}

/** The paragraphs of a doc comment, with an empty one between them. */
export function paragraphs(doc: string): readonly string[] {
  const found = doc
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split("\n").join(" ").trim())
    .filter((paragraph) => paragraph !== "");
  return found.flatMap((paragraph, index) => (index === 0 ? [paragraph] : ["", paragraph]));
}

function wrap(text: string, width: number): readonly string[] {
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
