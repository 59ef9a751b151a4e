import type { Expression } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import type { TemplateHelper } from "../templates.ts";

/**
 * What templates of a user's own may call, beside Handlebars' `if`, `each`, `with` and `lookup`. Few on purpose: what
 * needs more than these wants a program over `virtgen ir`.
 */
export const functions: Readonly<Record<string, TemplateHelper>> = {
  /** `{{upper name}}`: `REQ`. */
  upper: (text) => textOf("upper", text).toUpperCase(),
  /** `{{lower name}}`: `req`. */
  lower: (text) => textOf("lower", text).toLowerCase(),
  /** `{{pascal cName}}`: `VirtioBlkReq`. */
  pascal: (text) =>
    wordsOf("pascal", text)
      .map((word) => capitalized(word))
      .join(""),
  /** `{{camel name}}`: `maxSegments`. */
  camel: (text) =>
    wordsOf("camel", text)
      .map((word, index) => (index === 0 ? word.toLowerCase() : capitalized(word)))
      .join(""),
  /** `{{hex offset}}`: `0x1c`; `{{hex offset 4}}`: `0x001c`. */
  hex: (number, digits = 1) =>
    `0x${numberOf("hex", number)
      .toString(16)
      .padStart(Number(numberOf("hex", digits)), "0")}`,
  /** `{{pad name 12}}`: with blanks behind it up to 12 characters. */
  pad: (text, width) => textOf("pad", text).padEnd(Number(numberOf("pad", width))),
  /** `{{#if (eq kind "enum" "flags")}}`: whether the first value is one of the others. */
  eq: (value, ...others) => others.includes(value),
  /** `{{#each (lines doc)}}/// {{.}}{{/each}}`: the lines of a text; none of an empty one. */
  lines: (text) => (textOf("lines", text) === "" ? [] : textOf("lines", text).split("\n")),
  /** `{{expression if}}`: `CTRL_VQ & (RSS | HASH_REPORT)`. */
  expression: (value) => {
    if (!isExpression(value)) throw new TypeError(`'expression' needs an expression of the IR, not ${shown(value)}`);
    return printExpression(value);
  },
};

function textOf(name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new TypeError(`'${name}' needs a text, not ${shown(value)}`);
}

function wordsOf(name: string, value: unknown): readonly string[] {
  return textOf(name, value)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}

/** Integers of the IR are decimal strings where they do not fit 53 bits. */
function numberOf(name: string, value: unknown): bigint {
  if (typeof value === "number" ? Number.isInteger(value) : typeof value === "string" && /^-?\d+$/.test(value))
    return BigInt(value as number | string);
  throw new TypeError(`'${name}' needs a number, not ${shown(value)}`);
}

function isExpression(value: unknown): value is Expression {
  return typeof value === "object" && value !== null && "op" in value;
}

function shown(value: unknown): string {
  if (value === undefined) return "a name that does not exist here";
  return JSON.stringify(value)?.slice(0, 60) ?? typeof value;
}
