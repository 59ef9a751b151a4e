import type { Codec, ContextualCodec } from "../codec/codec.ts";
import { CodecError } from "../codec-error.ts";
import type { NumberField } from "../codec/accessors.ts";
import { Condition, type Tag } from "../codec/scope.ts";
import type { GuestOrder } from "../codec/spec.ts";
import type { OrderedCodec, Refusal } from "../message.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext, QueuePlace } from "../queues.ts";
import type { Chain } from "../virtqueue/chain.ts";
import { PENDING } from "../virtqueue/device-queue.ts";
import { Incoming, type Answer } from "./incoming.ts";

/** The user's method for an operation. */
type Method = (request: Incoming) => Answer<unknown>;

/** What a server needs of the device around it. */
export interface OperationHost {
  /** What codecs may depend on. */
  readonly context: QueueContext;
  readonly order: GuestOrder;
  methodOf(name: string): Method | undefined;
  /** What is answered where a method has thrown this: members of the refusal, by name. Undefined where it is a fault. */
  refusalOf?(error: unknown): Readonly<Record<string, number>> | undefined;
  /** A chain is not what the description says, or the method threw. */
  failed(queue: number, operation: string, reason: string, error?: unknown): void;
  /** A chain that was pending is answered. */
  complete(chain: Chain, written: number): void;
}

/** An operation with its codecs as they are under the negotiated features. */
interface Served {
  readonly name: string;
  readonly operation: Operation;
  readonly method: Method;
  readonly sent: Codec<unknown> | undefined;
  /** Bytes of `sent` that are read in place; undefined where it is read from a copy. */
  readonly head: number | undefined;
  readonly answer: Codec<object> | undefined;
  /** Bytes of the answer; undefined where that depends on its value. */
  readonly tail: number | undefined;
  /** The accessor of a single number. */
  readonly single: NumberField | undefined;
  /** The answer to bytes that are not this operation's, where it has a place of its own. */
  readonly refusal: RefusalPlace | undefined;
}

/** What is written where a request is refused. */
interface RefusalPlace {
  /** None where nothing is written. */
  readonly fields: readonly { readonly name: string; readonly field: NumberField; readonly value: number }[];
  /** Bytes that are written; all others are 0. */
  readonly length: number;
  /** They end what the device writes; otherwise they begin it. */
  readonly atEnd: boolean;
  /** The request begins with as many bytes that are sent back, but for the number. */
  readonly sentBack: boolean;
}

const nothingWritten: RefusalPlace = { fields: [], length: 0, atEnd: false, sentBack: false };

interface Family {
  readonly message: Operation["message"];
  readonly head: number;
  /** Reads the message's tags, the outermost first. */
  readonly tags: readonly ((view: DataView, at: number) => number)[];
  readonly refusal: RefusalPlace | undefined;
  readonly served: readonly Served[];
  /** By the first tag, where that alone decides and is small. */
  readonly quick: readonly (Served | undefined)[];
}

/** Tags below this are looked up in an array. */
const quickTags = 64;
/** The longest message that is read as a whole: control commands are far shorter, data does not come this way. */
const longestCopy = 1 << 20;

/** How often missing bytes are filled in: for each struct that ends too early, once. */
const mostZeroes = 8;

/** Where what is not there would have ended; 0 where something else is wrong. */
function missingEnd({ fault, value, at }: CodecError): number {
  return fault === "past-end" && value !== undefined && at !== undefined ? at + Number(value) : 0;
}

/** Serves the chains of one queue: finds out what each asks for, checks it, and calls the method. */
export class OperationServer {
  private readonly place: QueuePlace;
  private readonly host: OperationHost;
  private readonly families: readonly Family[];
  private idle: Incoming | undefined;
  private readonly scratch: DataView;

  constructor(place: QueuePlace, operations: Readonly<Record<string, Operation>>, host: OperationHost) {
    this.place = place;
    this.host = host;
    this.families = familiesOf(place, operations, host);
    this.scratch = new DataView(new ArrayBuffer(Math.max(64, ...this.families.map((one) => one.head))));
  }

  /** Whether anything that a driver makes available here is served, or the device takes buffers when it likes. */
  get serves(): boolean {
    return this.families.length > 0;
  }

  /** Serves one chain. Returns how many bytes were written, or PENDING. Never throws. */
  serve(chain: Chain): number {
    try {
      return this.begin(chain);
    } catch (error) {
      // The memory went away between two looks at it.
      return this.fail("", "the chain could not be read", error);
    }
  }

