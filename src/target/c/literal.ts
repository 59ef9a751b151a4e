import type { Constant, ConstantKind, Integer } from "../../ir/model.ts";

/**
 * A number as C has it: with `ULL` where 32 bits do not hold it.
 * @param radix 16 for what was written so or is a mask
 */
export function literal(value: Integer | bigint, radix: 10 | 16 = 10, digits = 1): string {
  const number = BigInt(value);
  if (number < 0n) return `(${number})`;
  const text = radix === 16 ? `0x${number.toString(16).padStart(digits, "0")}` : number.toString();
  return number > 0xffff_ffffn ? `${text}ULL` : text;
}

/** `1 << n`, of a type that holds it; `wide` where others beside it have 64 bits. */
function bitMask(bit: bigint, wide: boolean): string {
  if (bit === 31n && !wide) return "(1U << 31)";
  return bit > 31n || wide ? `(1ULL << ${bit})` : `(1 << ${bit})`;
}

/**
 * The value of a constant, spelt as it was written: a bit as a shift, hexadecimal as hexadecimal.
 * @param as the kind that a house gives it in; a bit number becomes a mask or the other way round
 * @param wide a shift is of 64 bits in any case
 * @returns undefined where the house's kind cannot say the value: a mask of several bits has no bit number
 */
export function constantLiteral(
  constant: Pick<Constant, "type" | "value" | "text">,
  as: ConstantKind = constant.type,
  wide = false,
): string | undefined {
  const value = BigInt(constant.value);
  if (as === "mask" && constant.type === "bit") return bitMask(value, wide);
  if (as === "bit" && constant.type === "mask") {
    const bit = bitNumber(value);
    return bit === undefined ? undefined : literal(bit);
  }
  const text = constant.text.trim();
  const bit = bitNumber(value);
  if (/^bit\b/.test(text) && bit !== undefined) return bitMask(bit, wide);
  const hexadecimal = /^0x([0-9a-f_]+)$/i.exec(text);
  if (hexadecimal?.[1] !== undefined) return literal(value, 16, hexadecimal[1].replaceAll("_", "").length);
  if (/^[0-9]+$/.test(text)) return literal(value);
  return literal(value, constant.type === "mask" || /^0b/i.test(text) ? 16 : 10);
}

function bitNumber(mask: bigint): bigint | undefined {
  if (mask <= 0n || (mask & (mask - 1n)) !== 0n) return undefined;
  return BigInt(mask.toString(2).length - 1);
}
