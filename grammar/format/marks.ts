import type { CstNode, IToken } from "chevrotain";

/** No space before it: the colon of `requires:`, the parenthesis of a call, the operators of `0..N-1`. */
export const tightBefore = 1;
/** No space behind it: a sign. */
export const tightAfter = 2;
/** The first word of an attribute: a long line may be broken before it. */
export const attribute = 4;
/** A long line may be broken behind it. */
export const breakAfter = 8;
/** Begins a column that is aligned with the lines above and below. */
export const column = 16;
/** Begins the second and any further part of a request's arm: it stands under the first. */
export const part = 32;

type Add = (token: IToken | undefined, mark: number) => void;

type Mark = (node: CstNode, add: Add, parent: CstNode | undefined) => void;

/** For each rule whose tokens are marked, how. */
const marking: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ["queue", markQueue],
  ["feature", markValue],
  ["featureRange", markValue],
  ["constantLine", markValue],
  ["armHead", (node, add) => add(token(node, "Colon"), column)],
  ["bitItem", (node, add) => add(token(node, "Colon"), column)],
  ["register", markRegister],
  ["member", markMember],
  ["partArm", markParts],
  ["typedef", (node, add) => add(token(node, "Name"), column)],
  ["houseItem", (node, add) => add(token(node, "Keyword_includes"), attribute)],
  ["rule", (node, add) => add(token(node, "Colon"), tightBefore)],
  ["erratumLine", (node, add) => add(token(node, "Colon"), tightBefore)],
  ["normative", (node, add) => add(token(node, "Colon"), tightBefore | breakAfter)],
  ["where", markCall],
  ["primary", markCall],
  ["unary", (node, add) => add(token(node, "Minus") ?? token(node, "Tilde"), tightAfter)],
  ["additive", markSum],
  ["range", markRange],
  ["tag", markRange],
]);

/** Marks a node's own tokens. */
export function mark(node: CstNode, parent: CstNode | undefined, marks: Uint8Array): void {
  marking.get(node.name)?.(
    node,
    (token, mark) => {
      if (token) marks[token.startOffset] = (marks[token.startOffset] ?? 0) | mark;
    },
    parent,
  );
}

function tokens(node: CstNode, name: string): readonly IToken[] {
  return (node.children[name] ?? []) as readonly IToken[];
}

function token(node: CstNode | undefined, name: string): IToken | undefined {
  return node && tokens(node, name)[0];
}

function nodes(node: CstNode, name: string): readonly CstNode[] {
  return (node.children[name] ?? []) as readonly CstNode[];
}

function markValue(node: CstNode, add: Add): void {
  add(token(node, "Equal"), column);
}

function markQueue(node: CstNode, add: Add): void {
  markValue(node, add);
  add(token(node, "Keyword_for"), attribute);
  // Alike with and without a sum: `2*i` stands above `2*i + 1`.
  let level = nodes(node, "expression");
  for (const name of ["implication", "disjunction", "conjunction", "comparison", "additive"]) {
    level = level.flatMap((above) => nodes(above, name));
  }
  for (const sum of level) tightenProducts(sum, add);
}

function markRegister(node: CstNode, add: Add): void {
  for (const name of ["Keyword_read", "Keyword_write", "Keyword_rw", "Scalar", "Name"]) add(token(node, name), column);
}

function markMember(node: CstNode, add: Add, parent: CstNode | undefined): void {
  // In the arm of a switch the columns are those of the arm.
  if (parent?.name !== "arm") add(token(nodes(node, "scalarMember")[0], "Name"), column);
}

function markParts(node: CstNode, add: Add): void {
  if (node.children["LBrace"]) return;
  for (const item of nodes(node, "partItem").slice(1)) {
    for (const { children } of [...nodes(item, "part"), ...nodes(item, "partSwitch")]) {
      const [first] = children["DeviceReadable"] ?? children["DeviceWritable"] ?? children["Keyword_switch"] ?? [];
      add(first as IToken | undefined, part);
    }
  }
}

function markCall(node: CstNode, add: Add): void {
  // `opcode(…)` is tight, the parenthesis of `A & (B | C)` is not.
  if (token(node, "Name")) add(token(node, "LParen"), tightBefore);
}

function markSum(node: CstNode, add: Add): void {
  // `2*i + 1`, but `max_sectors * 512 <= limit`.
  if (nodes(node, "multiplicative").length > 1) tightenProducts(node, add);
}

function markRange(node: CstNode, add: Add): void {
  if (!token(node, "DotDot")) return;
  for (const sum of nodes(node, "additive")) {
    for (const name of ["Plus", "Minus", "ShiftLeft", "ShiftRight"]) {
      for (const operator of tokens(sum, name)) add(operator, tightBefore | tightAfter);
    }
    tightenProducts(sum, add);
  }
}

function tightenProducts(sum: CstNode, add: Add): void {
  for (const product of nodes(sum, "multiplicative")) {
    for (const star of tokens(product, "Star")) add(star, tightBefore | tightAfter);
  }
}