  private begin(chain: Chain): number {
    const family = this.familyOf(chain);
    if (family === undefined) return this.fail("", "no operation has bytes of these directions");
    const incoming = this.idle ?? new Incoming(this.scratch);
    this.idle = undefined;
    incoming.queue = this.place;
    if (!this.locate(incoming, chain, family.head, family.message.anyLength)) {
      const reason = `${chain.readableLength} bytes to read, at least ${family.head} are wanted`;
      // Without tags there is but one operation that it can have been meant for.
      return this.refuse(family, chain, incoming, reason, family.tags.length === 0 ? family.served[0] : undefined);
    }
    const served = this.pick(family, incoming);
    if (served === undefined) return this.refuse(family, chain, incoming, "no operation has these tags now");
    return this.run(served, chain, incoming, family);
  }

  private run(served: Served, chain: Chain, incoming: Incoming, family: Family): number {
    const { operation, head } = served;
    const { anyLength } = operation.message;
    if (head === undefined) {
      const why = this.decode(served, chain, incoming);
      if (why !== undefined) return this.refuse(family, chain, incoming, why, served);
    } else {
      if (head > family.head && !this.locate(incoming, chain, head, anyLength))
        return this.refuse(family, chain, incoming, `${head} bytes to read are wanted`, served);
      const rest = operation.input || anyLength !== true ? Math.max(chain.readableLength - head, 0) : 0;
      if (rest !== 0 && !operation.input)
        return this.refuse(family, chain, incoming, `${rest} bytes too many to read`, served);
      incoming.input.place(chain, head, rest);
      incoming.hold(served.sent, undefined);
    }
    const room = chain.writableLength - (served.tail ?? 0);
    if (room < 0 && anyLength !== true) {
      this.idle = incoming;
      return this.fail(served.name, `${chain.writableLength} bytes to write, at least ${served.tail ?? 0} are wanted`);
    }
    const open = operation.output !== undefined && served.tail !== undefined;
    incoming.output.place(chain, operation.output === "behind" ? (served.tail ?? 0) : 0, open ? Math.max(room, 0) : 0);
    let result: Answer<unknown>;
    try {
      result = served.method(incoming);
    } catch (error) {
      this.release(incoming);
      return this.threw(served, chain, incoming, family, error);
    }
    if (isPromise(result)) {
      this.later(served, chain, incoming, family, result);
      return PENDING;
    }
    const written = this.answer(served, chain, incoming, result);
    this.release(incoming);
    return written;
  }

  private later(served: Served, chain: Chain, incoming: Incoming, family: Family, result: Promise<unknown>): void {
    result.then(
      (value) => this.answerLater(served, chain, incoming, value),
      (error: unknown) => {
        if (!chain.inFlight) return;
        const written = this.threw(served, chain, incoming, family, error);
        if (written >= 0) this.host.complete(chain, written);
      },
    );
  }

  /** The driver's fault where it was its value that could not be read, otherwise the device's. */
  private threw(served: Served, chain: Chain, incoming: Incoming, family: Family, error: unknown): number {
    if (error instanceof CodecError && error === incoming.fault)
      return this.refuse(family, chain, incoming, error.message, served);
    const values = this.host.refusalOf?.(error);
    if (values !== undefined) return this.refuse(family, chain, incoming, "refused", served, values);
    return this.fail(served.name, "the device's method threw", error);
  }

  private answerLater(served: Served, chain: Chain, incoming: Incoming, value: unknown): void {
    // A reset may have taken the chain away meanwhile.
    if (!chain.inFlight) return;
    const written = this.answer(served, chain, incoming, value);
    if (written >= 0) this.host.complete(chain, written);
  }

  /** Writes the answer. Returns how many bytes are written, from the first on. */
  private answer(served: Served, chain: Chain, incoming: Incoming, value: unknown): number {
    const { answer, tail, single, operation } = served;
    const { output } = incoming;
    if (answer === undefined) return output.written;
    const at = operation.output === "before" ? chain.writableLength - (tail ?? 0) : 0;
    try {
      if (
        single !== undefined &&
        tail !== undefined &&
        typeof value === "number" &&
        tail <= chain.writableLength - at
      ) {
        this.writeNumber(chain, at, tail, single, value);
      } else {
        const whole = operation.single === undefined ? value : { [operation.single]: value };
        const all = answer.toBytes(whole as object);
        // What has no room is not written.
        const bytes = operation.message.anyLength === true ? all.subarray(0, chain.writableLength - at) : all;
        if (bytes.length > chain.writableLength - at)
          return this.fail(served.name, `an answer of ${bytes.length} bytes does not fit`);
        chain.write(at, bytes);
        if (tail === undefined || bytes.length < all.length) return bytes.length;
      }
    } catch (error) {
      return this.fail(served.name, "the answer is none of this operation's", error);
    }
    if (operation.output === "behind") return (tail ?? 0) + output.written;
    return output.written === output.length ? output.length + (tail ?? 0) : output.written;
  }

