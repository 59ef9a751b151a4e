/** Whether a name says that nobody looks at the bytes or bits: `reserved`, `padding`, `unused`, `pad`, maybe numbered. */
export function isReservedName(name: string): boolean {
  return /^(?:reserved|padding|unused|pad)_?\d*$/.test(name);
}
