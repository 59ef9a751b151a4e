import type { QueuePlace } from "../queues.ts";
import type { DriverTransport } from "../transport/driver/driver-transport.ts";
import { DriverError } from "./driver-error.ts";

const mostQueues = 0x1_0000;

/**
 * The administration virtqueue that a driver uses: the first, for each of them takes all commands. None where there is
 * none.
 * @param others the queues of the device type
 * @throws DriverError `wrong-structure` where it would be one of the others, or has no index that a queue can have
 */
export function adminPlaces(transport: DriverTransport, others: readonly QueuePlace[]): readonly QueuePlace[] {
  const { index, count } = transport.adminQueues?.() ?? { index: 0, count: 0 };
  if (count === 0) return [];
  if (index + count > mostQueues || others.some(({ number }) => number >= index)) {
    throw new DriverError("wrong-structure", `${count} administration virtqueues from ${index} on, among other queues`);
  }
  return [{ name: "adminq", index: 0, number: index }];
}