  private writeNumber(chain: Chain, at: number, length: number, field: NumberField, value: number): void {
    const last = chain.segment(chain.segmentCount - 1);
    // Mostly a driver gives the answer a buffer of its own, the last one.
    const { view } = last;
    const end = last.offset + last.length;
    // The memory may have gone while the answer was pending: then the chain, which looks, writes nothing.
    if (at === chain.writableLength - length && last.length >= length && end <= view.byteLength) {
      field.set(view, end - length, value);
      return;
    }
    const bytes = new Uint8Array(length);
    field.set(new DataView(bytes.buffer), 0, value);
    chain.write(at, bytes);
  }

  /**
   * Answers what is no operation, where the description has an answer for that.
   * @param served the operation that it is but for its bytes
   * @param values other numbers than the description's
   */
  private refuse(
    family: Family,
    chain: Chain,
    incoming: Incoming,
    reason: string,
    served?: Served,
    values?: Readonly<Record<string, number>>,
  ): number {
    this.idle = incoming;
    const refusal = served?.refusal ?? family.refusal;
    const short = refusal !== undefined && refusal.length > chain.writableLength;
    if (refusal === undefined || (short && family.message.anyLength !== true))
      return this.fail(family.message.name, reason);
    const { fields, length, atEnd, sentBack } = refusal;
    const bytes = new Uint8Array(length);
    if (sentBack) chain.read(0, bytes);
    const view = new DataView(bytes.buffer);
    for (const { name, field, value } of fields) field.set(view, 0, values?.[name] ?? value);
    const at = atEnd ? Math.max(chain.writableLength - length, 0) : 0;
    const written = chain.write(at, bytes, 0, Math.min(length, chain.writableLength));
    return at === 0 ? written : 0;
  }

  private fail(operation: string, reason: string, error?: unknown): number {
    this.host.failed(this.place.number, operation, reason, error);
    return PENDING;
  }

  private release(incoming: Incoming): void {
    incoming.input.place(undefined, 0, 0);
    incoming.output.place(undefined, 0, 0);
    this.idle = incoming;
  }

  /** Reads what the driver sent from a copy of it. Returns what is wrong with it. */
  private decode(served: Served, chain: Chain, incoming: Incoming): string | undefined {
    const { sent } = served;
    if (sent === undefined) return undefined;
    const { readableLength } = chain;
    if (readableLength > longestCopy) return `${readableLength} bytes are too many to read`;
    let bytes = new Uint8Array(readableLength);
    chain.read(0, bytes);
    for (let tries = 0; ; tries++) {
      try {
        incoming.hold(undefined, sent.fromBytes(bytes));
        break;
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        const wanted = served.operation.message.anyLength === true ? missingEnd(error) : 0;
        if (wanted <= bytes.length || wanted > longestCopy || tries === mostZeroes) return error.message;
        // What is missing is zero.
        const longer = new Uint8Array(wanted);
        longer.set(bytes);
        bytes = longer;
      }
    }
    // What has no value, such as reserved bits, is to be seen in the same copy.
    incoming.view = new DataView(bytes.buffer);
    incoming.at = 0;
    incoming.input.place(undefined, 0, 0);
    return undefined;
  }

  /** Finds the first `length` bytes: where they are, or in a copy where they lie in several pieces. */
  private locate(incoming: Incoming, chain: Chain, length: number, anyLength?: true): boolean {
    if (length === 0) return true;
    if (chain.readableLength < length && anyLength !== true) return false;
    const first = chain.segment(0);
    if (first.length >= length && chain.readableLength >= length) {
      incoming.view = first.view;
      incoming.at = first.offset;
      return true;
    }
    // A pending request keeps its own copy.
    const bytes = new Uint8Array(length);
    if (chain.read(0, bytes) < length && anyLength !== true) return false;
    incoming.view = new DataView(bytes.buffer);
    incoming.at = 0;
    return true;
  }

  private familyOf(chain: Chain): Family | undefined {
    const { families } = this;
    const [only] = families;
    if (families.length <= 1) return only;
    // Two messages of one queue differ by who writes.
    return families.find(({ message }) =>
      chain.readableLength > 0
        ? message.readable !== undefined || message.byAddress === true
        : message.readable === undefined,
    );
  }

