import type { CstNode } from "chevrotain";
import type * as Ast from "../ast.ts";
import { elementOf, type DescribedElement } from "./attributes.ts";
import {
  has,
  keywordOf,
  node,
  nodes,
  optionalWord,
  placeOfNode,
  placeOfToken,
  token,
  tokens,
  word,
  type Source,
} from "./cst.ts";
import { expression } from "./expressions.ts";

/** The word that a block begins with. */
export function firstPlace(source: Source, cst: CstNode): ReturnType<typeof placeOfToken> {
  const at = cst.location;
  const place = placeOfNode(source, cst);
  const keyword = Object.values(cst.children)
    .flat()
    .find((one) => "image" in one && one.startOffset === at?.startOffset);
  return keyword !== undefined && "image" in keyword ? placeOfToken(source, keyword) : place;
}

export function where(source: Source, cst: CstNode): Ast.Where {
  const [name, ...parameters] = tokens(cst, "Name").map((one) => word(source, one));
  if (name === undefined) throw new Error("a 'where' without a name");
  return { name, parameters, value: expression(source, node(cst, "expression")), at: name.at };
}

export function constantGroup(source: Source, cst: CstNode, element: DescribedElement): Ast.ConstantGroup {
  const name = optionalWord(source, cst, "Name");
  const lines = nodes(cst, "groupItem");
  return {
    kind: keywordOf(cst, ["enum", "flags", "bits", "shared_memory"]) ?? "enum",
    name,
    constants: lines
      .filter((line) => !has(line, "Keyword_flags"))
      .flatMap((line) => nodes(line, "constantLine").map((one) => constant(source, one))),
    flags: lines
      .filter((line) => has(line, "Keyword_flags"))
      .flatMap((line) => nodes(line, "constantLine").map((one) => constant(source, one))),
    where: lines.flatMap((line) => nodes(line, "where").map((one) => where(source, one))),
    at: name?.at ?? firstPlace(source, cst),
    ...element,
  };
}

export function constant(source: Source, cst: CstNode, element?: DescribedElement): Ast.Constant {
  const name = word(source, token(cst, "Name"));
  const own = elementOf(source, cst);
  return {
    kind: "constant",
    name,
    value: expression(source, node(cst, "expression")),
    at: name.at,
    // `const NAME = 1;` is one element in two rules that end together.
    doc: element?.doc ?? own.doc,
    attributes: [...(element?.attributes ?? []), ...own.attributes],
  };
}
