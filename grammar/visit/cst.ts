import type { CstElement, CstNode, IToken } from "chevrotain";
import type { Place } from "../../src/diagnostic/diagnostic.ts";
import type { Word } from "../ast.ts";
import type { Docs } from "./docs.ts";

/** What every visiting function needs to know of the file. */
export interface Source {
  readonly path: string;
  readonly docs: Docs;
}

function isNode(element: CstElement): element is CstNode {
  return "children" in element;
}

const nothing: never[] = [];

/** The sub-trees of a rule by name, in their order. Rules and tokens never share a name, so these are nodes only. */
export function nodes(cst: CstNode, rule: string): readonly CstNode[] {
  return (cst.children[rule] as CstNode[] | undefined) ?? nothing;
}

export function optionalNode(cst: CstNode, rule: string): CstNode | undefined {
  return nodes(cst, rule)[0];
}

/** The sub-tree that the grammar guarantees in a tree without syntax errors. */
export function node(cst: CstNode, rule: string, index = 0): CstNode {
  const found = nodes(cst, rule)[index];
  if (found === undefined) throw new Error(`the rule '${cst.name}' has no '${rule}' here`);
  return found;
}

export function tokens(cst: CstNode, name: string): readonly IToken[] {
  return (cst.children[name] as IToken[] | undefined) ?? nothing;
}

export function optionalToken(cst: CstNode, name: string): IToken | undefined {
  return tokens(cst, name)[0];
}

export function token(cst: CstNode, name: string, index = 0): IToken {
  const found = tokens(cst, name)[index];
  if (found === undefined) throw new Error(`the rule '${cst.name}' has no ${name} here`);
  return found;
}

/** Whether the keyword stands in the rule itself. */
export function has(cst: CstNode, name: string): boolean {
  return cst.children[name] !== undefined;
}

/** The first of the keywords that stands in the rule itself, as its word. */
export function keywordOf<K extends string>(cst: CstNode, words: readonly K[]): K | undefined {
  return words.find((word) => has(cst, `Keyword_${word}`));
}

/** The one sub-tree of a rule that only chooses among others. */
export function onlyChild(cst: CstNode): CstNode {
  for (const elements of Object.values(cst.children)) {
    const found = elements.find(isNode);
    if (found !== undefined) return found;
  }
  throw new Error(`the rule '${cst.name}' has no sub-tree here`);
}

export function placeOfToken(source: Source, at: IToken): Place {
  return { file: source.path, line: at.startLine ?? 1, column: at.startColumn ?? 1, length: at.image.length };
}

/** A node's place is its first line only, so that a frame stays one line. */
export function placeOfNode(source: Source, cst: CstNode): Place {
  const at = cst.location;
  if (at === undefined) return { file: source.path, line: 1, column: 1, length: 1 };
  const oneLine = at.endLine === at.startLine;
  const length = oneLine ? (at.endColumn ?? 1) - (at.startColumn ?? 1) + 1 : 1;
  return { file: source.path, line: at.startLine ?? 1, column: at.startColumn ?? 1, length };
}

export function word(source: Source, at: IToken): Word {
  return { text: at.image, at: placeOfToken(source, at) };
}

export function optionalWord(source: Source, cst: CstNode, name: string): Word | undefined {
  const found = optionalToken(cst, name);
  return found === undefined ? undefined : word(source, found);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t" };

/** The text between the quotes. */
export function textOf(at: IToken): string {
  return at.image.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

/** The doc comments above a node only: what stands behind it belongs to its last part. */
export function docAbove(source: Source, cst: CstNode): string {
  return cst.location === undefined ? "" : source.docs.before(cst.location.startOffset);
}

/** The doc comments before a node and behind its last token or its opening brace. */
export function docOf(source: Source, cst: CstNode): string {
  const at = cst.location;
  if (at === undefined) return "";
  const brace = optionalToken(cst, "LBrace") ?? optionalToken(optionalNode(cst, "members") ?? cst, "LBrace");
  const parts = [
    source.docs.before(at.startOffset),
    source.docs.behind(brace?.endOffset),
    source.docs.behind(at.endOffset),
  ];
  return parts.filter((part) => part !== "").join("\n");
}
