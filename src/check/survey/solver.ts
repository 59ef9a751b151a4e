import { evaluate } from "../../ir/expression.ts";
import type { Comparison, Expression } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";

/**
 * Whether conditions can hold together: a small search over the features and the values that they compare. What it does
 * not understand, sums or two members compared with each other, may be true or false, so that it never finds a
 * contradiction where there is none.
 */
export function satisfiable(conditions: readonly Expression[], exists: Exists): boolean {
  const search = new Search(conditions, exists);
  return search.solve();
}

/** Whether a feature can be negotiated at all in the revision at hand; one that cannot is false. */
export type Exists = (module: string, feature: string) => boolean;

/** A search that takes longer than this many steps gives up and finds no contradiction. */
const patience = 4000;

type Leaf = Extract<Expression, { op: "member" | "variable" }>;

interface Variable {
  readonly key: string;
  readonly values: readonly bigint[];
}

class Search {
  private readonly conditions: readonly Expression[];
  private readonly exists: Exists;
  private readonly values = new Map<string, Set<bigint>>();
  private readonly assignment = new Map<string, bigint>();
  private steps = 0;

  constructor(conditions: readonly Expression[], exists: Exists) {
    this.conditions = conditions;
    this.exists = exists;
    for (const condition of conditions) this.learn(condition);
  }

  solve(): boolean {
    if (++this.steps > patience) return true;
    let open: Expression | undefined;
    for (const condition of this.conditions) {
      const holds = this.truth(condition);
      if (holds === false) return false;
      if (holds === undefined) open ??= condition;
    }
    const variable = open === undefined ? undefined : this.unassigned(open);
    if (variable === undefined) return true;
    for (const value of variable.values) {
      this.assignment.set(variable.key, value);
      if (this.solve()) return true;
    }
    this.assignment.delete(variable.key);
    return false;
  }

  /** Collects the values that decide something: those compared with, and their neighbours. */
  private learn(condition: Expression): void {
    const atom = atomOf(condition);
    if (atom === undefined) {
      for (const part of parts(condition)) this.learn(part);
      return;
    }
    if (atom.kind === "feature" || atom.kind === "opaque") return;
    let values = this.values.get(atom.key);
    if (values === undefined) this.values.set(atom.key, (values = new Set()));
    if (atom.kind === "compared") for (const value of [atom.with, atom.with + 1n, atom.with - 1n]) values.add(value);
    if (atom.kind === "tested") for (const value of [0n, ...values]) values.add(value | atom.mask);
    values.add(0n);
    values.add(1n);
  }

  private truth(condition: Expression): boolean | undefined {
    const atom = atomOf(condition);
    if (atom !== undefined) {
      if (atom.kind === "feature" && !this.exists(atom.module, atom.name)) return false;
      const value = this.assignment.get(atom.key);
      if (value === undefined) return undefined;
      if (atom.kind === "compared") return compare(value, atom.op, atom.with);
      return atom.kind === "tested" ? ((value & atom.mask) !== 0n) === atom.set : value !== 0n;
    }
    switch (condition.op) {
      case "number":
      case "constant":
        return BigInt(condition.value) !== 0n;
      case "not": {
        const operand = this.truth(condition.operand);
        return operand === undefined ? undefined : !operand;
      }
      case "&":
        return both(this.truth(condition.left), this.truth(condition.right));
      case "|":
        return negated(both(negated(this.truth(condition.left)), negated(this.truth(condition.right))));
      case "->":
        return negated(both(this.truth(condition.left), negated(this.truth(condition.right))));
      case "choice": {
        const decides = this.truth(condition.condition);
        return decides === undefined ? undefined : this.truth(decides ? condition.then : condition.otherwise);
      }
      default: {
        const value = evaluate(condition, () => undefined);
        return value === undefined ? undefined : value !== 0n;
      }
    }
  }

