import type { Operation, PreparedRequest, QueuePlace, RequestObserver } from "virtgen/runtime";

/** A request, or what came of it, as it was then: its bytes are others' later. */
export interface SeenRequest {
  readonly place: QueuePlace;
  readonly operation: Operation;
  /** Bytes that the device says it wrote; undefined while it has not used it. */
  readonly written: number | undefined;
  readonly codec: ValueCodec | undefined;
  readonly bytes: Uint8Array;
}

type ValueCodec = NonNullable<PreparedRequest["codecs"]["sent"]>;

/** Of a value that is longer only the number of its bytes is told. */
const longest = 256;
const none = new Uint8Array(0);

function copy({ view }: PreparedRequest, at: number, length: number | undefined): Uint8Array {
  if (length === undefined || length > longest) return none;
  return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
}

/** Hands on each request, with a copy of its bytes. */
export function observer(seen: (request: SeenRequest) => void): RequestObserver {
  return {
    submitted(request, place) {
      const { operation, sent, sentLength } = request.codecs;
      seen({ place, operation, written: undefined, codec: sent, bytes: copy(request, request.at, sentLength) });
    },
    used(request, place, written) {
      const { operation, answer, answerLength } = request.codecs;
      seen({ place, operation, written, codec: answer, bytes: copy(request, request.answerAt, answerLength) });
    },
  };
}

/** `send requestq[0] in { type: IN, ioprio: 0x0, sector: 0x8 }` */
export function requestWords({ place, operation, written, codec, bytes }: SeenRequest, names: OperationNames): string {
  const queue = `${place.name}[${place.index}]`;
  // A buffer for events is of no operation before the device has filled it.
  const what = Object.keys(names).find((name) => names[name] === operation) ?? operation.message.name;
  const value = codec === undefined || bytes.length === 0 ? "" : ` ${valueWords(codec, bytes)}`;
  return written === undefined ? `send  ${queue} ${what}${value}` : `used  ${queue} ${what}, ${written} bytes${value}`;
}

export type OperationNames = Readonly<Record<string, Operation>>;

function valueWords(codec: ValueCodec, bytes: Uint8Array): string {
  try {
    const members = Object.entries(codec.fromBytes(bytes)).map(
      ([name, value]) => `${name}: ${memberWords(codec, name, value)}`,
    );
    return `{ ${members.join(", ")} }`;
  } catch (error) {
    return `(${error instanceof Error ? error.message : "no value of its type"})`;
  }
}

function memberWords(codec: ValueCodec, name: string, value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") {
    const accessor: unknown = Object.entries(codec).find(([key]) => key === name)?.[1];
    return isNamed(accessor) ? accessor.nameOf(value) : String(value);
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner));
}

function isNamed(accessor: unknown): accessor is { nameOf(value: number | bigint): string } {
  return typeof accessor === "object" && accessor !== null && "nameOf" in accessor;
}
