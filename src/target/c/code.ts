import type { Expression } from "../../ir/model.ts";
import type { Catalogue } from "./catalogue.ts";
import { leaves, type CStruct, type Leaf } from "./declaration.ts";
import { literal } from "./literal.ts";

/** The names that generated functions use for what they are given. */
export const parameters = { features: "f", config: "config" } as const;

/** What an expression became in C, with what it looks at. */
export interface Code extends Uses {
  readonly text: string;
  /** How tightly it binds: see {@link tightness}. */
  readonly binds: number;
}

export interface Uses {
  readonly usesFeatures: boolean;
  readonly usesConfig: boolean;
  /** Variables of the formula that it names. */
  readonly variables: readonly string[];
  /** Macros that it names. */
  readonly macros: readonly string[];
}

/** The operators that both languages have. Those of one level need no parentheses beside each other. */
const tightness: Readonly<Record<string, number>> = {
  "?": 0,
  "||": 1,
  "&&": 2,
  "|": 3,
  "&": 4,
  "==": 5,
  "!=": 5,
  "<": 6,
  "<=": 6,
  ">": 6,
  ">=": 6,
  "<<": 7,
  ">>": 7,
  "+": 8,
  "-": 8,
  "*": 9,
  "/": 9,
  "%": 9,
};
const unary = 10;
const primary = 11;

/** Writes expressions over features, the configuration space and variables as C. */
export class CodeWriter {
  private readonly catalogue: Catalogue;
  private readonly config: ReadonlyMap<string, Leaf>;

  /** @param config the module's configuration space, where its members may be looked at */
  constructor(catalogue: Catalogue, config: CStruct | undefined) {
    this.catalogue = catalogue;
    this.config = new Map((config === undefined ? [] : leaves(config.members)).map((leaf) => [leaf.path.c, leaf]));
  }

  /** A condition. @returns undefined where C cannot say it from features and configuration alone */
  condition(expression: Expression): Code | undefined {
    switch (expression.op) {
      case "feature": {
        const { module, name } = expression;
        if (this.catalogue.feature(module, name) === undefined) return undefined;
        const macro = this.catalogue.featureName(module, name);
        return code(`virtio_has(${parameters.features}, ${macro})`, primary, { usesFeatures: true, macros: [macro] });
      }
      case "not":
        return prefixed("!", this.condition(expression.operand));
      case "|":
        return joined("||", this.condition(expression.left), this.condition(expression.right));
      case "&":
        return joined("&&", this.condition(expression.left), this.condition(expression.right));
      case "->":
        return joined("||", prefixed("!", this.condition(expression.left)), this.condition(expression.right));
      default:
        return this.number(expression);
    }
  }

  /** A number. @returns undefined where C cannot say it from features, configuration and variables alone */
  number(expression: Expression): Code | undefined {
    switch (expression.op) {
      case "number":
      case "constant":
        return code(literal(expression.value), primary);
      case "variable":
        return code(expression.name, primary, { variables: [expression.name] });
      case "member":
        return this.member(expression);
      case "choice": {
        const condition = this.condition(expression.condition);
        const then = this.number(expression.then);
        const otherwise = this.number(expression.otherwise);
        if (condition === undefined || then === undefined || otherwise === undefined) return undefined;
        const text = `${operand(condition, primary)} ? ${operand(then, 1)} : ${operand(otherwise, 0)}`;
        return { ...merged(condition, merged(then, otherwise)), text, binds: tightness["?"] ?? 0 };
      }
      case "negate":
        return prefixed("-", this.number(expression.operand));
      case "complement":
        return prefixed("~", this.number(expression.operand));
      case "not":
      case "feature":
        return this.condition(expression);
      case "bit":
      case "length":
      case "->":
        return undefined;
      default:
        return joined(expression.op, this.number(expression.left), this.number(expression.right));
    }
  }

  private member(expression: Expression & { op: "member" }): Code | undefined {
    if (expression.scope !== "config" || expression.path.some((part) => part.index !== undefined)) return undefined;
    const leaf = this.config.get(expression.path.map((part) => part.name).join("."));
    if (leaf === undefined || leaf.field.suffix !== "" || leaf.field.source.type.kind !== "scalar") return undefined;
    return code(`virtio_get(${parameters.config}->${leaf.path.cxx})`, primary, { usesConfig: true });
  }
}

function code(text: string, binds: number, uses: Partial<Uses> = {}): Code {
  return { text, binds, usesFeatures: false, usesConfig: false, variables: [], macros: [], ...uses };
}

/** What two pieces of code look at together. */
export function merged(first: Uses, second: Uses): Uses {
  return {
    usesFeatures: first.usesFeatures || second.usesFeatures,
    usesConfig: first.usesConfig || second.usesConfig,
    variables: [...new Set([...first.variables, ...second.variables])],
    macros: [...new Set([...first.macros, ...second.macros])],
  };
}

function prefixed(operator: string, inner: Code | undefined): Code | undefined {
  return inner === undefined ? undefined : { ...inner, text: `${operator}${operand(inner, unary)}`, binds: unary };
}

/** Joins two conditions or numbers. */
export function joined(operator: string, left: Code | undefined, right: Code | undefined): Code | undefined {
  if (left === undefined || right === undefined) return undefined;
  const binds = tightness[operator];
  if (binds === undefined) return undefined;
  const text = `${operand(left, binds, operator)} ${operator} ${operand(right, binds + 1, operator)}`;
  return { ...merged(left, right), text, binds };
}

/** Compilers warn of mixed operators that need no parentheses but look as if they did; those get some, too. */
function operand(inner: Code, binds: number, operator = ""): string {
  const same = inner.binds === tightness[operator] && (operator === "||" || operator === "&&");
  const plain =
    inner.binds >= unary ||
    same ||
    (inner.binds >= binds && (inner.binds >= 8 || inner.binds === 5 || inner.binds === 6));
  return plain ? inner.text : `(${inner.text})`;
}
