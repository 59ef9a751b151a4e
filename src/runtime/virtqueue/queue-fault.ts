/** Why a queue is broken: what the other side did that the standard forbids. Only a reset mends it. */
export type QueueFault =
  // The queue as the driver set it up.
  /** No power of two up to 32768 (split), not 1 to 32768 (packed), or more than the device allows. */
  | "queue-size"
  /** A part of the ring does not lie at a multiple of its alignment. */
  | "ring-misaligned"
  /** A part of the ring is not in one region of memory that can be written, or its memory is gone. */
  | "ring-outside-memory"

  // What the driver made available.
  /** The available index is further ahead than the queue is long. */
  | "avail-index-jump"
  /** More buffers or descriptors are in flight than the queue has. */
  | "ring-overrun"
  /** An entry of the available ring is no index of a descriptor. */
  | "head-out-of-range"
  /** `next` is no index of a descriptor of its table. */
  | "next-out-of-range"
  /** A chain comes back to a descriptor of its own. */
  | "descriptor-loop"
  /** A chain has more descriptors than the queue, or than the device allows. */
  | "chain-too-long"
  /** The descriptors of a chain add up to more than 2^32 bytes. */
  | "chain-too-large"
  /** A device-readable descriptor follows a device-writable one. */
  | "readable-after-writable"
  /** A descriptor's memory ends beyond 2^64. */
  | "address-overflow"
  /** A descriptor's memory, or a part of it, does not exist. */
  | "address-outside-memory"
  /** A device-writable descriptor's memory is not for the device to write. */
  | "address-read-only"
  /** A packed list goes on in a descriptor that is not available. */
  | "list-not-available"
  /** INDIRECT without the feature INDIRECT_DESC. */
  | "indirect-not-negotiated"
  /** INDIRECT together with NEXT, or in a packed list that is chained by NEXT. */
  | "indirect-with-next"
  /** INDIRECT in an indirect table of a split queue. */
  | "indirect-nested"
  /** An indirect table's length is 0 or no multiple of 16. */
  | "indirect-table-size"
  /** An indirect table has more descriptors than a chain may have. */
  | "indirect-table-too-long"
  /** An indirect table, or a part of it, lies where no memory is. */
  | "indirect-table-outside-memory"

  // What the device used.
  /** The used index is further ahead than there are buffers in flight. */
  | "used-index-jump"
  /** A used buffer's id is none that is in flight, or with IN_ORDER not the next one's. */
  | "used-id-not-outstanding";

/** An operation's outcome where a fault stops it; undefined where all is well. */
export type Faulty = QueueFault | undefined;
