import type { CstNode, IToken } from 'chevrotain';
import type { BinaryOperator, Expression, PathPart, Range, UnaryOperator, Word } from '../ast.ts';
import { has, node, nodes, optionalNode, optionalToken, placeOfNode, placeOfToken, token, tokens, word, type Source } from './cst.ts';

export function expression(source: Source, cst: CstNode): Expression {
  const condition = implication(source, node(cst, 'implication'));
  if (!has(cst, 'Question')) return condition;
  return {
    op: 'choice',
    condition,
    then: expression(source, node(cst, 'expression', 0)),
    otherwise: expression(source, node(cst, 'expression', 1)),
    at: placeOfNode(source, cst),
  };
}

export function implication(source: Source, cst: CstNode): Expression {
  return chain(source, cst, 'disjunction', (part) =>
    chain(source, part, 'conjunction', (inner) => chain(source, inner, 'comparison', (compared) => chain(source, compared, 'additive', (sum) => additive(source, sum)))),
  );
}

export function additive(source: Source, cst: CstNode): Expression {
  return chain(source, cst, 'multiplicative', (product) => chain(source, product, 'unary', (operand) => unary(source, operand)));
}

const operatorTokens: readonly string[] = [
  'Arrow', 'Pipe', 'Ampersand', 'EqualEqual', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual',
  'Plus', 'Minus', 'ShiftLeft', 'ShiftRight', 'Star', 'Slash', 'Percent',
];

const binaryOperators: ReadonlySet<string> = new Set<BinaryOperator>([
  '->', '|', '&', '==', '!=', '<', '<=', '>', '>=', '<<', '>>', '+', '-', '*', '/', '%',
]);

function isBinaryOperator(image: string): image is BinaryOperator {
  return binaryOperators.has(image);
}

/** `a op b op c`, grouped from the left. */
function chain(source: Source, cst: CstNode, rule: string, visit: (part: CstNode) => Expression): Expression {
  const parts = nodes(cst, rule);
  const [first] = parts;
  if (first === undefined) throw new Error(`the rule '${cst.name}' has no '${rule}' here`);
  let left = visit(first);
  if (parts.length === 1) return left;
  const operators: IToken[] = operatorTokens.flatMap((name) => tokens(cst, name)).toSorted((a, b) => a.startOffset - b.startOffset);
  for (const [index, operator] of operators.entries()) {
    const part = parts[index + 1];
    if (part === undefined || !isBinaryOperator(operator.image)) break;
    left = { op: 'binary', operator: operator.image, left, right: visit(part), at: placeOfNode(source, cst) };
  }
  return left;
}

function unary(source: Source, cst: CstNode): Expression {
  const operand = optionalNode(cst, 'unary');
  if (operand === undefined) return primary(source, node(cst, 'primary'));
  const operator: UnaryOperator = has(cst, 'Keyword_not') ? 'not' : has(cst, 'Keyword_bit') ? 'bit' : has(cst, 'Minus') ? '-' : '~';
  return { op: 'unary', operator, operand: unary(source, operand), at: placeOfNode(source, cst) };
}

function primary(source: Source, cst: CstNode): Expression {
  const at = placeOfNode(source, cst);
  const number = optionalToken(cst, 'Integer');
  if (number !== undefined) return { op: 'number', value: BigInt(number.image), text: number.image, at };
  const path = optionalNode(cst, 'indexedPath');
  if (path !== undefined) return { op: 'name', path: nodes(path, 'pathPart').map((part) => pathPart(source, part)), at };
  const callee = optionalToken(cst, 'Name');
  const inner = nodes(cst, 'expression').map((argument) => expression(source, argument));
  if (callee !== undefined) return { op: 'call', callee: word(source, callee), arguments: inner, at };
  const [only] = inner;
  if (only === undefined) throw new Error('an empty pair of parentheses');
  return only;
}

function pathPart(source: Source, cst: CstNode): PathPart {
  const name = token(cst, 'Name');
  const index = optionalNode(cst, 'expression');
  return { text: name.image, index: index === undefined ? undefined : expression(source, index), at: placeOfToken(source, name) };
}

/** `a.b.c` without indices. */
export function path(source: Source, cst: CstNode): readonly Word[] {
  return tokens(cst, 'Name').map((part) => word(source, part));
}

export function range(source: Source, cst: CstNode): Range {
  return { from: additive(source, node(cst, 'additive', 0)), to: additive(source, node(cst, 'additive', 1)), at: placeOfNode(source, cst) };
}

export function optionalExpression(source: Source, cst: CstNode, index = 0): Expression | undefined {
  const found = nodes(cst, 'expression')[index];
  return found === undefined ? undefined : expression(source, found);
}
