import type { IToken } from "chevrotain";
import type { Attributes } from "./syntax.ts";

/** Gathers what the attributes of a declaration say of its layout. */
export class AttributeList implements Attributes {
  packed = false;
  readonly aligned: (readonly IToken[])[] = [];

  /** @param inside what stands between the parentheses of one attribute */
  read(word: string, inside: readonly IToken[]): void {
    if (word === "_Alignas" || word === "alignas" || word === "__aligned") this.aligned.push(inside);
    for (const [index, token] of inside.entries()) {
      if (/^(?:__)?packed(?:__)?$/.test(token.image)) this.packed = true;
      if (/^(?:__)?aligned(?:__)?$|^align$/.test(token.image)) this.aligned.push(insideAt(inside, index + 1));
    }
  }

  add(other: Attributes): void {
    this.packed ||= other.packed;
    this.aligned.push(...other.aligned);
  }
}

/** What the parentheses at an index hold. */
function insideAt(tokens: readonly IToken[], from: number): readonly IToken[] {
  if (tokens[from]?.image !== "(") return [];
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at]?.image === "(") depth++;
    if (tokens[at]?.image === ")" && --depth === 0) return tokens.slice(from + 1, at);
  }
  return [];
}
