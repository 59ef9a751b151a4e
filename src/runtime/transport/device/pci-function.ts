import type { VirtioDevice } from "../../device/virtio-device.ts";
import type { PciInterrupts } from "./pci-interrupts.ts";
import type { QueueBank } from "./queue-bank.ts";

/** What the register blocks of one PCI function share. */
export interface PciFunction {
  readonly device: VirtioDevice;
  readonly queues: QueueBank;
  readonly interrupts: PciInterrupts;
  /** The most queues that there may be, but for administration virtqueues. */
  readonly queueCount: number;
  /** With them. */
  readonly allQueues: number;
  /**
   * The driver accesses the legacy interface, or that of the standard. Which one is decided by the last access before
   * the status leaves 0.
   * @returns whether it is the one that is used now
   */
  use(legacy: boolean): boolean;
  /** Whether this feature was negotiated. */
  negotiated(bit: number): boolean;
  /** The driver writes the status; 0 resets, and may come by either interface. */
  writeStatus(value: number, legacy: boolean): void;
}
