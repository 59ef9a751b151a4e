// Numbers of the description's ring and config modules. A test holds each against it. They are written out because the
// bundler puts a constant where it is used, and leaves a member of ../described/ring.ts to be looked up.

export const DESC_F_NEXT = 1;
export const DESC_F_WRITE = 2;
export const DESC_F_INDIRECT = 4;
/** Of packed descriptors. */
export const DESC_F_AVAIL = 0x80;
export const DESC_F_USED = 0x8000;

export const AVAIL_F_NO_INTERRUPT = 1;
export const USED_F_NO_NOTIFY = 1;

export const RING_EVENT_FLAGS_ENABLE = 0;
export const RING_EVENT_FLAGS_DISABLE = 1;
export const RING_EVENT_FLAGS_DESC = 2;

/** The most entries of a queue. */
export const MAX_SIZE = 32768;

/** In bytes. */
export const DESC_ALIGN_SIZE = 16;
export const AVAIL_ALIGN_SIZE = 2;
export const USED_ALIGN_SIZE = 4;
export const PACKED_DESC_ALIGN_SIZE = 16;
export const PACKED_EVENT_ALIGN_SIZE = 4;
/** In bytes: a descriptor of either layout, and an element of the used ring. */
export const DESC_SIZE = 16;
export const USED_ELEM_SIZE = 8;

/** Numbers of feature bits. */
export const F_NOTIFY_ON_EMPTY = 24;
export const F_INDIRECT_DESC = 28;
export const F_EVENT_IDX = 29;
export const F_VERSION_1 = 32;
export const F_RING_PACKED = 34;
export const F_IN_ORDER = 35;
export const F_NOTIFICATION_DATA = 38;
