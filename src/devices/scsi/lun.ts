/** Where a unit is: behind a target of 0 to 255, with a number of 0 to 16383. */
export interface LunAddress {
  readonly target: number;
  readonly lun: number;
}

/** The unit REPORT LUNS of the host itself. */
export const wellKnown = "well-known";

const single = 1;
const wellKnownFirst = 0xc1;
/** In the third byte: flat space addressing, the form of numbers above 255. */
const flat = 0x40;

/** The eight bytes of a command's `lun`; undefined where they name nothing that can be. */
export function parseLun(bytes: Uint8Array): LunAddress | typeof wellKnown | undefined {
  const [first = 0, target = 0, upper = 0, lower = 0, ...rest] = bytes;
  if (rest.some((byte) => byte !== 0)) return undefined;
  if (first === wellKnownFirst) return target === 1 && upper === 0 && lower === 0 ? wellKnown : undefined;
  if (first !== single || (upper & 0x80) !== 0) return undefined;
  return { target, lun: (upper & 0x3f) * 256 + lower };
}

/** The eight bytes, as events have them. */
export function lunBytes({ target, lun }: LunAddress): Uint8Array {
  return Uint8Array.of(single, target, lun < 256 ? 0 : flat | (lun >> 8), lun & 0xff, 0, 0, 0, 0);
}
