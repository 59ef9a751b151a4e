import type { CstNode } from "chevrotain";
import type * as Ast from "../ast.ts";
import { attributes, elementOf, type DescribedElement } from "./attributes.ts";
import {
  docAbove,
  docOf,
  has,
  node,
  nodes,
  onlyChild,
  optionalNode,
  optionalToken,
  optionalWord,
  placeOfNode,
  placeOfToken,
  token,
  tokens,
  word,
  type Source,
} from "./cst.ts";
import { operation, expression, optionalExpression, path, range } from "./expressions.ts";

export function members(source: Source, cst: CstNode): Ast.Member[] {
  return nodes(cst, "member").map((one) => member(source, one));
}

/** `cst` is the rule 'member', which may hold `legacy` before the member itself. */
export function member(source: Source, cst: CstNode): Ast.Member {
  const inner = onlyChild(cst);
  const element = elementOf(source, inner, cst);
  switch (inner.name) {
    case "scalarMember":
      return scalarMember(source, inner, element);
    case "structMember":
      return structMember(source, inner, element);
    case "variant":
      return variant(source, inner, element);
    case "present":
      return {
        kind: "present",
        condition: expression(source, node(inner, "expression")),
        members: members(source, node(inner, "members")),
        at: placeOfToken(source, token(inner, "Keyword_present")),
        ...element,
      };
    case "window":
      return {
        kind: "window",
        name: optionalWord(source, inner, "own"),
        by: tokens(inner, "Name").map((name) => word(source, name)),
        arms: nodes(inner, "arm").map((one) => arm(source, one)),
        at: placeOfToken(source, token(inner, "Keyword_window")),
        ...element,
      };
    case "ifBlock":
      return {
        kind: "if block",
        members: members(source, node(inner, "members")),
        at: placeOfToken(source, token(inner, "Keyword_if")),
        ...element,
      };
    case "opaqueMember": {
      const name = word(source, token(inner, "Name"));
      const type: Ast.Type = { kind: "opaque", at: placeOfToken(source, token(inner, "Keyword_opaque")) };
      return field(source, inner, element, type, name);
    }
    case "pick": {
      const [first, last] = nodes(inner, "path");
      if (first === undefined) throw new Error("a pick without a path");
      return {
        kind: "pick",
        path: path(source, first),
        to: last === undefined ? undefined : path(source, last),
        as: optionalWord(source, inner, "Name"),
        at: placeOfNode(source, first),
        ...element,
      };
    }
    default: {
      const type: Ast.Type = {
        kind: "external",
        name: word(source, token(inner, "Name")),
        at: placeOfToken(source, token(inner, "Name")),
      };
      return field(source, inner, element, type, word(source, token(inner, "Name", 1)));
    }
  }
}

function scalarMember(source: Source, cst: CstNode, element: DescribedElement): Ast.Member {
  const scalar = token(cst, "Scalar");
  const type: Ast.Type = { kind: "scalar", name: scalar.image, at: placeOfToken(source, scalar) };
  const name = optionalWord(source, cst, "Name");
  const bits = optionalNode(cst, "bitItems");
  if (bits === undefined) return field(source, cst, element, type, name);
  return {
    kind: "bits",
    type,
    name,
    dimensions: dimensions(source, cst),
    bits: bitItems(source, bits),
    at: name?.at ?? type.at,
    ...element,
  };
}

function structMember(source: Source, cst: CstNode, element: DescribedElement): Ast.Member {
  const inline = optionalNode(cst, "members");
  const name = optionalWord(source, cst, "Name");
  const keyword = token(cst, "Keyword_struct");
  const tagPath = optionalNode(cst, "path");
  const tag = tagPath === undefined ? [] : path(source, tagPath);
  if (inline === undefined) {
    const type: Ast.Type = {
      kind: "struct",
      path: tag,
      at: tagPath === undefined ? placeOfToken(source, keyword) : placeOfNode(source, tagPath),
    };
    return field(source, cst, element, type, name);
  }
  return {
    kind: "group",
    tag: tag[0],
    name,
    dimensions: dimensions(source, cst),
    members: members(source, inline),
    at: name?.at ?? tag[0]?.at ?? placeOfToken(source, keyword),
    ...element,
  };
}

