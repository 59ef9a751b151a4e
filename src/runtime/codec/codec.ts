import { CodecError } from "../codec-error.ts";
import type { FieldsOf } from "./accessors.ts";
import { Definition, definitionKey, type Defined } from "./definition.ts";
import type { ReservedName } from "./fields.ts";
import type { Layout } from "./layout.ts";
import type { ConfigMemberAccess, Member } from "./member.ts";
import { accessorsOf } from "./nested.ts";
import type { GuestOrder, Spec } from "./spec.ts";

/** One row of a struct's table. */
export interface FieldLayout {
  readonly name: string;
  /** Undefined behind a member of varying size. */
  readonly byteOffset: number | undefined;
  /** Undefined where it varies. */
  readonly byteLength: number | undefined;
  /** It, or the struct's last bytes, depend on features or values. */
  readonly conditional: boolean;
  readonly reserved: boolean;
  readonly access: ConfigMemberAccess | undefined;
}

/** What every codec has. */
export interface StructInfo<V> extends Defined<V> {
  /** The standard's name: `virtio_blk_config`. */
  readonly structName: string;
  /** Its size in bytes; undefined where it varies. */
  readonly byteLength: number | undefined;
  /** Its members in their order, with offsets and sizes. */
  readonly byteLayout: readonly FieldLayout[];
}

/** Reads and writes structs as a whole. Every fault is a CodecError that names the struct, the field and the numbers. */
export interface StructCodec<V> extends StructInfo<V> {
  /**
   * Reads a struct; what is read is a copy.
   * @param at address in the view
   * @param end address behind the last byte that belongs to it; the end of the view where it is left out
   */
  readFrom(view: DataView, at?: number, end?: number): V;
  /** Writes a struct, with zeroes where members are reserved or do not exist. Returns the address behind it. */
  writeTo(view: DataView, at: number, value: V, end?: number): number;
  /** Size of a value in bytes. */
  sizeOf(value: V): number;
  fromBytes(bytes: Uint8Array): V;
  toBytes(value: V): Uint8Array<ArrayBuffer>;
  /** Itself: what it depends on is known already, or it depends on nothing. */
  withContext(context: unknown): Codec<V>;
  /** The codec for a guest of this byte order on the legacy interface. What the standard keeps little- or big-endian there stays so. */
  guestOrder(order: GuestOrder): Codec<V>;
}

/** A struct whose size or members depend on something outside of it: on the negotiated features, the configuration, another message. */
export interface ContextualCodec<V, C> extends StructInfo<V> {
  /** The codec that knows it. To be made once, not for each message. */
  withContext(context: C): Codec<V>;
  guestOrder(order: GuestOrder): Codec<V, C>;
}

/** A generated struct: access to its members in place, by name, and to the struct as a whole. */
export type Codec<V, C = unknown> = FieldsOf<V> & (unknown extends C ? StructCodec<V> : ContextualCodec<V, C>);

/** What a struct's literal has to have: a spec for each member of the value. */
export type MembersOf<V> = {
  readonly [K in V extends unknown ? keyof V : never]: Spec<
    Wide<Exclude<V extends unknown ? (K extends keyof V ? V[K] : never) : never, undefined>>
  >;
} & {
  readonly [K in ReservedName]?: Spec<never>;
};

/** A tag is one of several numbers in a value, and any number in the bytes. */
type Wide<T> = [T] extends [number] ? number : T;

/** A struct of the description. The name is the standard's, for errors and traces. */
export function struct<V, C = unknown>(name: string, members: MembersOf<NoInfer<V>>): Codec<V, C> {
  return codecOf(new Definition<V>(name, members, false), "little", undefined) as Codec<V, C>;
}

/** A struct whose little-endian members have the guest's byte order on the legacy interface: see `guestOrder`. */
export function nativeStruct<V, C = unknown>(name: string, members: MembersOf<NoInfer<V>>): Codec<V, C> {
  return codecOf(new Definition<V>(name, members, true), "little", undefined) as Codec<V, C>;
}

