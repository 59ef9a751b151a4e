import type { CstNode } from "chevrotain";
import type { Attribute, Erratum } from "../ast.ts";
import {
  docOf,
  has,
  keywordOf,
  node,
  nodes,
  onlyChild,
  optionalNode,
  optionalWord,
  placeOfNode,
  placeOfToken,
  textOf,
  token,
  tokens,
  word,
  type Source,
} from "./cst.ts";
import { operation, range } from "./expressions.ts";

/** The attributes of an element, in the order written; `legacy` before it comes first. */
export function attributes(source: Source, cst: CstNode, wrapper?: CstNode): Attribute[] {
  const found: Attribute[] = [];
  for (const outer of [wrapper, cst]) {
    const legacy = outer === undefined ? undefined : tokens(outer, "Keyword_legacy")[0];
    if (legacy !== undefined) found.push({ kind: "legacy", at: placeOfToken(source, legacy) });
  }
  for (const tail of [cst, optionalNode(cst, "fieldTail")]) {
    if (tail !== undefined) for (const one of nodes(tail, "attribute")) found.push(attribute(source, onlyChild(one)));
  }
  return found;
}

/** What every element has besides its place. */
export interface DescribedElement {
  readonly doc: string;
  readonly attributes: readonly Attribute[];
}

/** Documentation and attributes together, as every element has them. `wrapper` is a rule around it that may hold `legacy`. */
export function elementOf(source: Source, cst: CstNode, wrapper?: CstNode): DescribedElement {
  return { doc: docOf(source, wrapper ?? cst) || docOf(source, cst), attributes: attributes(source, cst, wrapper) };
}

function attribute(source: Source, cst: CstNode): Attribute {
  const at = placeOfNode(source, cst);
  switch (cst.name) {
    case "availability": {
      const kind = keywordOf(cst, ["was", "since", "until"]) ?? "since";
      if (has(cst, "Keyword_revision"))
        return { kind: "transport_revision", revision: revisionOf(node(cst, "revision")), at };
      const revision = revisionOf(node(cst, "revision"));
      return kind === "was"
        ? { kind, name: word(source, token(cst, "Name")), until: revision, at }
        : { kind, revision, at };
    }
    case "naming": {
      const kind = keywordOf(cst, ["alias", "also", "c_name", "c_prefix"]) ?? "alias";
      const name = word(source, token(cst, "Name"));
      if (kind === "c_name" || kind === "c_prefix") return { kind, name, at };
      const as = tokens(cst, "Name")[2];
      return {
        kind,
        house: name,
        name: word(source, token(cst, "Name", 1)),
        as: as === undefined ? undefined : word(source, as),
        at,
      };
    }
    case "condition": {
      const kind = keywordOf(cst, ["if", "unless", "requires", "in"]) ?? "if";
      if (kind === "in") return { kind, range: range(source, node(cst, "range")), at };
      return { kind, value: operation(source, node(cst, "operation")), at };
    }
    case "access":
      return access(source, cst);
    case "shape":
      return shape(source, cst);
    default:
      return reference(source, cst);
  }
}

function revisionOf(cst: CstNode): string {
  return (tokens(cst, "Version")[0] ?? token(cst, "Integer")).image;
}

function access(source: Source, cst: CstNode): Attribute {
  const at = placeOfNode(source, cst);
  const kind =
    keywordOf(cst, ["writable", "write_clears", "kept", "reset", "bank", "refuse", "limit", "bitmap"]) ?? "writable";
  switch (kind) {
    case "writable": {
      const before = optionalWord(source, cst, "Name");
      return {
        kind,
        when: before !== undefined ? "before" : has(cst, "Keyword_any_time") ? "any_time" : "always",
        before,
        at,
      };
    }
    case "write_clears":
    case "bank":
      return { kind, name: word(source, token(cst, "Name")), at };
    case "refuse":
      return { kind, path: tokens(cst, "Name").map((name) => word(source, name)), at };
    case "reset":
      return { kind, value: operation(source, node(cst, "operation")), at };
    default:
      return { kind, at };
  }
}

function shape(source: Source, cst: CstNode): Attribute {
  const at = placeOfNode(source, cst);
  const kind = keywordOf(cst, [
    "pad",
    "packed",
    "natural",
    "compact",
    "order",
    "size",
    "aligned",
    "overridable",
    "any_length",
    "numbered",
  ]);
  switch (kind) {
    case "pad": {
      const [, unless] = nodes(cst, "operation");
      return {
        kind,
        to: operation(source, node(cst, "operation")),
        unless: unless === undefined ? undefined : operation(source, unless),
        at,
      };
    }
    case "packed":
    case "natural":
    case "compact":
      return { kind, house: word(source, token(cst, "Name")), at };
    case "order":
      return { kind, house: word(source, token(cst, "Name")), order: word(source, token(cst, "Name", 1)), at };
    case "size":
    case "aligned":
      return { kind, value: operation(source, node(cst, "operation")), at };
    case "overridable":
    case "any_length":
    case "numbered":
      return { kind, at };
    default:
      return { kind: "by_address", at };
  }
}

function reference(source: Source, cst: CstNode): Attribute {
  const at = placeOfNode(source, cst);
  const inner = optionalNode(cst, "erratum");
  if (inner !== undefined) return { kind: "erratum", erratum: erratum(source, inner), at };
  const kind = keywordOf(cst, ["label", "unit", "from", "refers", "given"]) ?? "label";
  switch (kind) {
    case "refers":
    case "given":
      return { kind, names: tokens(cst, "Name").map((name) => word(source, name)), at };
    default:
      return { kind, text: textOf(token(cst, "Text")), at };
  }
}

export function erratum(source: Source, cst: CstNode): Erratum {
  const written = nodes(cst, "erratumLine").map((line) => ({
    name: token(line, "Name"),
    text: textOf(token(line, "Text")),
  }));
  const lines = new Map(written.map((line) => [line.name.image, line.text]));
  return {
    id: textOf(token(cst, "Text")),
    text: lines.get("text") ?? "",
    meant: lines.get("meant") ?? "",
    because: lines.get("because") ?? "",
    places: written.filter((line) => line.name.image === "at").map((line) => line.text),
    unknown: written
      .filter((line) => !["text", "meant", "because", "at"].includes(line.name.image))
      .map((line) => word(source, line.name)),
    at: placeOfToken(source, token(cst, "Text")),
  };
}
