import type { VirtioDriver } from "../../../src/runtime/index.ts";
import { isAtLeast, type Place } from "./places.ts";

const again = 20;

/**
 * What `answer` resolves with. Before 8.2 QEMU does not wait until a back end over vhost-user has switched its queues
 * on: a notification that comes at once is lost there, for ever. It is told again then, as often as it takes.
 */
export async function answeredOver<T>(
  { driver: { transport, queuePlaces }, place }: { readonly driver: VirtioDriver; readonly place: Place },
  answer: Promise<T>,
): Promise<T> {
  if (isAtLeast(place, 8, 2)) return answer;
  const timer = setInterval(() => {
    for (const { number } of queuePlaces) transport.notify(number, transport.queueName(number));
  }, again);
  return answer.finally(() => clearInterval(timer));
}
