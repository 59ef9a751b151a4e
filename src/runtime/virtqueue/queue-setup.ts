import type { GuestMemory } from "../memory/guest-memory.ts";
import type { Region } from "../memory/region.ts";
import type { QueueFault } from "./queue-fault.ts";
import {
  AVAIL_ALIGN_SIZE,
  DESC_ALIGN_SIZE,
  DESC_SIZE,
  F_EVENT_IDX,
  F_IN_ORDER,
  F_INDIRECT_DESC,
  F_NOTIFICATION_DATA,
  F_NOTIFY_ON_EMPTY,
  F_RING_PACKED,
  F_VERSION_1,
  MAX_SIZE,
  PACKED_DESC_ALIGN_SIZE,
  PACKED_EVENT_ALIGN_SIZE,
  USED_ALIGN_SIZE,
  USED_ELEM_SIZE,
} from "../described/ring-constants.ts";

/** What of the negotiated features concerns a queue. Absent is not negotiated. */
export interface QueueFeatures {
  /** RING_PACKED: one ring of descriptors instead of descriptor table, available and used ring. */
  readonly packed?: boolean;
  readonly indirectDesc?: boolean;
  readonly eventIdx?: boolean;
  readonly inOrder?: boolean;
  /** NOTIFICATION_DATA: the driver's notification says how far the ring is filled. */
  readonly notificationData?: boolean;
  /** No VERSION_1: the guest's byte order counts, and used lengths are not reliable. Split queues only. */
  readonly legacy?: boolean;
  /** NOTIFY_ON_EMPTY, legacy: interrupt whenever nothing is left to do, also if suppressed. */
  readonly notifyOnEmpty?: boolean;
  /** The byte order of a legacy guest; little if absent. */
  readonly bigEndian?: boolean;
}

/** What concerns queues, of the features that were negotiated. The guest's byte order is the machine's to say. */
export function queueFeatures(has: (bit: number) => boolean): QueueFeatures {
  return {
    packed: has(F_RING_PACKED),
    indirectDesc: has(F_INDIRECT_DESC),
    eventIdx: has(F_EVENT_IDX),
    inOrder: has(F_IN_ORDER),
    notificationData: has(F_NOTIFICATION_DATA),
    legacy: !has(F_VERSION_1),
    notifyOnEmpty: !has(F_VERSION_1) && has(F_NOTIFY_ON_EMPTY),
  };
}

/** A queue as the driver has set it up: number of entries, and guest-physical addresses of its three parts in bytes. */
export interface QueueLayout {
  readonly size: number;
  /** Descriptor Area: the descriptor table, or the packed ring. */
  readonly desc: number;
  /** Driver Area: the available ring, or the driver's event suppression. */
  readonly driver: number;
  /** Device Area: the used ring, or the device's event suppression. */
  readonly device: number;
}

/** Lengths of a queue's parts in bytes, those of the event fields included. */
export function partLengths(size: number, packed: boolean): { desc: number; driver: number; device: number } {
  if (packed) return { desc: DESC_SIZE * size, driver: 4, device: 4 };
  return { desc: DESC_SIZE * size, driver: 6 + 2 * size, device: 6 + USED_ELEM_SIZE * size };
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

/** A queue's parts one behind the other from `address` on, each aligned, and where they end. */
export function contiguousLayout(size: number, address: number, packed: boolean): QueueLayout & { end: number } {
  const lengths = partLengths(size, packed);
  const desc = alignUp(address, DESC_ALIGN_SIZE);
  const driver = alignUp(desc + lengths.desc, packed ? PACKED_EVENT_ALIGN_SIZE : AVAIL_ALIGN_SIZE);
  const device = alignUp(driver + lengths.driver, USED_ALIGN_SIZE);
  return { size, desc, driver, device, end: device + lengths.device };
}

/**
 * The legacy interface's layout: one piece, the used ring at the next multiple of `queueAlign` bytes.
 * The address is that of the page number that the driver wrote.
 */
export function legacyLayout(size: number, address: number, queueAlign: number): QueueLayout & { end: number } {
  const driver = address + DESC_SIZE * size;
  const device = address + alignUp(DESC_SIZE * size + 2 * (3 + size), queueAlign);
  return { size, desc: address, driver, device, end: device + alignUp(6 + USED_ELEM_SIZE * size, queueAlign) };
}

/** Whether a queue may have this many entries. */
export function isQueueSize(size: number, packed: boolean): boolean {
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) return false;
  return packed || (size & (size - 1)) === 0;
}

/** A part of a ring: where it lies in its region, in bytes. */
export interface RingPart {
  readonly region: Region;
  readonly offset: number;
  readonly length: number;
}

/** The parts of a queue, found and checked. */
export interface RingParts {
  readonly desc: RingPart;
  readonly driver: RingPart;
  readonly device: RingPart;
}

/** Finds the parts of a queue in memory, or says what is wrong with how the driver set it up. */
export function locateRing(memory: GuestMemory, layout: QueueLayout, packed: boolean): RingParts | QueueFault {
  if (!isQueueSize(layout.size, packed)) return "queue-size";
  const lengths = partLengths(layout.size, packed);
  const descAlign = packed ? PACKED_DESC_ALIGN_SIZE : DESC_ALIGN_SIZE;
  const desc = locatePart(memory, layout.desc, lengths.desc, descAlign);
  const driver = locatePart(memory, layout.driver, lengths.driver, packed ? PACKED_EVENT_ALIGN_SIZE : AVAIL_ALIGN_SIZE);
  const device = locatePart(memory, layout.device, lengths.device, packed ? PACKED_EVENT_ALIGN_SIZE : USED_ALIGN_SIZE);
  if (typeof desc === "string") return desc;
  if (typeof driver === "string") return driver;
  if (typeof device === "string") return device;
  return { desc, driver, device };
}

/** Finds bytes that lie in one region, or says what is wrong. */
export function locatePart(memory: GuestMemory, address: number, length: number, align: number): RingPart | QueueFault {
  if (!Number.isSafeInteger(address) || address < 0) return "ring-outside-memory";
  if (address % align !== 0) return "ring-misaligned";
  const region = memory.regionAt(address | 0, (address / 0x1_0000_0000) | 0);
  if (region === undefined || region.readOnly) return "ring-outside-memory";
  const offset = address - region.start;
  if (offset + length > region.length || region.bytes.length === 0) return "ring-outside-memory";
  return { region, offset, length };
}

/** The 16-bit fields of a part that lies at a multiple of 2 bytes. */
export function halvesOf(part: RingPart): Uint16Array {
  const bytes = part.region.bytes;
  return new Uint16Array(bytes.buffer, bytes.byteOffset + part.offset, part.length >> 1);
}

/** The 32-bit fields of a part that lies at a multiple of 4 bytes. */
export function wordsOf(part: RingPart): Int32Array {
  const bytes = part.region.bytes;
  return new Int32Array(bytes.buffer, bytes.byteOffset + part.offset, part.length >> 2);
}

/** Whether one view of a ring is as good as all to tell that its memory was detached. */
export function detachTogether({ desc, driver, device }: RingParts): boolean {
  const { buffer } = desc.region.bytes;
  if (desc.region.shared && driver.region.shared && device.region.shared) return true;
  return buffer === driver.region.bytes.buffer && buffer === device.region.bytes.buffer;
}
