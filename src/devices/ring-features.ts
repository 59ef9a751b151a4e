import { F } from "../../generated/typescript/config.ts";

/** Features of rings that devices offer if nothing else is asked for: whatever makes them quick, and costs nobody anything. */
export const ringFeatures: readonly F[] = [F.INDIRECT_DESC, F.EVENT_IDX, F.RING_PACKED, F.RING_RESET];

/** What every device of this folder can be told about its queues. */
export interface RingOptions {
  /** Features beside those of the device type, in place of {@link ringFeatures}; IN_ORDER and SUSPEND work, too. */
  readonly ringFeatures?: Iterable<F>;
  /** Entries that each queue has at most; 256 if absent. */
  readonly queueSize?: number;
}
