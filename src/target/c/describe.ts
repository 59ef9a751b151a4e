import type { Dimension, Expression, PathPart, Tag } from "../../ir/model.ts";
import { strength } from "../../ir/print-expression.ts";
import type { Catalogue } from "./catalogue.ts";

const words: Readonly<Record<string, string>> = { "|": "or", "&": "and", "->": "requires" };

/** An expression in words, for comments: `VIRTIO_NET_F_MQ or VIRTIO_NET_F_RSS`. */
export function describe(expression: Expression, catalogue: Catalogue): string {
  const inner = (part: Expression, least = 8): string => {
    const text = describe(part, catalogue);
    return strength[part.op] >= least ? text : `(${text})`;
  };
  switch (expression.op) {
    case "number":
      return expression.text;
    case "feature":
      return catalogue.featureName(expression.module, expression.name);
    case "constant":
      return catalogue.constantName(expression.module, expression.group, expression.name) ?? expression.cName;
    case "member":
      return `${expression.scope === "config" ? "config." : ""}${path(expression.path, catalogue)}`;
    case "variable":
      return expression.name;
    case "not":
      return `not ${inner(expression.operand)}`;
    case "negate":
      return `-${inner(expression.operand)}`;
    case "complement":
      return `~${inner(expression.operand)}`;
    case "bit":
      return `bit ${inner(expression.operand)}`;
    case "length":
      return `length(${inner(expression.operand, 0)})`;
    case "choice":
      return `${inner(expression.condition, 1)} ? ${inner(expression.then, 1)} : ${inner(expression.otherwise, 0)}`;
    default: {
      const own = strength[expression.op];
      return `${inner(expression.left, own)} ${words[expression.op] ?? expression.op} ${inner(expression.right, own + 1)}`;
    }
  }
}

/** `[6]`, `[indirection_table_mask + 1]`, `[]`, as the standard writes it. */
export function describeDimension(dimension: Dimension, catalogue: Catalogue): string {
  if (dimension.kind === "rest") return "[]";
  return `[${dimension.kind === "fixed" ? dimension.length : describe(dimension.length, catalogue)}]`;
}

/** The values that choose an alternative. */
export function describeTags(tags: readonly Tag[], catalogue: Catalogue): readonly string[] {
  return tags.map((tag) =>
    tag.kind === "default"
      ? "otherwise"
      : tag.kind === "range"
        ? `${describe(tag.from, catalogue)} to ${describe(tag.to, catalogue)}`
        : describe(tag.value, catalogue),
  );
}

/** Lines for an alternative in a listing: each value on its own, then what it stands for. */
export function alternative(tags: readonly string[], lines: readonly string[]): readonly string[] {
  const last = tags.length - 1;
  return [
    ...tags.map((tag, index) => `\t${tag}${index < last ? "," : lines.length === 0 ? ": nothing" : ":"}`),
    ...lines.map((line) => `\t\t${line}`),
  ];
}

function path(parts: readonly PathPart[], catalogue: Catalogue): string {
  return parts
    .map((part) => `${part.name}${part.index === undefined ? "" : `[${describe(part.index, catalogue)}]`}`)
    .join(".");
}
