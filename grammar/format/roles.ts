import type { CstElement, CstNode } from "chevrotain";
import { attribute, mark } from "./marks.ts";
import { shapeOf } from "./shapes.ts";

/**
 * What the grammar knows about tokens and the printer needs. Both arrays are indexed by a token's offset in the text:
 * a token has no number of its own, and a map of a long file's tokens costs more than its layout.
 */
export interface Roles {
  /** The shape of the statement that begins here, 0 where none begins. */
  readonly shape: Uint8Array;
  /** Which of the marks of `marks.ts` the token has. */
  readonly marks: Uint8Array;
}

/** Walks a tree without errors and notes what its tokens are. */
export function findRoles(tree: CstNode, textLength: number): Roles {
  const roles = { shape: new Uint8Array(textLength), marks: new Uint8Array(textLength) };
  walk(tree, undefined, roles);
  return roles;
}

/** @returns the offset of the first token below a node, which the tree itself does not say */
function walk(node: CstNode, parent: CstNode | undefined, roles: Roles): number {
  const { children } = node;
  let first = Number.MAX_SAFE_INTEGER;
  for (const name in children) {
    const below = children[name] ?? [];
    // Of tokens of one kind the first is enough.
    const count = isRule(name) ? below.length : 1;
    for (let index = 0; index < count; index++) {
      const child = below[index];
      if (child === undefined) continue;
      const at = isNode(child) ? walk(child, node, roles) : child.startOffset;
      if (at < first) first = at;
    }
  }
  // The innermost rule knows best what the statement is.
  if (roles.shape[first] === 0) roles.shape[first] = shapeOf(node, parent);
  if (node.name === "attribute") roles.marks[first] = (roles.marks[first] ?? 0) | attribute;
  mark(node, parent, roles.marks);
  return first;
}

/** Rules are named in lower case, tokens begin with a capital. */
function isRule(name: string): boolean {
  return name.charCodeAt(0) >= 0x61;
}

function isNode(element: CstElement): element is CstNode {
  return "children" in element;
}
