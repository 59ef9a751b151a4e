import type { DeviceQueue, DeviceQueueOptions } from "./device-queue.ts";
import type { DriverQueue, DriverQueueOptions } from "./driver-queue.ts";
import { PackedDeviceQueue } from "./packed-device-queue.ts";
import { PackedDriverQueue } from "./packed-driver-queue.ts";
import { SplitDeviceQueue } from "./split-device-queue.ts";
import { SplitDriverQueue } from "./split-driver-queue.ts";

/** A virtqueue's device side, of the layout that was negotiated. */
export function createDeviceQueue(options: DeviceQueueOptions): DeviceQueue {
  return options.features.packed === true ? new PackedDeviceQueue(options) : new SplitDeviceQueue(options);
}

/** A virtqueue's driver side, of the layout that was negotiated. */
export function createDriverQueue<Token>(options: DriverQueueOptions): DriverQueue<Token> {
  return options.features.packed === true
    ? new PackedDriverQueue<Token>(options)
    : new SplitDriverQueue<Token>(options);
}
