import type { GuestOrder } from "../../codec/spec.ts";
import type { ConfigAccess } from "../../config-access.ts";
import { INT } from "../../described/mmio.ts";
import type { SharedMemory } from "../../device/device-port.ts";
import type { FeatureSet } from "../../features.ts";
import type { QueueLayout } from "../../virtqueue/queue-setup.ts";

/** Why a device has interrupted: bits. */
export const InterruptCause: { readonly usedBuffers: number; readonly configChange: number } = {
  usedBuffers: INT.USED_BUFFER,
  configChange: INT.CONFIG,
} as const;

/** How queues are laid out on the legacy interface. */
export interface LegacyRings {
  /** Alignment of the queue and of its used ring, in bytes. */
  readonly align: number;
  /** The queue has as many entries as the device says, no fewer. */
  readonly fixedSize: boolean;
}

/** A device as its driver reaches it, whatever bus it sits on. What it throws are DriverErrors. */
export interface DriverTransport {
  readonly deviceId: number;
  /** The interface from before the standard; undefined on that of the standard. */
  readonly legacy: LegacyRings | undefined;
  /** The guest's byte order, which counts on the legacy interface. */
  readonly guestOrder: GuestOrder;
  /** The configuration space. What lies behind its end reads as 0. */
  readonly config: ConfigAccess;

  readStatus(): number;
  writeStatus(status: number): void;

  /** 32 of the features that the device offers. */
  offeredWord(index: number): number;
  /** Accepts 32 features. */
  acceptWord(index: number, bits: number): void;
  /** The features are settled: some registers exist only with one. Comes after every reset, before any queue. */
  negotiated(features: FeatureSet): void;

  /** Entries that a queue has at most; 0 where there is none. */
  queueMaxSize(index: number): number;
  /** Gives the device a queue. @throws DriverError `queue-unusable` */
  enableQueue(index: number, layout: QueueLayout): void;
  /** What the queue is called in notifications. */
  queueName(index: number): number;
  /** Begins to reset one queue; needs RING_RESET. */
  resetQueue(index: number): void;
  /** Whether that is done. */
  isQueueReset(index: number): boolean;
  /** Notifies of available buffers, with a value as {@link DriverQueue} makes it. */
  notify(index: number, value: number): void;

  /** Where administration virtqueues are: index of the first, and how many. Absent where the bus knows none. */
  adminQueues?(): { readonly index: number; readonly count: number };

  /** The region of this id, or undefined. */
  sharedMemory(id: number): SharedMemory | undefined;

  /**
   * Takes an interrupt note of, so that the next one can come.
   * @param vector which message came, where there are several
   * @returns why it came, as bits of {@link InterruptCause}
   */
  acknowledge(vector?: number): number;
}

/** 64 bits of two registers as a number, or undefined where they are more than 2^53. */
export function exactNumber(low: number, high: number): number | undefined {
  const value = (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : undefined;
}
