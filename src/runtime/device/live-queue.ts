import type { GuestOrder } from "../codec/spec.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext, QueuePlace } from "../queues.ts";
import type { Chain } from "../virtqueue/chain.ts";
import { createDeviceQueue } from "../virtqueue/create-queue.ts";
import { type DeviceQueue, type DeviceQueueOptions, PENDING } from "../virtqueue/device-queue.ts";
import { adminQueue, type AdminCommands, type AdminServer } from "./admin-server.ts";
import type { NeedsReset } from "./device-error.ts";
import { EventSender } from "./event-sender.ts";
import { OperationServer, type OperationHost } from "./operation-server.ts";

/** What a queue needs of the device around it. */
export interface QueueHost extends Pick<OperationHost, "methodOf"> {
  readonly operations: Readonly<Record<string, Operation>>;
  /** What is served on administration virtqueues. */
  readonly admin: AdminCommands | undefined;
  /** What codecs depend on now. */
  context(): QueueContext;
  order(): GuestOrder;
  /** Whether the device needs no reset. */
  works(): boolean;
  giveUp(cause: NeedsReset): void;
  /** Something that was in flight is answered. */
  answered(): void;
}

/** One queue, from when the driver has set it up until the reset. */
export class LiveQueue {
  readonly place: QueuePlace;
  readonly queue: DeviceQueue;
  private readonly host: QueueHost;
  private server: AdminServer | OperationServer;
  private sender: EventSender;

  constructor(place: QueuePlace, host: QueueHost, options: Omit<DeviceQueueOptions, "onBroken">) {
    this.place = place;
    this.host = host;
    this.queue = createDeviceQueue({
      ...options,
      onBroken: (fault) => host.giveUp({ kind: "queue", queue: place.number, fault }),
    });
    this.server = this.createServer();
    this.sender = new EventSender(this.queue, host.context(), host.order());
  }

  /** Whether anything that a driver makes available here is served, or the device takes buffers when it likes. */
  get serves(): boolean {
    return this.server.serves;
  }

  /** What messages look like may have changed. */
  renew(): void {
    this.server = this.createServer();
    this.sender = new EventSender(this.queue, this.host.context(), this.host.order());
  }

  /** Serves what is available. Nothing behind what breaks the device is served. */
  serve(): void {
    this.queue.serve((chain) => (this.host.works() ? this.server.serve(chain) : PENDING));
  }

  /** Fills in a buffer that the driver has made available for an event. False where there is none that is long enough. */
  send(operation: Operation, value: unknown, output: Uint8Array | undefined): boolean {
    return this.sender.send(operation, value, output);
  }

  private createServer(): AdminServer | OperationServer {
    const { place, host } = this;
    const around: OperationHost = {
      context: host.context(),
      order: host.order(),
      methodOf: (name) => host.methodOf(name),
      failed: (queue, operation, reason, error) =>
        host.giveUp(
          error === undefined
            ? { kind: "request", queue, operation, reason }
            : { kind: "handler", queue, operation, error },
        ),
      complete: (chain, written) => this.complete(chain, written),
    };
    if (host.admin !== undefined && place.name === adminQueue) return host.admin.serverOf(place, around);
    return new OperationServer(place, host.operations, around);
  }

  private complete(chain: Chain, written: number): void {
    this.queue.push(chain, written);
    this.queue.publish();
    this.host.answered();
  }
}
