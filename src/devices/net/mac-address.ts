/** Reads `52:54:00:12:34:56`. @throws RangeError where it is no such address, or a multicast one */
export function macAddress(text: string): Uint8Array {
  const parts = text.split(":");
  if (parts.length !== 6 || !parts.every((part) => /^[0-9a-f]{2}$/i.test(part))) {
    throw new RangeError(`"${text}" is no MAC address: write six bytes in hexadecimal, as in 52:54:00:12:34:56`);
  }
  const bytes = Uint8Array.from(parts, (part) => Number.parseInt(part, 16));
  if (((bytes[0] ?? 0) & 1) !== 0)
    throw new RangeError(`"${text}" is a multicast address: a device needs one of its own`);
  return bytes;
}

/** The address in six bytes from `at` on as one number, to compare and to look it up by. */
export function macNumber(bytes: Uint8Array, at = 0): number {
  let value = 0;
  for (let index = 0; index < 6; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}
