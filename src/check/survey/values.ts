import { evaluate } from "../../ir/expression.ts";
import type { Expression } from "../../ir/model.ts";

/** The value of an expression of numbers and constants only. */
export function constantValue(expression: Expression): bigint | undefined {
  return evaluate(expression, () => undefined);
}

/** Whether a value fits so many bits. Bits of all ones may be written as -1, as the standard does. */
export function fitsUnsigned(value: bigint, width: number): boolean {
  if (!(width >= 0 && width <= 4096)) return true;
  return value === -1n || (value >= 0n && value < 1n << BigInt(width));
}

/** The largest value of so many bits, in hexadecimal where that is how one thinks of it. */
export function largest(width: number): string {
  const value = (1n << BigInt(Math.min(Math.max(width, 0), 4096))) - 1n;
  return width <= 8 ? value.toString() : `0x${value.toString(16)}`;
}
