import type { QueueFault } from "../virtqueue/queue-fault.ts";

/** What went wrong between a driver and its device. */
export type DriverErrorCode =
  /** There is no device, or one of another type. */
  | "no-device"
  /** The device speaks an interface that the driver does not. */
  | "wrong-version"
  /** What a PCI device says of where its structures are cannot be used. */
  | "wrong-structure"
  /** The device and the driver do not agree on features. */
  | "features-refused"
  /** An operation needs a feature that was not negotiated. */
  | "not-negotiated"
  /** The device lacks a queue that it must have. */
  | "queue-missing"
  /** The device does not let the driver set a queue up. */
  | "queue-unusable"
  /** A request has more pieces than its queue has entries, of which the device may offer few. */
  | "queue-too-small"
  /** The configuration space changes without end. */
  | "config-unstable"
  /** The configuration space has values that its description does not allow. */
  | "wrong-config"
  /** The device has set DEVICE_NEEDS_RESET. */
  | "needs-reset"
  /** The device broke the rules of a queue. */
  | "queue-broken"
  /** The device has used a buffer without having written the answer. */
  | "not-answered"
  /** The answer's bytes are none of this operation's. */
  | "wrong-answer"
  /** The way to the device failed: what accesses its registers threw, or what was called from there. */
  | "no-access"
  /** The device did not do in time what it has to. */
  | "timed-out"
  /** The memory that the driver may use is full. */
  | "out-of-memory"
  /** The driver has reset the device: what was under way is lost. */
  | "reset"
  /** The driver's own user asks for what cannot be. */
  | "misuse";

/** Thrown, or what a request is rejected with. */
export class DriverError extends Error {
  readonly code: DriverErrorCode;
  /** With `queue-broken`: what the device did. */
  readonly fault: QueueFault | undefined;

  constructor(code: DriverErrorCode, message: string, options: { fault?: QueueFault; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "DriverError";
    this.code = code;
    this.fault = options.fault;
  }
}
