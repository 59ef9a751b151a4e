import type { ContextualCodec } from "../codec/codec.ts";
import type { GuestOrder } from "../codec/spec.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext } from "../queues.ts";
import type { DeviceQueue } from "../virtqueue/device-queue.ts";

/** Fills in buffers that a driver has made available for what a device sends on its own. */
export class EventSender {
  private readonly queue: DeviceQueue;
  private readonly context: QueueContext;
  private readonly order: GuestOrder;

  constructor(queue: DeviceQueue, context: QueueContext, order: GuestOrder) {
    this.queue = queue;
    this.context = context;
    this.order = order;
  }

  /** False where there is no buffer. A buffer that is too short is used with as much as it holds. */
  send(operation: Operation, value: unknown, output: Uint8Array | undefined): boolean {
    const codec =
      operation.answer === undefined
        ? undefined
        : (operation.answer as unknown as ContextualCodec<object, QueueContext>).withContext(this.context);
    const whole = operation.single === undefined ? value : { [operation.single]: value };
    const bytes = codec?.guestOrder(this.order).toBytes(whole as object);
    const chain = this.queue.pop();
    if (chain === undefined) return false;
    let written = 0;
    if (operation.output === "before" && output !== undefined) written += chain.write(0, output);
    if (bytes !== undefined) written += chain.write(written, bytes);
    if (operation.output === "behind" && output !== undefined) written += chain.write(written, output);
    this.queue.push(chain, written);
    this.queue.publish();
    return written === (bytes?.length ?? 0) + (output?.length ?? 0);
  }
}
