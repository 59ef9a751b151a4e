/** Bytes that tell their place: no two stretches of them are alike by accident. */
export function patterned(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = (seed + 1) * 0x9e37_79b9;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x3d;
    return state >>> 24;
  });
}