function field(
  source: Source,
  cst: CstNode,
  element: DescribedElement,
  type: Ast.Type,
  name: Ast.Word | undefined,
): Ast.Field {
  const tail = node(cst, "fieldTail");
  const each = optionalNode(tail, "members");
  const expressions = nodes(tail, "expression").map((one) => expression(source, one));
  const until = has(tail, "Keyword_until") ? expressions.pop() : undefined;
  return {
    kind: "field",
    type,
    name,
    dimensions: dimensions(source, cst),
    enum: optionalWord(source, tail, "Name"),
    value: expressions[0],
    each: each === undefined ? undefined : { members: members(source, each), until },
    at: name?.at ?? type.at,
    ...element,
  };
}

function dimensions(source: Source, cst: CstNode): Ast.Dimension[] {
  return nodes(cst, "dimension").map((one) => ({
    length: optionalExpression(source, one),
    at: placeOfNode(source, one),
  }));
}

function bitItems(source: Source, cst: CstNode): Ast.BitItem[] {
  return nodes(cst, "bitItem").map((item): Ast.BitItem => {
    const element = elementOf(source, item);
    const inner = optionalNode(item, "bitItems");
    if (inner !== undefined) {
      return {
        kind: "bit union",
        bits: bitItems(source, inner),
        at: placeOfToken(source, token(item, "Keyword_union")),
        ...element,
      };
    }
    const name = word(source, token(item, "Name"));
    const values = tokens(item, "Name")[1];
    return {
      kind: "bit group",
      name,
      width: operation(source, node(item, "operation")),
      enum: values === undefined ? undefined : word(source, values),
      value: optionalExpression(source, item),
      at: name.at,
      ...element,
    };
  });
}

function variant(source: Source, cst: CstNode, element: DescribedElement): Ast.Variant {
  const by = optionalNode(cst, "expression");
  const keyword = optionalToken(cst, "Keyword_union") ?? token(cst, "Keyword_switch");
  const values = optionalNode(cst, "enumName");
  // Arms with tags and plain members of a union come from two rules; their places give the order back.
  const arms = [
    ...nodes(cst, "arm").map((one) => ({ offset: one.location?.startOffset ?? 0, arm: arm(source, one) })),
    ...nodes(cst, "member").map((one) => ({ offset: one.location?.startOffset ?? 0, arm: untagged(source, one) })),
  ];
  return {
    kind: keyword.image === "switch" ? "switch" : "union",
    by: by === undefined ? undefined : expression(source, by),
    enum: values === undefined ? undefined : optionalWord(source, values, "Name"),
    name: optionalWord(source, cst, "Name"),
    arms: arms.toSorted((a, b) => a.offset - b.offset).map((one) => one.arm),
    at: placeOfToken(source, keyword),
    ...element,
  };
}

/** A member of a plain union. */
export function untagged(source: Source, cst: CstNode): Ast.Arm {
  const only = member(source, cst);
  return { tags: [], members: [only], at: only.at, doc: "", attributes: [] };
}

function arm(source: Source, cst: CstNode): Ast.Arm {
  const head = node(cst, "armHead");
  const inner = optionalNode(cst, "members");
  const single = optionalNode(cst, "member");
  return {
    tags: armTags(source, head),
    members: inner === undefined ? (single === undefined ? [] : [member(source, single)]) : members(source, inner),
    at: placeOfNode(source, node(head, "tag")),
    doc: inner === undefined ? docAbove(source, cst) : docOf(source, cst),
    attributes: attributes(source, head),
  };
}

export function armTags(source: Source, head: CstNode): Ast.Tag[] {
  return nodes(head, "tag").map((one): Ast.Tag => {
    const at = placeOfNode(source, one);
    if (has(one, "Keyword_default")) return { op: "default", at };
    if (has(one, "DotDot")) return { op: "range", range: range(source, one), at };
    return operation(source, node(one, "operation"));
  });
}
