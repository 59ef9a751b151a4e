// What is special about a ring, as bits of one small integer: to test one is an instruction or two where a field that
// holds a boolean takes a dozen.

/** Other threads see it. */
export const ringShared = 1;
/** The guest's byte order is not the processor's. */
export const ringSwapped = 2;
export const ringInOrder = 4;
/** The memory's owner wants to know of writes. */
export const ringWatched = 8;
/** A chain of two descriptors is more than the device takes. */
export const ringShort = 16;
export const ringNotifyOnEmpty = 32;
/** Buffers of several elements go through indirect tables. */
export const ringTables = 64;

/** Where the device's quick way to serve, and the driver's to reap, do not fit. */
export const ringStepwise: number = ringSwapped | ringInOrder | ringWatched | ringShort;
