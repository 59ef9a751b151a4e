import type { CstNode, IToken } from "chevrotain";
import type { Place } from "../../src/diagnostic/diagnostic.ts";
import type { BinaryOperator, Expression, PathPart, Range, UnaryOperator, Word } from "../ast.ts";
import {
  has,
  node,
  nodes,
  optionalNode,
  optionalToken,
  placeOfNode,
  placeOfToken,
  token,
  tokens,
  word,
  type Source,
} from "./cst.ts";

export function expression(source: Source, cst: CstNode): Expression {
  const condition = operation(source, node(cst, "operation"));
  if (!has(cst, "Question")) return condition;
  return {
    op: "choice",
    condition,
    then: expression(source, node(cst, "expression", 0)),
    otherwise: expression(source, node(cst, "expression", 1)),
    at: placeOfNode(source, cst),
  };
}

/** How tightly each operator binds: as in C, where it has it. `->` groups nothing: it joins two conditions once. */
const strength: Readonly<Record<BinaryOperator, number>> = {
  "->": 1,
  "|": 2,
  "&": 3,
  "==": 4,
  "!=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "<<": 5,
  ">>": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "%": 7,
};

function isBinaryOperator(image: string): image is BinaryOperator {
  return image in strength;
}

/** Groups a flat row of operands by the strength of the operators between them, from the left. */
export function operation(source: Source, cst: CstNode): Expression {
  const operands = nodes(cst, "operand").map((part) => operand(source, part));
  const [first, ...rest] = operands;
  if (first === undefined) throw new Error("an operation without an operand");
  if (rest.length === 0) return first;
  const operators = Object.values(cst.children)
    .flat()
    .filter((element): element is IToken => "image" in element)
    .toSorted((a, b) => a.startOffset - b.startOffset);
  const values: Expression[] = [first];
  const waiting: BinaryOperator[] = [];
  const join = (): void => {
    const right = values.pop();
    const left = values.pop();
    const operator = waiting.pop();
    if (left === undefined || right === undefined || operator === undefined)
      throw new Error("an operator without its operands");
    values.push({ op: "binary", operator, left, right, at: spanning(left.at, right.at) });
  };
  for (const [index, value] of rest.entries()) {
    const operator = operators[index]?.image ?? "";
    if (!isBinaryOperator(operator)) throw new Error(`'${operator}' is no operator`);
    for (let last = waiting.at(-1); last !== undefined && strength[last] >= strength[operator]; last = waiting.at(-1))
      join();
    waiting.push(operator);
    values.push(value);
  }
  while (waiting.length > 0) join();
  const [result] = values;
  if (result === undefined) throw new Error("an operation without a result");
  return result;
}

/** From the beginning of one place to the end of another, on one line. */
function spanning(from: Place, to: Place): Place {
  return from.line === to.line ? { ...from, length: to.column + to.length - from.column } : from;
}

function operand(source: Source, cst: CstNode): Expression {
  const prefixes = ["Keyword_not", "Minus", "Tilde", "Keyword_bit"]
    .flatMap((name) => tokens(cst, name))
    .toSorted((a, b) => b.startOffset - a.startOffset);
  let value = primary(source, cst);
  for (const prefix of prefixes) {
    const operator: UnaryOperator =
      prefix.image === "not" || prefix.image === "bit" || prefix.image === "-" ? prefix.image : "~";
    value = { op: "unary", operator, operand: value, at: spanning(placeOfToken(source, prefix), value.at) };
  }
  return value;
}

function primary(source: Source, cst: CstNode): Expression {
  const number = optionalToken(cst, "Integer");
  if (number !== undefined)
    return { op: "number", value: BigInt(number.image), text: number.image, at: placeOfToken(source, number) };
  const path = optionalNode(cst, "indexedPath");
  if (path !== undefined)
    return {
      op: "name",
      path: nodes(path, "pathPart").map((part) => pathPart(source, part)),
      at: placeOfNode(source, path),
    };
  const callee = optionalToken(cst, "Name");
  const inner = nodes(cst, "expression").map((argument) => expression(source, argument));
  if (callee !== undefined)
    return { op: "call", callee: word(source, callee), arguments: inner, at: placeOfNode(source, cst) };
  const [only] = inner;
  if (only === undefined) throw new Error("an empty pair of parentheses");
  return only;
}

function pathPart(source: Source, cst: CstNode): PathPart {
  const name = token(cst, "Name");
  const index = optionalNode(cst, "expression");
  return {
    text: name.image,
    index: index === undefined ? undefined : expression(source, index),
    at: placeOfToken(source, name),
  };
}

/** `a.b.c` without indices. */
export function path(source: Source, cst: CstNode): readonly Word[] {
  return tokens(cst, "Name").map((part) => word(source, part));
}

export function range(source: Source, cst: CstNode): Range {
  return {
    from: operation(source, node(cst, "operation", 0)),
    to: operation(source, node(cst, "operation", 1)),
    at: placeOfNode(source, cst),
  };
}

export function optionalExpression(source: Source, cst: CstNode, index = 0): Expression | undefined {
  const found = nodes(cst, "expression")[index];
  return found === undefined ? undefined : expression(source, found);
}
