/** A group of constants as generated: `blk.S`. */
export type Constants = Readonly<Record<string, number | bigint>>;

/** One of a group's numbers, or another that the group does not define: what the other side wrote may be anything. */
export type Open<Known extends number> = Known | (number & Record<never, never>);

/**
 * What a number is called in a group, or the number itself in hexadecimal.
 * @param flags masks of the group that may stand beside a number: `TCPV6 | ECN`
 */
export function nameOf(constants: Constants, value: number | bigint, ...flags: readonly (number | bigint)[]): string {
  const set = flags.filter((flag) => (BigInt(value) & BigInt(flag)) !== 0n);
  const number = set.reduce<bigint>((rest, flag) => rest & ~BigInt(flag), BigInt(value));
  return [number, ...set].map((one) => ownName(constants, BigInt(one))).join(" | ");
}

function ownName(constants: Constants, value: bigint): string {
  for (const name in constants) if (BigInt(constants[name] ?? -1) === value) return name;
  return `0x${value.toString(16)}`;
}

/** The names of the masks that a value is made of: `LINK_UP | ANNOUNCE`; what has no name follows in hexadecimal. */
export function flagNames(constants: Constants, value: number | bigint): string {
  let rest = BigInt(value);
  const names: string[] = [];
  for (const [name, constant] of Object.entries(constants)) {
    const mask = BigInt(constant);
    if (mask === 0n || (rest & mask) !== mask) continue;
    names.push(name);
    rest &= ~mask;
  }
  if (rest !== 0n || names.length === 0)
    names.push(
      rest === 0n
        ? (Object.keys(constants).find((name) => BigInt(constants[name] ?? -1) === 0n) ?? "0")
        : `0x${rest.toString(16)}`,
    );
  return names.join(" | ");
}

/** The names of the bits that are set: `RX | TX`. */
export function bitNames(constants: Constants, value: number | bigint): string {
  return flagNames(
    Object.fromEntries(Object.entries(constants).map(([name, bit]) => [name, 1n << BigInt(bit)])),
    value,
  );
}
