import type { CstNode } from "chevrotain";
import type * as Ast from "../ast.ts";
import { elementOf, type DescribedElement } from "./attributes.ts";
import {
  has,
  node,
  nodes,
  onlyChild,
  optionalToken,
  placeOfNode,
  placeOfToken,
  textOf,
  token,
  tokens,
  word,
  type Source,
} from "./cst.ts";
import { path } from "./expressions.ts";
import { constant, constantGroup } from "./constants.ts";
import { members, untagged } from "./members.ts";

export function house(source: Source, cst: CstNode, element: DescribedElement): Ast.House {
  const items = nodes(cst, "houseItem");
  const header = items.find((one) => has(one, "Keyword_header"));
  const noLegacy = items.find((one) => has(one, "Keyword_no_legacy"));
  const views: Ast.View[] = [];
  const typedefs: Ast.Typedef[] = [];
  const groups: (Ast.ConstantGroup | Ast.Constant)[] = [];
  for (const wrapper of items.flatMap((one) => nodes(one, "houseElement"))) {
    const inner = onlyChild(wrapper);
    const own = elementOf(source, inner, wrapper);
    switch (inner.name) {
      case "view": {
        const name = word(source, token(inner, "Name"));
        views.push({
          kind: "view",
          name,
          of: path(source, node(inner, "path")),
          ...viewBody(source, inner),
          at: name.at,
          ...own,
        });
        break;
      }
      case "typedef": {
        const name = word(source, token(inner, "Name"));
        typedefs.push({ kind: "typedef", type: typedefType(source, inner), name, at: name.at, ...own });
        break;
      }
      case "constantGroup":
        groups.push(constantGroup(source, inner, own));
        break;
      default:
        groups.push(constant(source, node(inner, "constantLine"), own));
    }
  }
  const name = word(source, token(cst, "Name"));
  const texts = header === undefined ? [] : tokens(header, "Text").map((text) => textOf(text));
  return {
    kind: "house",
    name,
    header: texts[0],
    includes: texts.slice(1),
    noLegacy: noLegacy === undefined ? undefined : word(source, token(noLegacy, "Name")),
    views,
    typedefs,
    groups,
    omitted: items
      .filter((one) => has(one, "Keyword_omit"))
      .flatMap((one) => nodes(one, "path").map((inner) => path(source, inner))),
    at: name.at,
    ...element,
  };
}

function viewBody(source: Source, cst: CstNode): Pick<Ast.View, "union" | "members"> {
  const keyword = optionalToken(cst, "Keyword_union");
  if (keyword === undefined) return { union: false, members: members(source, node(cst, "members")) };
  const arms = nodes(node(cst, "members"), "member").map((one) => untagged(source, one));
  const at = placeOfToken(source, keyword);
  const union: Ast.Member = {
    kind: "union",
    by: undefined,
    enum: undefined,
    name: undefined,
    arms,
    at,
    doc: "",
    attributes: [],
  };
  return { union: true, members: [union] };
}

function typedefType(source: Source, cst: CstNode): Ast.Type {
  const scalar = optionalToken(cst, "Scalar");
  if (scalar !== undefined) return { kind: "scalar", name: scalar.image, at: placeOfToken(source, scalar) };
  return { kind: "struct", path: path(source, node(cst, "path")), at: placeOfNode(source, node(cst, "path")) };
}
