import type { IToken } from "chevrotain";

/**
 * Which doc comment belongs to which token. A comment behind something on its own line belongs to what it stands
 * behind; below it, comments in the same column continue it. Any other belongs to what comes next.
 */
export class Docs {
  private readonly leading = new Map<number, string[]>();
  private readonly trailing = new Map<number, string[]>();

  /** Both lists in the order of the file. */
  constructor(tokens: readonly IToken[], comments: readonly IToken[]) {
    let next = 0;
    let continued: { readonly lines: string[]; readonly column: number | undefined; line: number } | undefined;
    for (const comment of comments) {
      while (next < tokens.length && (tokens[next]?.startOffset ?? 0) < comment.startOffset) next++;
      const before = tokens[next - 1];
      const line = comment.startLine ?? 0;
      const text = comment.image.slice(3).replace(/^ /, "").trimEnd();
      if (before?.endLine === line && before.endOffset !== undefined) {
        const lines = [text];
        this.trailing.set(before.endOffset, lines);
        continued = { lines, column: comment.startColumn, line };
      } else if (continued !== undefined && continued.column === comment.startColumn && continued.line === line - 1) {
        continued.lines.push(text);
        continued.line = line;
      } else {
        continued = undefined;
        const after = tokens[next]?.startOffset ?? -1;
        const lines = this.leading.get(after);
        if (lines === undefined) this.leading.set(after, [text]);
        else lines.push(text);
      }
    }
  }

  /** What is said above the token that begins at this offset. */
  before(offset: number): string {
    return this.leading.get(offset)?.join("\n") ?? "";
  }

  /** What is said behind the token that ends at this offset. */
  behind(offset: number | undefined): string {
    return offset === undefined ? "" : (this.trailing.get(offset)?.join("\n") ?? "");
  }
}
