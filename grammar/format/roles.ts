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

/** The parser keeps the places of nodes, so that tokens need not be walked through. */
function walk(node: CstNode, parent: CstNode | undefined, roles: Roles): void {
  const { children, location } = node;
  for (const name in children) {
    if (!isRule(name)) continue;
    for (const child of children[name] ?? []) if (isNode(child)) walk(child, node, roles);
  }
  const first = location?.startOffset ?? -1;
  // The innermost rule knows best what the statement is.
  if (roles.shape[first] === 0) roles.shape[first] = shapeOf(node, parent);
  if (node.name === "attribute") roles.marks[first] = (roles.marks[first] ?? 0) | attribute;
  mark(node, parent, roles.marks);
}

/** Rules are named in lower case, tokens begin with a capital. */
function isRule(name: string): boolean {
  return name.charCodeAt(0) >= 0x61;
}

function isNode(element: CstElement): element is CstNode {
  return "children" in element;
}
