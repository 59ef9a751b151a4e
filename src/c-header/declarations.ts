import type { IToken } from "chevrotain";
import { placeOf, type TokenPlace } from "./tokens.ts";
import { Unreadable } from "./unreadable.ts";

/** One declaration outside of any other, with its semicolon, or the head of a function whose body was passed over. */
export interface DeclarationTokens {
  readonly tokens: readonly IToken[];
  readonly functionName: string | undefined;
  readonly place: TokenPlace;
}

/**
 * Cuts what a preprocessor leaves into declarations, so that one that cannot be read does not hide the others.
 * @param report is told what belongs to none
 */
export function declarationsOf(
  tokens: readonly IToken[],
  report: (unreadable: Unreadable) => void,
): readonly DeclarationTokens[] {
  const found: DeclarationTokens[] = [];
  let from = 0;
  let depth = 0;
  /** `extern "C" {` that are open. */
  let linkages = 0;
  let bodyOf: string | undefined;
  for (let at = 0; at < tokens.length; at++) {
    const { image } = tokens[at] ?? { image: "" };
    if (image === "(" || image === "[" || image === "{") {
      if (image === "{" && depth === 0) {
        if (at - from === 2 && tokens[from]?.image === "extern" && tokens[from + 1]?.image.startsWith('"') === true) {
          linkages++;
          from = at + 1;
          continue;
        }
        bodyOf = functionName(tokens.slice(from, at));
      }
      depth++;
    } else if (image === ")" || image === "]" || image === "}") {
      if (depth === 0) {
        if (image === "}" && linkages > 0 && from === at) linkages--;
        else report(new Unreadable(`'${image}' closes nothing`, placeOf(tokens[at])));
        from = at + 1;
        continue;
      }
      depth--;
      if (depth === 0 && image === "}" && bodyOf !== undefined) {
        found.push({ tokens: [], functionName: bodyOf, place: placeOf(tokens[from]) });
        bodyOf = undefined;
        from = at + 1;
      }
    } else if (image === ";" && depth === 0) {
      if (at > from)
        found.push({ tokens: tokens.slice(from, at + 1), functionName: undefined, place: placeOf(tokens[from]) });
      from = at + 1;
    }
  }
  if (from < tokens.length)
    report(new Unreadable("the file ends in the middle of the declaration that begins here", placeOf(tokens[from])));
  return found;
}

/** The name of the function whose body follows; undefined where what follows is no body. */
function functionName(head: readonly IToken[]): string | undefined {
  const open = head.findIndex((token) => token.image === "(");
  const last = head.at(-1)?.image ?? "";
  // Attributes have parentheses, too: `struct __attribute__((packed)) x {`.
  const isAggregate = head.some((token) => /^(?:struct|union|enum)$/.test(token.image)) && last !== ")";
  if (open < 1 || isAggregate || last === "=") return undefined;
  const before = head[open - 1]?.image ?? "";
  if (/^(?:__attribute__|__attribute|_Alignas|__declspec)$/.test(before)) {
    const first = head[0]?.image ?? "";
    if (/^(?:struct|union|enum|typedef)$/.test(first)) return undefined;
    return functionNameBehindAttributes(head);
  }
  if (last !== ")" && !/^\w+$/.test(last)) return undefined;
  return /^\w+$/.test(before) ? before : undefined;
}

function functionNameBehindAttributes(head: readonly IToken[]): string | undefined {
  for (let at = head.length - 1; at > 0; at--) {
    const name = head[at - 1]?.image ?? "";
    if (head[at]?.image === "(" && /^[a-z]\w*$/i.test(name) && !/^_+[a-z]+_*$/.test(name)) return name;
  }
  return undefined;
}
