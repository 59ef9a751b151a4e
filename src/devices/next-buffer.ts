import type { Chain, DeviceQueue } from "virtgen/runtime";

/**
 * The next buffer that a driver has made available for what the device sends. Where there is none, the driver is asked
 * to notify of the next one.
 */
export function nextBuffer(queue: DeviceQueue): Chain | undefined {
  const chain = queue.pop();
  if (chain !== undefined) return chain;
  // One may have come between the two.
  return queue.enableNotifications() ? queue.pop() : undefined;
}
