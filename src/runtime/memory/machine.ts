import type { GuestMemory } from "./guest-memory.ts";

/**
 * All that a device needs of the machine it sits in, and so all that an emulator has to provide. Adapters of two kinds
 * are in the tests: one of an emulator whose guest memory is a part of a WebAssembly.Memory that grows, with holes and
 * a cache of translated code, and one of a kernel that itself is a WebAssembly program on several threads.
 *
 * Registers are not part of it: they are the transport's, and the emulator calls it when the guest accesses them.
 */
export interface Machine {
  /** The guest's memory. The machine adds and removes what comes and goes. */
  readonly memory: GuestMemory;

  /**
   * Interrupts the driver. A line (MMIO, INTx) is raised and later lowered; a message (MSI-X) has a vector and is
   * only ever raised.
   */
  interrupt(vector: number, raised: boolean): void;

  /**
   * Calls `notified` with what the driver writes to notify of available buffers: a queue's index, or the value that
   * `notificationData` takes apart. Not from inside the device's own calls. Ends when the returned function is called.
   */
  onNotify(notified: (value: number) => void): () => void;
}
