import type { AdminOptions } from "./admin-server.ts";
import type { SharedMemory } from "./device-port.ts";

/** What a device is made of, beside its description. */
export interface DeviceOptions<Bit extends number, Config extends object> {
  /** The features that it offers. VERSION_1 is always among them. */
  readonly features?: Iterable<Bit>;
  /** The configuration space: every member that exists with these features. */
  readonly config?: Config;
  /** Entries that each queue has at most; 256 if absent. */
  readonly queueSize?: number;
  /** Numbers optional queues as this house does (`linux`); as the standard says if absent. */
  readonly queueNumbering?: string;
  readonly sharedMemory?: readonly SharedMemory[];
  /** What it serves on administration virtqueues; with ADMIN_VQ, and only with it. */
  readonly admin?: AdminOptions;
}
