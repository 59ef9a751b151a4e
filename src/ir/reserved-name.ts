/** Whether a name says that nobody looks at the bytes or bits: `reserved`, `padding`, `unused`, `pad`, maybe numbered or with underscores before it. */
export function isReservedName(name: string): boolean {
  return /^_*(?:reserved|padding|unused|pad)_?\d*$/.test(name);
}
