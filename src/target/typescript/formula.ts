import type { Expression, Member, PathPart } from "../../ir/model.ts";
import { TargetError } from "../target-error.ts";
import { flattened, isWide, type Catalogue } from "./catalogue.ts";
import { propertyAccess } from "./identifiers.ts";
import { Shape } from "./shape.ts";

/** What the names in an expression are in generated code. */
export interface FormulaNames {
  /** `F.MQ`, `config.F.VERSION_1`. */
  feature(module: string, name: string): string;
  /** `T.PLUG`. */
  constant(module: string, group: string, name: string): string;
  /** A member of the configuration space, read from `c.config`. */
  config(path: string): string;
}

/** An expression as TypeScript, and what it reads. */
export interface Formula {
  readonly text: string;
  readonly isCondition: boolean;
  /** Members of the struct itself, and of the one around it. */
  readonly value: Shape;
  readonly outer: Shape;
  readonly usesContext: boolean;
  readonly usesRow: boolean;
}

/** The members that a bare name can mean: of the struct, and of those around it, innermost first. */
export type Levels = readonly (readonly Member[])[];

interface Part {
  readonly text: string;
  /** Binding strength of its outermost operator, as JavaScript has it. */
  readonly strength: number;
  readonly isCondition: boolean;
  /** A bigint: a member of 64 bits where only some of its bits are asked for. */
  readonly wide?: true;
}

const atom = 20;

/** Prints expressions as the body of `(v, c, o, row) => …`. */
export class FormulaWriter {
  private readonly catalogue: Catalogue;
  private readonly names: FormulaNames;
  private readonly module: string;

  constructor(catalogue: Catalogue, names: FormulaNames, module: string) {
    this.catalogue = catalogue;
    this.names = names;
    this.module = module;
  }

  /** @param as whether a condition is wanted, or a number */
  write(
    expression: Expression,
    levels: Levels,
    as: "condition" | "number",
    replaced: ReadonlyMap<string, string> = new Map(),
  ): Formula {
    const value = new Shape();
    const outer = new Shape();
    const printer = new Printer(this.catalogue, this.names, this.module, levels, replaced, value, outer);
    const part = printer.part(expression);
    const text = as === "condition" ? printer.asCondition(part) : printer.asNumber(part);
    return {
      text: text.text,
      isCondition: part.isCondition,
      value,
      outer,
      usesContext: printer.usesContext,
      usesRow: printer.usesRow,
    };
  }
}

class Printer {
  usesContext = false;
  usesRow = false;
  private readonly catalogue: Catalogue;
  private readonly names: FormulaNames;
  private readonly module: string;
  private readonly levels: Levels;
  /** Variables that stand for other text: those of `where`, an index. */
  private readonly replaced: ReadonlyMap<string, string>;
  private readonly value: Shape;
  private readonly outer: Shape;

  constructor(
    catalogue: Catalogue,
    names: FormulaNames,
    module: string,
    levels: Levels,
    replaced: ReadonlyMap<string, string>,
    value: Shape,
    outer: Shape,
  ) {
    this.catalogue = catalogue;
    this.names = names;
    this.module = module;
    this.levels = levels;
    this.replaced = replaced;
    this.value = value;
    this.outer = outer;
  }

  part(expression: Expression): Part {
    switch (expression.op) {
      case "number":
        return {
          text:
            typeof expression.value === "string"
              ? `${expression.value}n`
              : /^(?:0x[\da-f]+|\d+)$/i.test(expression.text)
                ? expression.text
                : String(expression.value),
          strength: atom,
          isCondition: false,
        };
      case "feature":
        this.usesContext = true;
        return {
          text: `c.features.has(${this.names.feature(expression.module, expression.name)})`,
          strength: atom,
          isCondition: true,
        };
      case "constant":
        return {
          text: this.names.constant(expression.module, expression.group, expression.name),
          strength: atom,
          isCondition: false,
        };
      case "member":
        return this.member(expression);
      case "variable":
        return this.variable(expression.name);
      case "not": {
        const operand = this.asCondition(this.part(expression.operand));
        return { text: `!${this.bracketed(operand, 15)}`, strength: 15, isCondition: true };
      }
      case "negate":
        return {
          text: `-${this.bracketed(this.asNumber(this.part(expression.operand)), 16)}`,
          strength: 15,
          isCondition: false,
        };
      case "complement":
        return {
          text: `~${this.bracketed(this.asNumber(this.part(expression.operand)), 16)}`,
          strength: 15,
          isCondition: false,
        };
      case "bit":
        return {
          text: `1 << ${this.bracketed(this.asNumber(this.part(expression.operand)), 12)}`,
          strength: 11,
          isCondition: false,
        };
      case "length":
        return {
          text: `${this.bracketed(this.part(expression.operand), atom)}.length`,
          strength: atom,
          isCondition: false,
        };
      case "choice": {
        const condition = this.asCondition(this.part(expression.condition));
        const then = this.asNumber(this.part(expression.then));
        const otherwise = this.asNumber(this.part(expression.otherwise));
        return {
          text: `${this.bracketed(condition, 3)} ? ${this.bracketed(then, 2)} : ${this.bracketed(otherwise, 2)}`,
          strength: 2,
          isCondition: false,
        };
      }
      default:
        return this.binary(expression.op, expression.left, expression.right);
    }
  }

  asCondition(part: Part): Part {
    if (part.isCondition) return part;
    return {
      text: `${this.bracketed(part, 9)} !== ${part.wide === true ? "0n" : "0"}`,
      strength: 8,
      isCondition: true,
    };
  }

