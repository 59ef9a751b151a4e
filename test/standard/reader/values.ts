import type { Define, Enumerator } from "./listing.ts";

/** Numbers of defines and enumerators, worked out as a C compiler does, over all listings of a module. */
export class Values {
  private readonly macros = new Map<string, Define>();
  private readonly known = new Map<string, bigint>();

  add(define: Define): bigint | undefined {
    if (define.parameters !== undefined) {
      this.macros.set(define.name, define);
      return undefined;
    }
    const value = this.evaluate(define.text);
    if (value !== undefined) this.known.set(define.name, value);
    return value;
  }

  /** Those without a value count on from the one before; undefined where that is known to others only. */
  addEnum(enumerators: readonly Enumerator[]): readonly (readonly [string, bigint | undefined])[] {
    let next: bigint | undefined = 0n;
    return enumerators.map(({ name, text }) => {
      const value = text === undefined ? next : this.evaluate(text);
      if (value !== undefined) this.known.set(name, value);
      next = value === undefined ? undefined : value + 1n;
      return [name, value] as const;
    });
  }

  /** The number that an expression begins with: what stands behind it is a remark. Undefined where there is none. */
  evaluate(text: string): bigint | undefined {
    return new Evaluation(text, this.known, this.macros).value();
  }
}

/** Operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [["|"], ["<<", ">>"], ["+", "-"], ["*", "/"]];

class Evaluation {
  private readonly tokens: readonly string[];
  private readonly known: ReadonlyMap<string, bigint>;
  private readonly macros: ReadonlyMap<string, Define>;
  private at = 0;

  constructor(text: string, known: ReadonlyMap<string, bigint>, macros: ReadonlyMap<string, Define>) {
    this.tokens = text.match(/\w+|<<|>>|\S/g) ?? [];
    this.known = known;
    this.macros = macros;
  }

  value(): bigint | undefined {
    return this.binary(0);
  }

  private binary(level: number): bigint | undefined {
    const operators = levels[level];
    if (operators === undefined) return this.primary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.tokens[this.at] ?? "";
      if (left === undefined || !operators.includes(operator)) return left;
      this.at++;
      const right = this.binary(level + 1);
      left = right === undefined ? undefined : apply(operator, left, right);
    }
  }

  private primary(): bigint | undefined {
    const token = this.tokens[this.at++] ?? "";
    if (/^\d/.test(token)) return /^(?:0[xX][0-9A-Fa-f]+|\d+)$/.test(token) ? BigInt(token) : undefined;
    if (token === "(") {
      const inside = this.binary(0);
      return this.tokens[this.at++] === ")" ? inside : undefined;
    }
    const macro = this.macros.get(token);
    return macro === undefined ? this.known.get(token) : this.call(macro);
  }

  private call(macro: Define): bigint | undefined {
    if (this.tokens[this.at++] !== "(") return undefined;
    const inner = new Map(this.known);
    for (const [index, parameter] of (macro.parameters ?? []).entries()) {
      if (index > 0 && this.tokens[this.at++] !== ",") return undefined;
      const value = this.binary(0);
      if (value === undefined) return undefined;
      inner.set(parameter, value);
    }
    if (this.tokens[this.at++] !== ")") return undefined;
    return new Evaluation(macro.text, inner, this.macros).value();
  }
}

function apply(operator: string, left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case "|":
      return left | right;
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    default:
      return right === 0n ? undefined : left / right;
  }
}
