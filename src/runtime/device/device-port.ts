import type { GuestMemory } from "../memory/guest-memory.ts";

/** What a transport gives the device that sits on it. */
export interface DevicePort {
  /** The guest's memory, in which the queues lie. */
  readonly memory: GuestMemory;
  /** Features that this transport has no means for; the device does not offer them there. */
  readonly withholds?: readonly number[];
  /** Sends a used buffer notification for this queue. */
  usedBuffer(queue: number): void;
  /** Sends a configuration change notification. */
  configChanged(): void;
}

/** How a driver speaks to a device: over the registers of the standard, or over those from before it. */
export interface DeviceInterface {
  readonly legacy: boolean;
  /** The byte order of a legacy guest, which its driver cannot say. False on the interface of the standard. */
  readonly bigEndian: boolean;
}

/** Memory that a device shares with its driver beside the queues, at a guest-physical address. */
export interface SharedMemory {
  readonly id: number;
  readonly address: number;
  /** In bytes. */
  readonly length: number;
}
