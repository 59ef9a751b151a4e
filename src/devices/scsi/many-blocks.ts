import type { ByteSource } from "../store/sector-store.ts";
import { BigEndianFields, type BlockRange } from "./command.ts";
import type { UnitLimits } from "./inquiry.ts";
import { CheckCondition, invalidParameter, parameterListLength } from "./sense.ts";

/** The ranges of UNMAP's parameter list. @throws CheckCondition where it is none, or too much */
export function unmapRanges(list: Uint8Array, limits: UnitLimits): BlockRange[] {
  if (list.length === 0) return [];
  if (list.length < 8) throw new CheckCondition(parameterListLength);
  const fields = new BigEndianFields(list);
  const length = Math.min(fields.u16(2), list.length - 8);
  const count = Math.floor(length / 16);
  const ranges = Array.from({ length: count }, (_, index): BlockRange => {
    const at = 8 + index * 16;
    return { first: fields.u64(at), count: fields.u32(at + 8) };
  });
  const total = ranges.reduce((sum, range) => sum + range.count, 0);
  if (count > limits.maxUnmapRanges || total > limits.maxUnmapBlocks) throw new CheckCondition(invalidParameter);
  return ranges;
}

/** One block again and again, as a source. */
export function repeated(block: Uint8Array, count: number): ByteSource {
  const length = block.length * count;
  return {
    length,
    read(position, target, start = 0, wanted = target.length - start) {
      const end = Math.min(position + wanted, length, position + target.length - start);
      for (let at = position; at < end;) {
        const from = at % block.length;
        const piece = block.subarray(from, Math.min(block.length, from + end - at));
        target.set(piece, start + at - position);
        at += piece.length;
      }
      return Math.max(0, end - position);
    },
  };
}
