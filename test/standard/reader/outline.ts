import type { Line } from "./document.ts";

/** A listing, an item of a list, a row of a table or a normative block, with the section that it stands in. */
export type Piece =
  | (Place & { readonly kind: "listing"; readonly text: string })
  /** `\item[key] text`; `texts` are the lines up to the next item. */
  | (Place & { readonly kind: "item"; readonly key: string; readonly text: string })
  | (Place & { readonly kind: "row"; readonly cells: readonly string[] })
  /** `\mmioreg{Name}{…}{0x000}{R}{…}` and its two-register form. */
  | (Place & { readonly kind: "register"; readonly args: readonly string[] })
  | (Place & {
      readonly kind: "block";
      readonly role: "driver" | "device";
      readonly label: string;
      readonly text: string;
    });

interface Place {
  /** Label of the section, without its `sec:`; empty ahead of the first. */
  readonly section: string;
  readonly file: string;
  readonly line: number;
}

const heading = /\\(?:part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?\s*\{/;
const normative = /\\(driver|device)normative\s*\{\s*\\\w+\*?\s*\}/;
/** One block is written out, without the command for it; in 1.0 between the marks of what had changed. */
const writtenOut = /\\(?:\w*paragraph|DIFaddtextcstwo)\{(Driver|Device) Requirements:/;

/** Cuts the text into what facts are read from. */
export function outlineOf(lines: readonly Line[]): readonly Piece[] {
  return new Outline(lines).pieces;
}

class Outline {
  readonly pieces: Piece[] = [];
  private readonly lines: readonly Line[];
  private index = 0;
  private section = "";
  /** Of a heading's labels only the first is its own: others keep old references alive. */
  private labelled = true;
  private inTable = false;
  /** The normative block that is open: it ends at the next heading. */
  private block:
    { readonly role: "driver" | "device"; readonly label: string; readonly at: Place; text: string[] } | undefined;
  private item: { readonly key: string; readonly at: Place; text: string[] } | undefined;

  constructor(lines: readonly Line[]) {
    this.lines = lines;
    for (; this.index < lines.length; this.index++) this.line();
    this.closeBlock();
  }

  private get text(): string {
    return this.lines[this.index]?.text ?? "";
  }

  private place(): Place {
    const { file = "", line = 0 } = this.lines[this.index] ?? {};
    return { section: this.section, file, line };
  }

  private line(): void {
    if (this.text.includes("\\begin{lstlisting}")) return this.listing();
    if (heading.test(this.text) || normative.test(this.text)) this.closeBlock();
    this.requirements();
    if (heading.test(this.text)) this.labelled = false;
    const label = this.labelled ? undefined : (this.labelAt("sec") ?? this.labelWithoutCommand());
    if (label !== undefined) {
      this.section = label;
      this.labelled = true;
    }
    if (/\\begin\{(?:tabular|longtable)/.test(this.text)) this.inTable = true;
    if (/\\end\{(?:tabular|longtable)/.test(this.text)) this.inTable = false;
    const place = this.place();
    const register = /\\mmiod?reg\s*\{/.exec(this.text);
    if (register !== null && !this.text.includes("newcommand"))
      this.pieces.push({ kind: "register", args: this.argumentsAt(register.index, 6), ...place });
    this.items(place);
    if (this.inTable && this.text.includes("&")) this.row(place);
    this.block?.text.push(this.text);
    this.item?.text.push(this.text.replace(/^.*?\\item\s*\[[^\]]*\]/, ""));
    if (/\\end\{description\}/.test(this.text)) this.closeItem();
  }

  private items(place: Place): void {
    const [, key] = /\\item\s*\[((?:[^[\]]|\[[^\]]*\])*)\]/.exec(this.text) ?? [];
    if (key === undefined && !/\\item\b/.test(this.text)) return;
    this.closeItem();
    // Two features are listed without brackets.
    const bare = /\\item\s+([A-Z][A-Z0-9_]+\s*\(\d+\))/.exec(this.text)?.[1];
    const name = key ?? bare;
    if (name !== undefined) this.item = { key: name.trim(), at: place, text: [] };
  }

  private closeItem(): void {
    if (this.item === undefined) return;
    const { key, at, text } = this.item;
    this.pieces.push({ kind: "item", key, text: text.join("\n"), ...at });
    this.item = undefined;
  }

  private closeBlock(): void {
    this.closeItem();
    if (this.block === undefined) return;
    const { role, label, at, text } = this.block;
    this.pieces.push({ kind: "block", role, label, text: text.join("\n"), ...at });
    this.block = undefined;
  }

  private requirements(): void {
    const [, role] = normative.exec(this.text) ?? [];
    // The first argument is the command that sets the heading.
    if (role !== undefined) this.openBlock(role, this.argumentsAt(this.text.search(normative), 3)[2]);
    const [, other] = writtenOut.exec(this.text) ?? [];
    if (other !== undefined) this.openBlock(other.toLowerCase(), this.labelAt(`${other.toLowerCase()}normative`, 8));
  }

  private openBlock(role: string, label: string | undefined): void {
    if ((role === "driver" || role === "device") && label !== undefined)
      this.block = { role, label: spaced(label), at: this.place(), text: [] };
  }

  /** A label that begins on this line, or within some more. */
  private labelAt(kind: string, within = 1): string | undefined {
    const ahead = this.lines.slice(this.index, this.index + within + 6).map((line) => line.text);
    const [, before = "", label = ""] =
      new RegExp(`^([\\s\\S]*?)\\\\label\\s*\\{${kind}:([^}]*)\\}`).exec(ahead.join("\n")) ?? [];
    if (label === "" || before.split("\n").length > within) return undefined;
    // One is written with the kind twice.
    return spaced(label.replace(/^sec:/, ""));
  }

  /** `\subsection{Feature bits}{Device Types / CAN Device / Feature bits}`: the one without `\label`. */
  private labelWithoutCommand(): string | undefined {
    const [, label] = /\\\w*section\{[^}]*\}\{(Device Types \/ [^}]*)\}/.exec(this.text) ?? [];
    return label;
  }

  /** A row may go over several lines; it ends with `\\`. */
  private row(place: Place): void {
    const parts = [this.text];
    for (
      let more = this.index + 1;
      !/\\\\\s*(?:\\hline)?\s*$/.test(parts.at(-1) ?? "") && more < this.index + 4;
      more++
    )
      parts.push(this.lines[more]?.text ?? "");
    const cells = parts
      .join(" ")
      .replace(/\\\\.*$/, "")
      .split(/(?<!\\)&/);
    this.pieces.push({ kind: "row", cells: cells.map(plainText), ...place });
  }

  /** Up to `most` arguments in braces that follow a command, over the lines that they need. */
  private argumentsAt(column: number, most: number): readonly string[] {
    const text = this.lines
      .slice(this.index, this.index + 40)
      .map((line) => line.text)
      .join("\n")
      .slice(column);
    const found: string[] = [];
    let at = text.indexOf("{");
    while (found.length < most && text[at] === "{") {
      let depth = 0;
      let end = at;
      for (; end < text.length; end++) {
        if (text[end] === "{") depth++;
        else if (text[end] === "}" && --depth === 0) break;
      }
      found.push(text.slice(at + 1, end));
      at = end + 1;
      while (/\s/.test(text[at] ?? "")) at++;
    }
    return found;
  }

  private listing(): void {
    const at = this.place();
    const lines: string[] = [];
    for (this.index++; this.index < this.lines.length && !this.text.includes("\\end{lstlisting}"); this.index++)
      lines.push(this.text);
    const inside = this.lines[this.index - 1];
    this.pieces.push({ kind: "listing", text: lines.join("\n"), ...at, file: inside?.file ?? at.file });
  }
}

/** One space between words. */
export function spaced(text: string): string {
  return text.split(/\s+/).join(" ").trim();
}

/** The text of a cell without commands. */
export function plainText(text: string): string {
  return spaced(
    text
      .replace(/\\hyperref\[[^\]]*\]/g, "")
      .replace(/\\(?:field|textbf|textit|texttt|emph)\b/g, "")
      .replace(/\\hline/g, "")
      .replace(/[{}~]/g, ""),
  );
}
