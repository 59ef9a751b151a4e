import type { CstNode } from "chevrotain";

/** Lines of one shape that follow each other have the same columns; those that are plain have none. */
export const plain = 1;
const feature = 2;
const constant = 3;
const queue = 4;
const external = 5;
const register = 6;
const bitGroup = 7;
const member = 8;
const arm = 9;
const constItem = 10;
const typedef = 11;
/** Added to the shape of a line that begins with `legacy`. */
const legacy = 64;

/** Whether a line has the shape `TAG : …` of a switch. */
export function isArm(shape: number): boolean {
  return shape === arm;
}

/** The shape of the same line without the word `legacy`. */
export function withoutLegacy(shape: number): number {
  return shape >= legacy ? shape - legacy : shape;
}

type ShapeOf = (node: CstNode, parent: CstNode | undefined) => number;

/** For each rule that is a statement, what shape its node has; 0 where it is a part of another statement. */
const shapes: ReadonlyMap<string, ShapeOf> = new Map<string, ShapeOf>([
  ["header", () => plain],
  ["item", shapeOfItem],
  ["feature", () => feature],
  ["featureRange", () => feature],
  ["queue", () => queue],
  ["where", () => plain],
  ["groupItem", () => plain],
  ["constantLine", (_, parent) => (parent?.name === "constant" ? 0 : constant)],
  ["member", (node, parent) => (parent?.name === "arm" ? 0 : shapeOfMember(node))],
  ["bitItem", ({ children }) => (children["Colon"] ? bitGroup : plain)],
  ["arm", () => arm],
  ["partItem", (_, parent) => (parent?.name === "partArm" && !parent.children["LBrace"] ? 0 : plain)],
  ["partArm", () => arm],
  ["section", () => plain],
  ["register", () => register],
  ["houseItem", () => plain],
  ["houseElement", shapeOfItem],
  ["erratumLine", () => plain],
]);

/** The shape of the statement that a node is, 0 if it is none. */
export function shapeOf(node: CstNode, parent: CstNode | undefined): number {
  const shape = shapes.get(node.name)?.(node, parent) ?? 0;
  return shape > plain && node.children["Keyword_legacy"] ? shape + legacy : shape;
}

function shapeOfItem({ children }: CstNode): number {
  if (children["constant"]) return constItem;
  if (children["typedef"]) return typedef;
  return children["external"] ? external : plain;
}

function shapeOfMember({ children }: CstNode): number {
  const named =
    children["scalarMember"] ?? children["structMember"] ?? children["opaqueMember"] ?? children["externalMember"];
  return named ? member : plain;
}
