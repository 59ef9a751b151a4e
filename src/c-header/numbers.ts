import type { CExpression, TypeName } from "./syntax.ts";
import { Unreadable } from "./unreadable.ts";

/** An integer of C: its value, and the type that decides what becomes of it. */
export interface CNumber {
  readonly value: bigint;
  readonly bits: 32 | 64;
  readonly unsigned: boolean;
}

/** What names and types in an expression mean. Both throw {@link Unreadable} for what they do not know. */
export interface Meanings {
  name(name: string): CNumber;
  extent(type: TypeName): { readonly size: number; readonly align: number; readonly unsigned: boolean };
}

/** Evaluates a constant expression as a compiler for 64 bits does. @throws Unreadable where it is none. */
export function evaluate(expression: CExpression, meanings: Meanings): CNumber {
  switch (expression.op) {
    case "number":
      return literal(expression.text);
    case "character":
      return number(character(expression.text));
    case "name":
      return meanings.name(expression.name);
    case "unary":
      return unary(expression.sign, evaluate(expression.of, meanings));
    case "binary":
      return binary(expression.sign, expression.left, expression.right, meanings);
    case "choice": {
      const chosen = evaluate(expression.if, meanings).value === 0n ? expression.else : expression.then;
      return evaluate(chosen, meanings);
    }
    case "size": {
      if (!("kind" in expression.of)) throw new Unreadable("the size of an expression is asked for");
      const { size, align } = meanings.extent(expression.of);
      return { value: BigInt(expression.align ? align : size), bits: 64, unsigned: true };
    }
    case "cast": {
      const { size, unsigned } = meanings.extent(expression.to);
      const bits = size * 8;
      const { value } = evaluate(expression.of, meanings);
      const cut = unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
      return { value: cut, bits: bits === 64 ? 64 : 32, unsigned: unsigned && bits >= 32 };
    }
    case "text":
      throw new Unreadable("it is a text");
    case "other":
      throw new Unreadable(`${expression.text} is no constant`);
  }
}

function number(value: bigint): CNumber {
  return { value, bits: 32, unsigned: false };
}

function literal(text: string): CNumber {
  const match = /^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]*)$/.exec(text);
  const digits = (match?.[1] ?? "").replaceAll("'", "");
  const suffix = (match?.[2] ?? "").toLowerCase();
  const octal = /^0[0-7]+$/.test(digits);
  if (match === null || (/^0\d/.test(digits) && !octal)) throw new Unreadable(`${text.slice(0, 40)} is no integer`);
  const value = BigInt(octal ? `0o${digits}` : digits);
  if (value >= 1n << 64n) throw new Unreadable(`${text.slice(0, 40)} has more than 64 bits`);
  const decimal = /^[1-9]/.test(digits);
  const isLong = suffix.includes("l");
  const asked = suffix.includes("u");
  // The first type of C's list that has room.
  if (!isLong && !asked && value < 1n << 31n) return { value, bits: 32, unsigned: false };
  if (!isLong && (asked || !decimal) && value < 1n << 32n) return { value, bits: 32, unsigned: true };
  return { value, bits: 64, unsigned: asked || value >= 1n << 63n };
}

function character(text: string): bigint {
  const inside = text.slice(text.indexOf("'") + 1, -1);
  const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };
  const code = /^\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))$/.exec(inside);
  if (code === null && inside.length === 1) return BigInt(inside.charCodeAt(0));
  const [, hex, octal, sign] = code ?? [];
  if (hex !== undefined) return BigInt(Number.parseInt(hex, 16));
  if (octal !== undefined) return BigInt(Number.parseInt(octal, 8));
  if (sign !== undefined) return BigInt(escapes[sign] ?? sign.charCodeAt(0));
  throw new Unreadable(`${text.slice(0, 40)} is no single character`);
}

function fit(value: bigint, like: Omit<CNumber, "value">): CNumber {
  return { ...like, value: like.unsigned ? BigInt.asUintN(like.bits, value) : BigInt.asIntN(like.bits, value) };
}

function unary(sign: string, of: CNumber): CNumber {
  if (sign === "!") return number(of.value === 0n ? 1n : 0n);
  return fit(sign === "~" ? ~of.value : sign === "-" ? -of.value : of.value, of);
}

function binary(sign: string, left: CExpression, right: CExpression, meanings: Meanings): CNumber {
  const a = evaluate(left, meanings);
  if (sign === "&&" && a.value === 0n) return number(0n);
  if (sign === "||" && a.value !== 0n) return number(1n);
  const b = evaluate(right, meanings);
  if (sign === "&&" || sign === "||") return number(b.value === 0n ? 0n : 1n);
  if (sign === "<<" || sign === ">>") {
    if (b.value < 0n || b.value >= BigInt(a.bits)) throw new Unreadable(`a shift by ${b.value} has no meaning`);
    return fit(sign === "<<" ? a.value << b.value : a.value >> b.value, a);
  }
  const type = balance(a, b);
  const x = fit(a.value, type).value;
  const y = fit(b.value, type).value;
  const compared = compare(sign, x, y);
  return compared === undefined ? fit(calculate(sign, x, y), type) : number(compared ? 1n : 0n);
}

/** The type that both operands get. */
function balance(a: CNumber, b: CNumber): Omit<CNumber, "value"> {
  if (a.bits === b.bits) return { bits: a.bits, unsigned: a.unsigned || b.unsigned };
  const wider = a.bits > b.bits ? a : b;
  return { bits: wider.bits, unsigned: wider.unsigned };
}

function compare(sign: string, x: bigint, y: bigint): boolean | undefined {
  switch (sign) {
    case "==":
      return x === y;
    case "!=":
      return x !== y;
    case "<":
      return x < y;
    case ">":
      return x > y;
    case "<=":
      return x <= y;
    case ">=":
      return x >= y;
    default:
      return undefined;
  }
}

function calculate(sign: string, x: bigint, y: bigint): bigint {
  switch (sign) {
    case "|":
      return x | y;
    case "&":
      return x & y;
    case "^":
      return x ^ y;
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    default:
      if (y === 0n) throw new Unreadable("it divides by 0");
      return sign === "/" ? x / y : x % y;
  }
}
