/**
 * Split: whether a free-running 16-bit index went past `event` on its way from `before` up to `next`: an entry with
 * the index `event` was written.
 */
export function passedIndex(event: number, next: number, before: number): boolean {
  return ((next - event - 1) & 0xffff) < ((next - before) & 0xffff);
}

/**
 * Packed: whether `event` (a descriptor's offset, its wrap counter in bit 15) names one of the last `entries`
 * descriptors before the one at `next`, whose wrap counter is `wrap`.
 */
export function passedDescriptor(event: number, next: number, wrap: boolean, entries: number, size: number): boolean {
  const offset = event & 0x7fff;
  // A descriptor of the round before is where it would be if the ring went on below 0.
  const place = (event >>> 15 === 1) === wrap ? offset : offset - size;
  return place < next && place >= next - entries;
}