  /** The next name to decide; features are tried as negotiated first, which most conditions want. */
  private unassigned(condition: Expression): Variable | undefined {
    const atom = atomOf(condition);
    if (atom !== undefined) {
      if (this.assignment.has(atom.key) || (atom.kind === "feature" && !this.exists(atom.module, atom.name)))
        return undefined;
      return { key: atom.key, values: [...(this.values.get(atom.key) ?? either)] };
    }
    for (const part of parts(condition)) {
      const found = this.unassigned(part);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

type Atom = { readonly key: string } & (
  | { readonly kind: "feature"; readonly module: string; readonly name: string }
  | { readonly kind: "compared"; readonly op: Comparison; readonly with: bigint }
  | { readonly kind: "tested"; readonly mask: bigint; readonly set: boolean }
  | { readonly kind: "value" | "opaque" }
);

const mirrored: Readonly<Record<Comparison, Comparison>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

const either: readonly bigint[] = [1n, 0n];

/** Expressions do not change, and each is looked at many times. */
const atoms = new WeakMap<Expression, Atom | "joined">();

/** What is decided as a whole; undefined for what joins other conditions. */
function atomOf(condition: Expression): Atom | undefined {
  let atom = atoms.get(condition);
  if (atom === undefined) {
    atom = makeAtom(condition) ?? "joined";
    atoms.set(condition, atom);
  }
  return atom === "joined" ? undefined : atom;
}

function makeAtom(condition: Expression): Atom | undefined {
  switch (condition.op) {
    case "feature":
      return {
        key: `feature ${condition.module}.${condition.name}`,
        kind: "feature",
        module: condition.module,
        name: condition.name,
      };
    case "member":
    case "variable":
      return { key: keyOf(condition), kind: "value" };
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const left = known(condition.left);
      const right = known(condition.right);
      if (left !== undefined && right !== undefined) return undefined;
      const mask = right === 0n ? maskOf(condition.left) : undefined;
      if (mask !== undefined && (condition.op === "!=" || condition.op === "=="))
        return { ...mask, kind: "tested", set: condition.op === "!=" };
      if (isLeaf(condition.left) && right !== undefined)
        return { key: keyOf(condition.left), kind: "compared", op: condition.op, with: right };
      if (isLeaf(condition.right) && left !== undefined)
        return { key: keyOf(condition.right), kind: "compared", op: mirrored[condition.op], with: left };
      return { key: printExpression(condition), kind: "opaque" };
    }
    case "&": {
      const mask = maskOf(condition);
      return mask === undefined ? undefined : { ...mask, kind: "tested", set: true };
    }
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "<<":
    case ">>":
    case "negate":
    case "complement":
    case "bit":
    case "length":
      return known(condition) === undefined ? { key: printExpression(condition), kind: "opaque" } : undefined;
    default:
      return undefined;
  }
}

/** `flags & MASK`: a member and the bits of it that are looked at. */
function maskOf(condition: Expression): { readonly key: string; readonly mask: bigint } | undefined {
  if (condition.op !== "&" || !isLeaf(condition.left)) return undefined;
  const mask = known(condition.right);
  return mask === undefined ? undefined : { key: keyOf(condition.left), mask };
}

function keyOf(leaf: Leaf): string {
  return leaf.op === "member"
    ? `${leaf.scope === "sibling" ? "message" : leaf.scope} ${printExpression(leaf)}`
    : printExpression(leaf);
}

function isLeaf(expression: Expression): expression is Leaf {
  return expression.op === "member" || expression.op === "variable";
}

function known(expression: Expression): bigint | undefined {
  if (expression.op === "feature" || isLeaf(expression)) return undefined;
  return evaluate(expression, () => undefined);
}

/** What an operator joins. */
function parts(condition: Expression): readonly Expression[] {
  switch (condition.op) {
    case "not":
      return [condition.operand];
    case "&":
    case "|":
    case "->":
      return [condition.left, condition.right];
    case "choice":
      return [condition.condition, condition.then, condition.otherwise];
    default:
      return [];
  }
}

function both(left: boolean | undefined, right: boolean | undefined): boolean | undefined {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function compare(left: bigint, op: Comparison, right: bigint): boolean {
  switch (op) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

const keys = new WeakMap<Expression, readonly string[]>();

/** The names that decide a condition, each as often as it stands there. */
export function decidedBy(condition: Expression): readonly string[] {
  let found = keys.get(condition);
  if (found === undefined) {
    const atom = atomOf(condition);
    found = atom === undefined ? parts(condition).flatMap((part) => decidedBy(part)) : [atom.key];
    keys.set(condition, found);
  }
  return found;
}
