import type { QueueFault } from "../virtqueue/queue-fault.ts";

/** Why a device can go on only after a reset. */
export type NeedsReset =
  /** The driver broke the rules of a queue. */
  | { readonly kind: "queue"; readonly queue: number; readonly fault: QueueFault }
  /** A chain is not what the description says of any operation of its queue. */
  | { readonly kind: "request"; readonly queue: number; readonly operation: string; readonly reason: string }
  /** The driver went on without what has to be done before. */
  | { readonly kind: "status"; readonly reason: string }
  /** The device's own code threw: the method of an operation, */
  | { readonly kind: "handler"; readonly queue: number; readonly operation: string; readonly error: unknown }
  /** or one that it is told something by. */
  | { readonly kind: "hook"; readonly hook: string; readonly error: unknown };

/** In words, for logs. */
export function describeNeedsReset(cause: NeedsReset): string {
  switch (cause.kind) {
    case "queue":
      return `queue ${cause.queue}: ${cause.fault}`;
    case "request":
      return `queue ${cause.queue}, ${cause.operation}: ${cause.reason}`;
    case "status":
      return cause.reason;
    case "handler":
      return `queue ${cause.queue}, ${cause.operation}: ${String(cause.error)}`;
    case "hook":
      return `${cause.hook}: ${String(cause.error)}`;
  }
}

/** Thrown where a device is made or used as its description does not allow. */
export class DeviceError extends Error {
  constructor(device: string, message: string) {
    super(`${device}: ${message}`);
    this.name = "DeviceError";
  }
}
