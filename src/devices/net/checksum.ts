/** The Internet checksum's sum of 16-bit words, of the bytes from `start` on; an odd last byte counts as an upper one. */
function wordSum(bytes: Uint8Array, start: number): number {
  let sum = 0;
  for (let at = start; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return sum;
}

/**
 * Completes a checksum in place: that of all bytes from `start` on, stored `offset` bytes behind `start`, where the sum
 * of the pseudo header stands already. A sum of 0 is stored as 0xffff, as UDP wants it and TCP takes it.
 * @returns false, and nothing is changed, where the place is outside of the packet
 */
export function completeChecksum(packet: Uint8Array, start: number, offset: number): boolean {
  const at = start + offset;
  if (at + 2 > packet.length) return false;
  const sum = ~wordSum(packet, start) & 0xffff;
  const stored = sum === 0 ? 0xffff : sum;
  packet[at] = stored >> 8;
  packet[at + 1] = stored & 0xff;
  return true;
}