/**
 * Makes the record of accessors. `Object.fromEntries` keeps it in the form that V8 is quickest with, however many
 * there are.
 */
function codecOf(definition: Definition<unknown>, order: GuestOrder, context: unknown): unknown {
  const layout = definition.layout(order);
  const state: State = { definition, layout, order, context };
  const entries: readonly (readonly [PropertyKey, unknown])[] = [
    ...accessorsOf(layout),
    ["structName", definition.name],
    ["byteLength", layout.byteLength ?? (context === undefined ? undefined : layout.sizeUnder(context))],
    ["byteLayout", layout.members.map(([name, member]) => rowOf(name, member))],
    [definitionKey, definition],
    [stateKey, state],
  ];
  return Object.setPrototypeOf(Object.fromEntries(entries), methods);
}

function rowOf(name: string, member: Member): FieldLayout {
  const { floating, valid, present, guards, access } = member.place;
  return {
    name,
    byteOffset: floating ? undefined : member.byteOffset,
    byteLength: member.byteLength,
    conditional: valid !== undefined || present !== undefined || guards.length > 0,
    reserved: member.reserved,
    access,
  };
}

const stateKey: unique symbol = Symbol("state");

interface State {
  readonly definition: Definition<unknown>;
  readonly layout: Layout;
  readonly order: GuestOrder;
  readonly context: unknown;
}

interface Stateful {
  readonly [stateKey]: State;
}

/** What all codecs share; the type of a codec gives them its own type of values. */
const methods = {
  readFrom(this: Stateful, view: DataView, at = 0, end = Infinity): unknown {
    return readWith(this[stateKey], view, at, Math.min(end, view.byteLength));
  },

  writeTo(this: Stateful, view: DataView, at: number, value: unknown, end = Infinity): number {
    return writeWith(this[stateKey], view, at, Math.min(end, view.byteLength), value);
  },

  sizeOf(this: Stateful, value: unknown): number {
    const { layout, context } = this[stateKey];
    return layout.measure(recordOf(layout, value), context, undefined, 0);
  },

  fromBytes(this: Stateful, bytes: Uint8Array): unknown {
    return readWith(
      this[stateKey],
      new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      0,
      bytes.byteLength,
    );
  },

  toBytes(this: Stateful, value: unknown): Uint8Array<ArrayBuffer> {
    const { layout, context } = this[stateKey];
    const bytes = new Uint8Array(layout.measure(recordOf(layout, value), context, undefined, 0));
    writeWith(this[stateKey], new DataView(bytes.buffer), 0, bytes.length, value);
    return bytes;
  },

  guestOrder(this: Stateful, order: GuestOrder): unknown {
    const { definition, context } = this[stateKey];
    return codecOf(definition, order, context);
  },

  withContext(this: Stateful, context: unknown): unknown {
    const { definition, order } = this[stateKey];
    return codecOf(definition, order, context);
  },
};

/** The most bytes that a value of a codec can take, in the context that it has; undefined where there is no bound. */
export function longestOf(codec: object): number | undefined {
  const { layout, context } = (codec as Stateful)[stateKey];
  return layout.longestUnder(context);
}

function readWith({ layout, context }: State, view: DataView, at: number, end: number): unknown {
  return layout.isSimple ? layout.readSimple(view, at, end) : layout.read(view, at, end, context, undefined, 0).value;
}

function writeWith({ layout, context }: State, view: DataView, at: number, end: number, value: unknown): number {
  const record = recordOf(layout, value);
  return layout.isSimple
    ? layout.writeSimple(view, at, end, record)
    : layout.write(view, at, end, record, context, undefined, 0);
}

function recordOf(layout: Layout, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new CodecError(
    "wrong-member",
    { struct: layout.struct, field: "" },
    `an object is wanted, not ${typeof value}`,
  );
}
