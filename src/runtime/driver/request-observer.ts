import type { QueuePlace } from "../queues.ts";
import type { PreparedRequest } from "./prepared-request.ts";

/** Told of requests on their way, for traces. It changes nothing, and takes of the time of each request. */
export interface RequestObserver {
  /** It is in the ring, and goes to the device with the next notification. */
  submitted(request: PreparedRequest, place: QueuePlace): void;
  /** The device has used it. @param written bytes, as the device says */
  used(request: PreparedRequest, place: QueuePlace, written: number): void;
}
