import { CodecError } from "../codec-error.ts";
import type { GuestOrder } from "../codec/spec.ts";
import type { Operation } from "../operation.ts";
import { DriverError } from "./driver-error.ts";
import type { OperationCodecs } from "./operation-codecs.ts";
import type { PreparedRequest } from "./prepared-request.ts";

/**
 * Told of an event that the device sent: its value, and the bytes of any number beside it. The bytes are those of the
 * buffer itself, which the device gets back when the handler returns; those of several buffers are a copy.
 */
export type EventHandler<Value> = (value: Value, output: Uint8Array) => void;

/** An operation that a driver listens to. */
interface Listening {
  readonly codecs: OperationCodecs;
  readonly handler: EventHandler<never>;
  readonly following: ((value: never) => number) | undefined;
}

/** An event of which not all buffers have come yet. */
interface Unfinished {
  readonly parts: Uint8Array[];
  /** Buffers that are still to come. */
  due: number;
  deliver(output: Uint8Array): void;
}

/** Buffers of one queue that the device fills when it likes: each is read, and given back to the device. */
export class EventReceiver {
  private readonly listening: Listening[] = [];
  private readonly order: GuestOrder;
  private readonly fault: (error: DriverError) => void;
  private readonly dropped: (request: PreparedRequest) => void;
  private readonly buffers: number;
  private unfinished: Unfinished | undefined;

  /**
   * @param buffers how many the device has at a time
   * @param told of what is no event of the description (`fault`), and of buffers that do not come back (`dropped`)
   */
  constructor(
    order: GuestOrder,
    buffers: number,
    told: { fault(error: DriverError): void; dropped(request: PreparedRequest): void },
  ) {
    this.order = order;
    this.buffers = buffers;
    this.fault = (error) => told.fault(error);
    this.dropped = (request) => told.dropped(request);
  }

  /** @param following by an event's value, how many further buffers it has; none if absent */
  add(codecs: OperationCodecs, handler: EventHandler<never>, following?: (value: never) => number): void {
    this.listening.push({ codecs, handler, following });
  }

  /** Gives the device a buffer, which comes back to it after every use. */
  post(request: PreparedRequest): void {
    request.submit(this.used);
  }

  private readonly used = (request: PreparedRequest): void => {
    if (request.error !== undefined) {
      this.dropped(request);
      return;
    }
    try {
      this.receive(request.output.subarray(0, request.outputWritten));
    } finally {
      this.repost(request);
    }
  };

  private repost(request: PreparedRequest): void {
    try {
      this.post(request);
    } catch (error) {
      // The handler has stopped the driver, or it has failed meanwhile.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  private receive(bytes: Uint8Array): void {
    const { unfinished } = this;
    if (unfinished !== undefined) {
      unfinished.parts.push(bytes.slice());
      unfinished.due -= 1;
      if (unfinished.due > 0) return;
      this.unfinished = undefined;
      unfinished.deliver(joined(unfinished.parts));
      return;
    }
    const listening = this.pick(bytes);
    if (listening === undefined) {
      this.fault(new DriverError("wrong-answer", `${bytes.length} bytes are no event that is listened to`));
      return;
    }
    const { codecs, handler, following } = listening;
    const { answer, answerLength, operation } = codecs;
    const length = answerLength ?? bytes.length;
    if (bytes.length < length) {
      const { name } = operation.message;
      this.fault(new DriverError("not-answered", `${name}: ${bytes.length} bytes were written, ${length} are wanted`));
      return;
    }
    const from = operation.output === "before" ? bytes.length - length : 0;
    let value: object | undefined;
    try {
      value = answer?.fromBytes(bytes.slice(from, from + length));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.fault(new DriverError("wrong-answer", error.message, { cause: error }));
      return;
    }
    const output = from > 0 ? bytes.subarray(0, from) : bytes.subarray(length);
    const told = handler as EventHandler<unknown>;
    const due = following?.(value as never) ?? 0;
    if (due === 0) {
      told(value, output);
    } else if (due > 0 && due < this.buffers) {
      this.unfinished = { parts: [output.slice()], due, deliver: (all) => told(value, all) };
    } else {
      const { name } = operation.message;
      this.fault(new DriverError("wrong-answer", `${name}: ${due} buffers would follow, of ${this.buffers} in all`));
    }
  }

  private pick(bytes: Uint8Array): Listening | undefined {
    const [first] = this.listening;
    const tags = first?.codecs.operation.message.tags;
    if (tags === undefined) return first;
    const codec = tags.codec.guestOrder(this.order);
    const head = bytes.slice(0, codec.byteLength);
    if (codec.byteLength === undefined || head.length < codec.byteLength) return undefined;
    const view = new DataView(head.buffer);
    const values = tags.by.map((by) => by(codec, view, 0));
    return (
      this.listening.find(({ codecs }) => hasTags(codecs.operation, values, false)) ??
      this.listening.find(({ codecs }) => hasTags(codecs.operation, values, true))
    );
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param others whether an operation that takes all that no other has is meant as well */
function hasTags({ tags }: Operation, values: readonly number[], others: boolean): boolean {
  return tags.every((wanted, level) => {
    const tag = values[level] ?? 0;
    if (wanted.length === 0) return others;
    return wanted.some((one) => (typeof one === "number" ? one === tag : one[0] <= tag && tag <= one[1]));
  });
}
