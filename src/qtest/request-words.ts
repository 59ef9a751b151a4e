import type { Operation, PreparedRequest, QueuePlace, RequestObserver } from "virtgen/runtime";

/** A request, or what came of it, as it was then: its bytes are others' later. */
export interface SeenRequest {
  readonly place: QueuePlace;
  readonly operation: Operation;
  /** Bytes that the device says it wrote; undefined while it has not used it. */
  readonly written: number | undefined;
  readonly codec: ValueCodec | undefined;
  /** The first of the value's bytes. */
  readonly bytes: Uint8Array;
  /** How many there were. */
  readonly length: number;
}

type ValueCodec = NonNullable<PreparedRequest["codecs"]["sent"]>;

/** So many bytes of a value are kept. Of a longer one the members of fixed place are told that lie in them. */
const keptBytes = 256;
/** So many of those behind them are told. */
const toldBytes = 16;
/** So many characters of a list or struct are told. */
const toldCharacters = 160;

/** Hands on each request, with a copy of its bytes. */
export function observer(seen: (request: SeenRequest) => void): RequestObserver {
  return {
    submitted(request, place) {
      const { operation, sent } = request.codecs;
      seen({ place, operation, written: undefined, codec: sent, ...firstOf(request.sentBytes) });
    },
    used(request, place, written) {
      const { operation, answer } = request.codecs;
      seen({ place, operation, written, codec: answer, ...firstOf(request.answerBytes) });
    },
  };
}

function firstOf(all: Uint8Array): Pick<SeenRequest, "bytes" | "length"> {
  return { bytes: all.slice(0, keptBytes), length: all.length };
}

/** `send requestq[0] in { type: IN, ioprio: 0x0, sector: 0x8 }` */
export function requestWords(
  { place, operation, written, codec, bytes, length }: SeenRequest,
  names: OperationNames,
): string {
  const queue = `${place.name}[${place.index}]`;
  // A buffer for events is of no operation before the device has filled it.
  const what = Object.keys(names).find((name) => names[name] === operation) ?? operation.message.name;
  const value = codec === undefined || bytes.length === 0 ? "" : ` ${valueWords(codec, bytes, length)}`;
  return written === undefined ? `send  ${queue} ${what}${value}` : `used  ${queue} ${what}, ${written} bytes${value}`;
}

export type OperationNames = Readonly<Record<string, Operation>>;

function valueWords(codec: ValueCodec, bytes: Uint8Array, length: number): string {
  try {
    if (bytes.length < length) return beginningWords(codec, bytes, length);
    const members = Object.entries(codec.fromBytes(bytes)).map(
      ([name, value]) => `${name}: ${memberWords(codec, name, value)}`,
    );
    return `{ ${members.join(", ")} }`;
  } catch (error) {
    return `(${error instanceof Error ? error.message : "no value of its type"})`;
  }
}

/** The members of fixed place up to the first whose place or size varies, then bytes. */
function beginningWords(codec: ValueCodec, bytes: Uint8Array, length: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words: string[] = [];
  let at = 0;
  for (const { name, byteOffset, byteLength, conditional, reserved } of codec.byteLayout) {
    if (byteOffset === undefined || byteLength === undefined || conditional || byteOffset + byteLength > bytes.length)
      break;
    at = byteOffset + byteLength;
    // Members of a struct without a name are the outer one's own.
    if (!reserved) words.push(...fixedWords(codec, view, byteOffset, at, name));
  }
  const rest = [...bytes.subarray(at, at + toldBytes)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `{ ${[...words, `${rest.join(" ")} … of ${length - at} bytes`].join(", ")} }`;
}

/** The accessors that have these bytes, or the one of this name. */
function fixedWords(codec: object, view: DataView, from: number, to: number, name?: string): string[] {
  return Object.entries(codec).flatMap(([key, accessor]: [string, unknown]) => {
    if (!isPlaced(accessor) || accessor.reserved === true || (name !== undefined && name !== "" && key !== name))
      return [];
    const { byteOffset, byteLength } = accessor;
    if (byteOffset < from || byteLength === undefined || byteOffset + byteLength > to) return [];
    if (isNumber(accessor)) return [`${key}: ${accessor.nameOf(accessor.get(view, 0))}`];
    const inner = fixedWords(accessor, view, byteOffset, byteOffset + byteLength);
    return [`${key}: ${inner.length === 0 ? `${byteLength} bytes` : `{ ${inner.join(", ")} }`}`];
  });
}

interface Placed {
  readonly byteOffset: number;
  readonly byteLength: number | undefined;
  /** True of bytes that are no value. */
  readonly reserved?: unknown;
}

function isPlaced(accessor: unknown): accessor is Placed {
  return typeof accessor === "object" && accessor !== null && "byteOffset" in accessor && "byteLength" in accessor;
}

function isNumber(accessor: Placed): accessor is Placed & {
  get(view: DataView, at: number): number | bigint;
  nameOf(value: number | bigint): string;
} {
  return isNamed(accessor) && "get" in accessor;
}

function memberWords(codec: ValueCodec, name: string, value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") {
    const accessor: unknown = Object.entries(codec).find(([key]) => key === name)?.[1];
    return isNamed(accessor) ? accessor.nameOf(value) : String(value);
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const words = JSON.stringify(value, (_key, inner: unknown) => plain(inner));
  return words.length > toldCharacters ? `${words.slice(0, toldCharacters)} …` : words;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Uint8Array ? `${value.length} bytes` : value;
}

function isNamed(accessor: unknown): accessor is { nameOf(value: number | bigint): string } {
  return typeof accessor === "object" && accessor !== null && "nameOf" in accessor;
}
