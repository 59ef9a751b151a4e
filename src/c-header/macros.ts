import type { IToken } from "chevrotain";
import { isWord, madeToken, moved, placeOf, Text, tokensOf, type TokenPlace } from "./tokens.ts";
import { Unreadable } from "./unreadable.ts";

/** A macro as it is defined last. */
export interface Macro {
  readonly name: string;
  /** Absent where it has none; `...` is `__VA_ARGS__`. */
  readonly parameters?: readonly string[];
  readonly body: readonly IToken[];
  readonly place: TokenPlace;
}

/** Tokens that one use of a macro may stand for: headers need some hundreds. */
const mostTokens = 10_000;

/** And all uses in a header together. */
const mostTokensTogether = 1_000_000;

/** Macros that stand for macros: headers nest some ten. */
const mostNested = 200;

/** Replaces macros by what they stand for. */
export class Macros {
  private readonly defined = new Map<string, Macro>();
  private made = 0;
  private madeTogether = 0;

  get all(): ReadonlyMap<string, Macro> {
    return this.defined;
  }

  define(macro: Macro): void {
    this.defined.set(macro.name, macro);
  }

  undefine(name: string): void {
    this.defined.delete(name);
  }

  has(name: string): boolean {
    return this.defined.has(name);
  }

  /** @throws Unreadable where it would never come to an end, or a call is not one. */
  expand(tokens: readonly IToken[]): readonly IToken[] {
    this.made = 0;
    return this.replace(tokens, new Set());
  }

  /** @param open macros that are being replaced: those are not replaced again, so `#define A A` stands for itself */
  private replace(tokens: readonly IToken[], open: ReadonlySet<string>): readonly IToken[] {
    const out: IToken[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (token === undefined) break;
      const macro = isWord(token) && !open.has(token.image) ? this.defined.get(token.image) : undefined;
      const called = macro?.parameters === undefined ? undefined : argumentsAt(tokens, at + 1);
      if (macro === undefined || (macro.parameters !== undefined && called === undefined)) {
        out.push(token);
        continue;
      }
      if (open.size >= mostNested)
        throw new Unreadable(`macros stand for each other more than ${mostNested} deep`, placeOf(token));
      const place = placeOf(token);
      const body = called === undefined ? macro.body : this.substitute(macro, called.values, open, place);
      this.count(body.length, place);
      const replaced = this.replace(
        body.map((one) => moved(one, place)),
        new Set([...open, macro.name]),
      );
      for (const one of replaced) out.push(one);
      if (called !== undefined) at = called.end;
    }
    return out;
  }

  private count(tokens: number, place: TokenPlace): void {
    this.made += tokens + 1;
    this.madeTogether += tokens + 1;
    if (this.madeTogether > mostTokensTogether)
      throw new Unreadable(`macros stand for more than ${mostTokensTogether} words in all`, place);
    if (this.made > mostTokens) throw new Unreadable(`macros stand for more than ${mostTokens} words here`, place);
  }

  private substitute(
    macro: Macro,
    values: readonly (readonly IToken[])[],
    open: ReadonlySet<string>,
    place: TokenPlace,
  ): readonly IToken[] {
    const parameters = macro.parameters ?? [];
    const given = new Map<string, readonly IToken[]>();
    for (const [index, name] of parameters.entries()) {
      if (name === "...") given.set("__VA_ARGS__", withCommas(values.slice(index)));
      else given.set(name, values[index] ?? []);
    }
    const out: IToken[] = [];
    const { body } = macro;
    for (let at = 0; at < body.length; at++) {
      const token = body[at];
      if (token === undefined) break;
      const next = body[at + 1];
      if (token.image === "#" && next !== undefined && given.has(next.image)) {
        const text = (given.get(next.image) ?? []).map((one) => one.image).join(" ");
        out.push(madeToken(Text, JSON.stringify(text), place));
        at++;
      } else if (token.image === "##" && next !== undefined) {
        const left = out.pop();
        const right = given.get(next.image) ?? [next];
        const pasted = `${left?.image ?? ""}${right[0]?.image ?? ""}`;
        for (const piece of [...tokensOf(pasted, place), ...right.slice(1)]) out.push(piece);
        at++;
      } else {
        const value = given.get(token.image);
        if (value === undefined) out.push(token);
        else {
          // What is pasted is taken as it stands.
          const one = next?.image === "##" ? value : this.replace(value, open);
          this.count(one.length, place);
          for (const piece of one) out.push(piece);
        }
      }
    }
    return out;
  }
}

/** The arguments of a call that begins at an index; undefined where none does. */
function argumentsAt(
  tokens: readonly IToken[],
  from: number,
): { readonly values: readonly (readonly IToken[])[]; readonly end: number } | undefined {
  if (tokens[from]?.image !== "(") return undefined;
  const values: IToken[][] = [[]];
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.image === ")" && --depth === 0) return { values, end: at };
    if (token.image === "," && depth === 1) values.push([]);
    else if (depth > 0) values.at(-1)?.push(token);
    if (token.image === "(") depth++;
  }
  return undefined;
}

function withCommas(values: readonly (readonly IToken[])[]): readonly IToken[] {
  return values.flatMap((value, index) => {
    const [first] = value;
    return index === 0 || first === undefined ? value : [...tokensOf(",", placeOf(first)), ...value];
  });
}
