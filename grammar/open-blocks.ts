import { EOF, type IToken } from "chevrotain";
import * as T from "./tokens.ts";

/** A block that is never closed: its brace, and the last word that still belongs into it. */
export interface OpenBlock {
  readonly brace: IToken;
  readonly last: IToken;
  /** Something behind it is indented as if it were closed. */
  readonly isLeft: boolean;
}

interface Open {
  readonly brace: IToken;
  readonly indent: number;
  /** The last token before a line that no longer looks as if it stood inside. */
  left: IToken | undefined;
}

/**
 * Of the blocks that are still open before a token, the one whose closing brace was probably forgotten: what follows it is
 * indented as if it were closed. Layout means nothing to the language, but most authors keep to it.
 */
export function findOpenBlock(all: readonly IToken[], end: IToken): OpenBlock | undefined {
  // The token itself shows by its indentation whether it means to stand inside.
  const tokens = end.tokenType === EOF ? all : all.filter((token) => token.startOffset <= end.startOffset);
  const open: Open[] = [];
  let indent = 0;
  let suspect: OpenBlock | undefined;
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    const first = before?.endLine !== token.startLine;
    if (first) indent = token.startColumn ?? 1;
    if (first && before !== undefined && token.tokenType !== T.RBrace) {
      for (const block of open) if (indent <= block.indent) block.left ??= before;
    }
    if (token.tokenType === T.LBrace) open.push({ brace: token, indent, left: undefined });
    else if (token.tokenType === T.RBrace) {
      const closed = open.pop();
      // This brace stands further out than the block that it closes: an inner one has none of its own.
      if (closed !== undefined && before !== undefined && first && indent < closed.indent)
        suspect ??= { brace: closed.brace, last: closed.left ?? before, isLeft: true };
      if (closed?.left !== undefined) suspect ??= { brace: closed.brace, last: closed.left, isLeft: true };
    }
  }
  if (open.length === 0) return undefined;
  const left = open.find((block) => block.left !== undefined);
  if (suspect !== undefined) return suspect;
  const block = left ?? open.at(-1);
  const last = tokens.at(-1);
  return block === undefined || last === undefined
    ? undefined
    : { brace: block.brace, last: block.left ?? last, isLeft: block.left !== undefined };
}
