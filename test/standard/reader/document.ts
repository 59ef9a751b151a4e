import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The revisions of the standard that have a text of their own; the legacy interface is a part of each. */
export const textRevisions = ["1.0", "1.1", "1.2", "1.3", "1.4"] as const;
export type TextRevision = (typeof textRevisions)[number];

/** Where each revision is in the standard's repository, and what its folder is called where it is not one. */
export const refs: Readonly<Record<TextRevision, string>> = {
  "1.0": "v1.0-cs04",
  // The tag v1.1-cs01 is a draft of months before.
  "1.1": "33e6aba",
  "1.2": "v1.2-cs01",
  // There is no tag of the committee specification.
  "1.3": "v1.3-wd02",
  "1.4": "v1.4-cs01",
};

/** Gives the text of a file of one revision. */
export type ReadTex = (file: string) => string;

/** One line of the text, and where it stands. */
export interface Line {
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

/**
 * The LaTeX of a revision below a folder that holds one folder a revision, or is a clone of the standard's repository.
 * @throws Error where there is neither.
 */
export function readerOf(folder: string, revision: TextRevision): ReadTex {
  const ref = refs[revision];
  const inside = [join(folder, ref), join(folder, revision)].find((one) => existsSync(join(one, "content.tex")));
  if (inside !== undefined) return (file) => readFileSync(join(inside, file), "utf8");
  const git = (args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...args], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "pipe"],
    });
  try {
    git(["cat-file", "-e", `${ref}:content.tex`]);
  } catch {
    throw new Error(
      `${folder} holds no revision ${revision} of the standard: neither a folder ${ref} or ${revision} with a content.tex, nor a commit ${ref}`,
    );
  }
  return (file) => git(["show", `${ref}:${file}`]);
}

/** The lines of a file and of all that it takes in with `\input` and `\lstinputlisting`, comments of LaTeX removed. */
export function linesOf(read: ReadTex, file: string): readonly Line[] {
  const lines: Line[] = [];
  let inListing = false;
  for (const [index, text] of read(file).split("\n").entries()) {
    const at = { file, line: index + 1 };
    if (text.includes("\\begin{lstlisting}")) inListing = true;
    if (text.includes("\\end{lstlisting}")) inListing = false;
    if (inListing) {
      lines.push({ text, ...at });
      continue;
    }
    const plain = text.replace(/(?<!\\)%.*$/, "");
    const [, listing] = /\\lstinputlisting\{([^}]*)\}/.exec(plain) ?? [];
    if (listing !== undefined) {
      lines.push({ text: "\\begin{lstlisting}", ...at });
      for (const [inner, line] of read(listing).split("\n").entries())
        lines.push({ text: line, file: listing, line: inner + 1 });
      lines.push({ text: "\\end{lstlisting}", ...at });
      continue;
    }
    const [, input] = /^\s*\\input\{([^}]*)\}/.exec(plain) ?? [];
    if (input === undefined) lines.push({ text: plain, ...at });
    else lines.push(...linesOf(read, input.endsWith(".tex") ? input : `${input}.tex`));
  }
  return lines;
}
