import type * as Ast from "../../../grammar/ast.ts";

export type Kind = Ast.Attribute["kind"];
/** The members of the union whose kind can be `K`. */
export type AttributeOf<K extends Kind, A extends Ast.Attribute = Ast.Attribute> = A extends { readonly kind: infer Q }
  ? K extends Q
    ? A
    : never
  : never;

export function find<K extends Kind>(attributes: readonly Ast.Attribute[], kind: K): AttributeOf<K> | undefined {
  return attributes.find((attribute): attribute is AttributeOf<K> => attribute.kind === kind);
}

export function all<K extends Kind>(attributes: readonly Ast.Attribute[], kind: K): AttributeOf<K>[] {
  return attributes.filter((attribute): attribute is AttributeOf<K> => attribute.kind === kind);
}