  private pick(family: Family, incoming: Incoming): Served | undefined {
    const { tags, served } = family;
    if (tags.length === 0) return served[0];
    const first = tags[0]?.(incoming.view, incoming.at) ?? 0;
    if (tags.length === 1 && first < quickTags) return family.quick[first];
    return served.find(({ operation }) =>
      operation.tags.every((wanted, level) =>
        isOneOf(level === 0 ? first : (tags[level]?.(incoming.view, incoming.at) ?? 0), wanted),
      ),
    );
  }
}

/** An empty list is all that nothing else names. */
function isOneOf(tag: number, wanted: readonly Tag[]): boolean {
  return (
    wanted.length === 0 ||
    wanted.some((one) => (typeof one === "number" ? one === tag : one[0] <= tag && tag <= one[1]))
  );
}

function familiesOf(
  place: QueuePlace,
  operations: Readonly<Record<string, Operation>>,
  host: OperationHost,
): readonly Family[] {
  const families = new Map<Operation["message"], Served[]>();
  for (const [name, operation] of Object.entries(operations)) {
    const { message } = operation;
    if (message.kind === "event" || !message.queues.includes(place.name) || !isThere(operation, host.context)) continue;
    const method = host.methodOf(name);
    if (method === undefined) continue;
    const list = families.get(message) ?? [];
    list.push(servedAs(name, operation, method, host));
    families.set(message, list);
  }
  return [...families].map(([message, unordered]) => {
    // What takes all that is left comes last.
    const served = unordered.toSorted((a, b) => othersIn(a.operation) - othersIn(b.operation));
    const quick = Array.from({ length: quickTags }, (_, tag) =>
      served.find(({ operation: { tags } }) => tags.length === 1 && isOneOf(tag, tags[0] ?? [])),
    );
    const codec = message.tags?.codec.guestOrder(host.order);
    const tags =
      codec === undefined
        ? []
        : (message.tags?.by ?? []).map((by) => (view: DataView, at: number) => by(codec, view, at));
    const { refusal } = message;
    return {
      message,
      head: codec?.byteLength ?? served[0]?.head ?? 0,
      tags,
      refusal: refusalOf(refusal, host.order),
      served,
      quick,
    };
  });
}

/** How many of its tags are all that nothing else names. */
function othersIn(operation: Operation): number {
  return operation.tags.filter((wanted) => wanted.length === 0).length;
}

function refusalOf(refusal: Refusal | "nothing" | undefined, order: GuestOrder): RefusalPlace | undefined {
  if (refusal === "nothing") return nothingWritten;
  return refusal === undefined ? undefined : refusalIn(refusal, refusal.codec, refusal.atEnd, order);
}

function refusalIn(
  { values, sentBack = false }: Refusal,
  codec: OrderedCodec,
  atEnd: boolean,
  order: GuestOrder,
): RefusalPlace | undefined {
  const members = codec.guestOrder(order) as unknown as Codec<object> & Readonly<Record<string, NumberField>>;
  const fields: { name: string; field: NumberField; value: number }[] = [];
  let end = 0;
  for (const [name, value] of Object.entries(values)) {
    const row = members.byteLayout.find((one) => one.name === name);
    const field = members[name];
    if (field === undefined || row?.byteOffset === undefined) return undefined;
    fields.push({ name, field, value });
    end = Math.max(end, row.byteOffset + field.byteLength);
  }
  return { fields, length: codec.byteLength ?? end, atEnd, sentBack };
}

/** Whether an operation exists with these features. */
export function isThere(operation: Operation, context: QueueContext): boolean {
  if (operation.needs.length === 0) return true;
  const scope = { struct: operation.message.name, value: {}, context, outer: undefined, after: 0, row: 0 };
  return new Condition(operation.needs).holds(scope);
}

function servedAs(name: string, operation: Operation, method: Method, host: OperationHost): Served {
  const ready = <V>(codec: unknown): Codec<V> | undefined =>
    codec === undefined
      ? undefined
      : (codec as ContextualCodec<V, QueueContext>).withContext(host.context).guestOrder(host.order);
  const sent = ready<unknown>(operation.sent);
  const answer = ready<object>(operation.answer);
  const fields = answer as unknown as Readonly<Record<string, NumberField>> | undefined;
  const tail = answer === undefined ? 0 : answer.byteLength;
  const { refusal } = operation.message;
  return {
    name,
    operation,
    method,
    sent,
    head: sent === undefined ? 0 : sent.byteLength,
    answer,
    tail,
    single: operation.single === undefined ? undefined : fields?.[operation.single],
    refusal:
      refusal === undefined ||
      refusal === "nothing" ||
      refusal.alone === true ||
      answer === undefined ||
      tail === undefined
        ? undefined
        : refusalIn(refusal, answer, operation.output === "before", host.order),
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}
