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
  ["heldBy", (node, add) => add(token(node, "Keyword_by"), attribute)],
  ["where", markCall],
  ["operand", markOperand],
  ["operation", markOperation],
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
  for (const expression of nodes(node, "expression")) {
    for (const operation of nodes(expression, "operation")) tighten(operation, ["Star"], add);
  }
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

function markOperand(node: CstNode, add: Add): void {
  for (const sign of [...tokens(node, "Minus"), ...tokens(node, "Tilde")]) add(sign, tightAfter);
  markCall(node, add);
}

const sums = ["Plus", "Minus", "ShiftLeft", "ShiftRight"];

/** `2*i + 1`, but `max_sectors * 512 <= limit`. */
function markOperation(node: CstNode, add: Add): void {
  if (!token(node, "Star") || !sums.some((name) => token(node, name))) return;
  const operators = Object.keys(node.children).flatMap((name) => (name === "operand" ? [] : tokens(node, name)));
  let inSum = false;
  let stars: IToken[] = [];
  for (const operator of operators.toSorted((a, b) => a.startOffset - b.startOffset)) {
    const { name } = operator.tokenType;
    if (name === "Star") stars.push(operator);
    else if (sums.includes(name)) inSum = true;
    else if (name !== "Slash" && name !== "Percent") settle();
  }
  settle();

  function settle(): void {
    if (inSum) for (const star of stars) add(star, tightBefore | tightAfter);
    inSum = false;
    stars = [];
  }
}

function markRange(node: CstNode, add: Add): void {
  if (!token(node, "DotDot")) return;
  for (const operation of nodes(node, "operation")) tighten(operation, [...sums, "Star"], add);
}

function tighten(operation: CstNode, operators: readonly string[], add: Add): void {
  for (const name of operators) {
    for (const operator of tokens(operation, name)) add(operator, tightBefore | tightAfter);
  }
}
