import type { Operation } from "../operation.ts";
import type { QueuePlace } from "../queues.ts";
import type { DmaMemory } from "./dma-memory.ts";
import type { Framing } from "./framing.ts";
import type { RequestRoom } from "./prepared-request.ts";
import type { RequestObserver } from "./request-observer.ts";

/** What a driver is told beside which device it drives. */
export interface DriverOptions<Bit extends number = number> {
  /** Guest memory for rings and buffers. */
  readonly memory: DmaMemory;
  /** The features that are wanted where the device offers them; if absent, all that the description knows. */
  readonly features?: Iterable<Bit>;
  /** Features without which the driver does not start. */
  readonly required?: Iterable<Bit>;
  /** The queues that are used, of those that there are; all if absent. */
  readonly queues?: (place: QueuePlace) => boolean;
  /** Entries of a queue at most; 256 if absent. */
  readonly queueSize?: number;
  /** Numbers optional queues as this house does (`linux`); as the standard says if absent. */
  readonly queueNumbering?: string;
  /** Descriptors of an indirect table, where that feature is negotiated; 16 if absent, 0 for no tables. */
  readonly indirectEntries?: number;
  /** The driver calls `poll` by itself and wants no interrupts. */
  readonly polled?: boolean;
  /** How messages are cut into descriptors; whole parts if absent. */
  readonly framing?: Framing;
  /** Told of each request on its way. */
  readonly observer?: RequestObserver;
  /** Milliseconds in which the device has to finish a reset; 5000 if absent. */
  readonly timeout?: number;
  /**
   * Milliseconds after which a request that was not answered is rejected with `timed-out`; any time if absent. Its
   * buffers stay the device's until it has used them, or a reset. Prepared requests have no such limit.
   */
  readonly requestTimeout?: number;
}

/** Where a request goes, if a device has several queues for it. */
export interface QueueChoice {
  /** Index among the queues of its kind; 0 if absent. */
  readonly queue?: number;
  /** The kind, where the message goes by several; the first if absent. */
  readonly kind?: string;
}

/** Bytes beside a request's value. */
export interface RequestParts extends QueueChoice, Pick<RequestRoom, "answerLength" | "inputAt" | "outputAt"> {
  /** Bytes that follow what is sent. */
  readonly input?: Uint8Array;
  /** How many bytes the device may write beside its answer, or where to put them. */
  readonly output?: number | Uint8Array;
}

/** What came back. */
export interface Reply<Value> {
  readonly answer: Value;
  /** The bytes that the device wrote beside it: a copy, or the beginning of where they were to be put. */
  readonly output: Uint8Array;
}

/** A driver, as what only sends requests sees it. */
export interface RequestSender {
  /**
   * Sends a request and resolves with what comes back. Requests that are sent together go out with one notification.
   * @param value what is sent, with its tags; undefined where there is nothing but bytes
   * @throws DriverError (as a rejection), CodecError where the value is none of this operation's
   */
  request<Value = undefined>(
    operation: Operation,
    value: object | undefined,
    parts?: RequestParts,
  ): Promise<Reply<Value>>;
}

/** How a driver listens. */
export interface ListenOptions extends QueueChoice {
  /** Buffers that the device has at a time; as many as the queue has room for if absent. */
  readonly buffers?: number;
  /** Bytes beside the event's value, of each buffer; 0 if absent. */
  readonly outputLength?: number;
  /** Bytes of the event, where that is of no fixed size: the most that it can take, where there is such a bound. */
  readonly answerLength?: number;
  /**
   * How many further buffers an event has, by its value, less than there are: the handler gets their bytes behind those
   * of the first. Every event is one buffer if absent.
   */
  readonly following?: (value: never) => number;
}