  asNumber(part: Part): Part {
    if (part.wide === true) return { text: `Number(${part.text})`, strength: atom, isCondition: false };
    return part.isCondition ? { text: `Number(${part.text})`, strength: atom, isCondition: false } : part;
  }

  private binary(op: string, leftSide: Expression, rightSide: Expression): Part {
    const left = this.part(leftSide);
    const right = this.part(rightSide);
    if (op === "->")
      return this.infix(
        "||",
        3,
        { text: `!${this.bracketed(this.asCondition(left), 15)}`, strength: 15, isCondition: true },
        this.asCondition(right),
        true,
      );
    if ((op === "|" || op === "&") && (left.isCondition || right.isCondition)) {
      return this.infix(
        op === "|" ? "||" : "&&",
        op === "|" ? 3 : 4,
        this.asCondition(left),
        this.asCondition(right),
        true,
      );
    }
    if (op === "|" || op === "&") {
      if (left.wide === true || right.wide === true)
        return { ...this.infix(op, op === "|" ? 5 : 7, this.asWide(left), this.asWide(right), false), wide: true };
      return this.infix(op, op === "|" ? 5 : 7, left, right, false);
    }
    const [a, b] = [this.asNumber(left), this.asNumber(right)];
    switch (op) {
      case "==":
        return this.infix("===", 8, a, b, true);
      case "!=":
        return this.infix("!==", 8, a, b, true);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.infix(op, 9, a, b, true);
      case "/":
        return {
          text: `Math.floor(${this.bracketed(a, 12)} / ${this.bracketed(b, 13)})`,
          strength: atom,
          isCondition: false,
        };
      case "*":
      case "%":
        return this.infix(op, 12, a, b, false);
      case "<<":
      case ">>":
        return this.infix(op, 10, a, b, false);
      default:
        return this.infix(op, 11, a, b, false);
    }
  }

  private infix(operator: string, strength: number, left: Part, right: Part, isCondition: boolean): Part {
    // Prettier sets brackets where `&&` stands in `||`, and keeps those around bit operators.
    const mixed = (part: Part): boolean =>
      (operator === "||" && part.strength === 4) || (operator === "&&" && part.strength === 3);
    const side = (part: Part, least: number): string =>
      mixed(part) || part.strength < least ? `(${part.text})` : part.text;
    return { text: `${side(left, strength)} ${operator} ${side(right, strength + 1)}`, strength, isCondition };
  }

  private asWide(part: Part): Part {
    if (part.wide === true) return part;
    return {
      text: /^(?:0x[\da-f]+|\d+)$/i.test(part.text) ? `${part.text}n` : `BigInt(${part.text})`,
      strength: atom,
      isCondition: false,
      wide: true,
    };
  }

  private bracketed(part: Part, least: number): string {
    return part.strength < least ? `(${part.text})` : part.text;
  }

  private variable(name: string): Part {
    const replaced = this.replaced.get(name);
    if (replaced !== undefined) {
      if (replaced.includes("c")) this.usesContext ||= /\bc\b/.test(replaced);
      return { text: replaced, strength: atom, isCondition: false };
    }
    if (name === "i") {
      this.usesRow = true;
      return { text: "row", strength: atom, isCondition: false };
    }
    this.usesContext = true;
    return { text: `c.${name}`, strength: atom, isCondition: false };
  }

  private member(expression: Extract<Expression, { op: "member" }>): Part {
    const { path, scope } = expression;
    const steps = path.map((step) => ({ name: step.name, indexed: step.index !== undefined }));
    if (scope === "config") {
      this.usesContext = true;
      const text = this.names.config(this.pathText(path).slice(1));
      const wide = this.isWide(this.catalogue.config(this.module)?.members ?? [], path);
      return { text, strength: atom, isCondition: false, ...(wide ? { wide } : {}) };
    }
    if (scope === "request" || scope === "message") {
      this.usesContext = true;
      return this.reached(`c${scope === "request" ? ".request" : ""}`, path);
    }
    if (scope === "register")
      throw new TargetError(`the register '${path[0]?.name}' has no value in a struct`, expression.at);
    const level = this.levels.findIndex(
      (members) => this.catalogue.member(flattened(members), path.slice(0, 1)) !== undefined,
    );
    const wide = this.isWide(this.levels[Math.max(level, 0)] ?? [], path);
    if (level > 1) throw new TargetError(`'${path[0]?.name}' stands more than one struct further out`, expression.at);
    (level === 1 ? this.outer : this.value).add(steps, wide ? "bigint" : "number");
    return { ...this.reached(level === 1 ? "o" : "v", path), ...(wide ? { wide } : {}) };
  }

  private isWide(members: readonly Member[], path: readonly PathPart[]): boolean {
    return isWide(this.catalogue.member(flattened(members), path));
  }

  /** A path from an object; where a list is too short for its index, the value is 0. */
  private reached(from: string, path: readonly PathPart[]): Part {
    const text = from + this.pathText(path);
    return path.some((step) => step.index !== undefined)
      ? { text: `${text} ?? 0`, strength: 1, isCondition: false }
      : { text, strength: atom, isCondition: false };
  }

  private pathText(path: readonly PathPart[]): string {
    let unsure = false;
    return path
      .map((step) => {
        const access = propertyAccess(step.name);
        const text = unsure ? `?.${access.startsWith("[") ? access : access.slice(1)}` : access;
        if (step.index === undefined) return text;
        unsure = true;
        return `${text}[${this.asNumber(this.part(step.index)).text}]`;
      })
      .join("");
  }
}
