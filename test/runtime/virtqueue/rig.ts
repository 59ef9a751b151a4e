import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import type { DeviceQueue } from "../../../src/runtime/virtqueue/device-queue.ts";
import type { DriverQueue, IndirectTables } from "../../../src/runtime/virtqueue/driver-queue.ts";
import type { QueueFault } from "../../../src/runtime/virtqueue/queue-fault.ts";
import { contiguousLayout, type QueueFeatures, type QueueLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";

/** Both sides of one queue over one memory, on one thread. */
export interface Rig<Token> {
  readonly memory: GuestMemory;
  readonly bytes: Uint8Array;
  readonly layout: QueueLayout;
  readonly tables: IndirectTables;
  /** First byte behind the ring and the tables. */
  readonly dataAt: number;
  readonly driver: DriverQueue<Token>;
  readonly device: DeviceQueue;
  /** What happened since the rig was made. */
  readonly seen: { notified: number[]; interrupts: number; device: QueueFault[]; driver: QueueFault[] };
}

export interface RigOptions {
  readonly size?: number;
  readonly features?: QueueFeatures;
  /** Bytes of data behind the ring. */
  readonly data?: number;
  readonly shared?: boolean;
  /** Descriptors of an indirect table. */
  readonly tableEntries?: number;
  readonly maxChainLength?: number;
  /** The device is called by the driver's notification, and the driver by the device's. */
  readonly onNotify?: (value: number) => void;
  readonly onInterrupt?: () => void;
}

export const ringAt = 0x1000;

export function createRig<Token = number>(options: RigOptions = {}): Rig<Token> {
  const { size = 8, features = {}, data = 65536, shared = false, tableEntries = 16 } = options;
  const layout = contiguousLayout(size, ringAt, features.packed === true);
  const tables = { address: Math.ceil(layout.end / 16) * 16, entries: tableEntries };
  const dataAt = tables.address + tables.entries * 16 * size;
  const length = Math.ceil((dataAt + data) / 4096) * 4096;
  const buffer = shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
  const memory = GuestMemory.over(buffer);
  const seen: Rig<Token>["seen"] = { notified: [], interrupts: 0, device: [], driver: [] };
  const driver = createDriverQueue<Token>({
    memory,
    features,
    queue: 3,
    notify: (value) => {
      seen.notified.push(value);
      options.onNotify?.(value);
    },
    onBroken: (fault) => seen.driver.push(fault),
  });
  const device = createDeviceQueue({
    memory,
    features,
    interrupt: () => {
      seen.interrupts += 1;
      options.onInterrupt?.();
    },
    onBroken: (fault) => seen.device.push(fault),
    ...(options.maxChainLength === undefined ? {} : { maxChainLength: options.maxChainLength }),
  });
  const rig = { memory, bytes: new Uint8Array(buffer), layout, tables, dataAt, driver, device, seen };
  enableBoth(rig);
  return rig;
}

/** The driver first: it clears the ring's memory. */
export function enableBoth(rig: Pick<Rig<unknown>, "driver" | "device" | "layout" | "tables">): void {
  rig.driver.enable(rig.layout, rig.tables);
  rig.device.enable(rig.layout);
}

/** A generator of 32-bit numbers that always gives the same ones for a seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** One of each layout and set of features. */
export const everyFeatureSet: readonly (QueueFeatures & { readonly name: string })[] = [false, true].flatMap((packed) =>
  [false, true].flatMap((eventIdx) =>
    [false, true].flatMap((indirectDesc) =>
      [false, true].map((inOrder) => ({
        packed,
        eventIdx,
        indirectDesc,
        inOrder,
        name: [
          packed ? "packed" : "split",
          ...(eventIdx ? ["event index"] : []),
          ...(indirectDesc ? ["indirect"] : []),
          ...(inOrder ? ["in order"] : []),
        ].join(", "),
      })),
    ),
  ),
);
