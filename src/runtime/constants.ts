/** A group of constants as generated: `blk.S`. */
export type Constants = Readonly<Record<string, number | bigint>>;

/** One of a group's numbers, or another that the group does not define: what the other side wrote may be anything. */
export type Open<Known extends number> = Known | (number & Record<never, never>);

/** What a number is called in a group, or the number itself. */
export function nameOf(constants: Constants, value: number | bigint): string {
  for (const name in constants) if (constants[name] === value) return name;
  return flagNames(constants, value);
}

/**
 * The names of the masks that a value is made of: `LINK_UP | ANNOUNCE`. A group may have numbers in its low bits and
 * masks above; what has no name is appended in hexadecimal.
 */
export function flagNames(constants: Constants, value: number | bigint): string {
  let rest = BigInt(value);
  const names: string[] = [];
  const entries = Object.entries(constants).map(([name, constant]): [string, bigint] => [name, BigInt(constant)]);
  // The largest first, so that a mask is not taken for a number below it.
  for (const [name, mask] of entries.toSorted(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0))) {
    if (mask === 0n || (rest & mask) !== mask) continue;
    names.unshift(name);
    rest &= ~mask;
  }
  const zero = entries.find(([, constant]) => constant === 0n)?.[0];
  if (rest !== 0n || (names.length === 0 && zero === undefined)) names.push(`0x${rest.toString(16)}`);
  return names.length === 0 ? (zero ?? '0') : names.join(' | ');
}

/** The names of the bits that are set: `RX | TX`. */
export function bitNames(constants: Constants, value: number | bigint): string {
  return flagNames(Object.fromEntries(Object.entries(constants).map(([name, bit]) => [name, 1n << BigInt(bit)])), value);
}
