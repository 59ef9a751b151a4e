import type { Codec, ContextualCodec } from "../codec/codec.ts";
import type { GuestOrder } from "../codec/spec.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext } from "../queues.ts";
import type { DeviceQueue } from "../virtqueue/device-queue.ts";

/** Fills in buffers that a driver has made available for what a device sends on its own. */
export class EventSender {
  private readonly queue: DeviceQueue;
  private readonly context: QueueContext;
  private readonly order: GuestOrder;

  /** Made at the first use of each operation. */
  private readonly codecs = new Map<Operation, Codec<object>>();

  constructor(queue: DeviceQueue, context: QueueContext, order: GuestOrder) {
    this.queue = queue;
    this.context = context;
    this.order = order;
  }

  /** False where there is no buffer. A buffer that is too short is used with as much as it holds. */
  send(operation: Operation, value: unknown, output: Uint8Array | undefined): boolean {
    const whole = operation.single === undefined ? value : { [operation.single]: value };
    const bytes = this.codecOf(operation)?.toBytes(whole as object);
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

  private codecOf(operation: Operation): Codec<object> | undefined {
    const { answer } = operation;
    if (answer === undefined) return undefined;
    let codec = this.codecs.get(operation);
    if (codec === undefined) {
      const contextual = answer as unknown as ContextualCodec<object, QueueContext>;
      codec = contextual.withContext(this.context).guestOrder(this.order);
      this.codecs.set(operation, codec);
    }
    return codec;
  }
}
