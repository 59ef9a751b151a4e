import type { RegisterTable } from "../../registers.ts";

/**
 * The widths in which the bytes of a register block are accessed, by offset; 0 where no register begins. A register of
 * 64 bits is two of 32.
 */
export function registerWidths<Name extends string>(
  offsets: Readonly<Partial<Record<Name, number>>>,
  registers: RegisterTable<Name>,
  length: number,
): Uint8Array {
  const widths = new Uint8Array(length);
  for (const [name, offset] of Object.entries<number | undefined>(offsets)) {
    const { size } = registers[name as Name];
    for (let half = 0; half < size; half += 4) widths[(offset ?? 0) + half] = Math.min(size, 4);
  }
  return widths;
}

/** Where the last of these registers ends, in bytes. */
export function blockLength<Name extends string>(
  offsets: Readonly<Record<Name, number>>,
  registers: RegisterTable<Name>,
): number {
  return Math.max(...(Object.keys(offsets) as Name[]).map((name) => offsets[name] + registers[name].size));
}
