import type { GuestOrder } from "./codec/spec.ts";

/** A codec whose values are known to generated code only. */
export interface AnyCodec {
  readonly structName: string;
  readonly byteLength: number | undefined;
}

/** What one message on a queue is made of. */
export interface Message<Queue extends string, Readable, Writable> {
  /** A request is answered, a message goes one way, for an event the driver posts buffers that the device fills. */
  readonly kind: "request" | "message" | "event";
  /** The standard's name: `virtio_blk_req`. */
  readonly name: string;
  /** The queues that carry it. */
  readonly queues: readonly Queue[];
  /** Codec of what the device reads; undefined where it reads nothing. */
  readonly readable: Readable;
  /** Codec of what the device writes; undefined where it writes nothing. */
  readonly writable: Writable;
  /** The address of the buffer is the message; its bytes are not looked at. */
  readonly byAddress?: true;
  /** Both directions may have other lengths than the codecs': what is missing is zero, what is too much is ignored. */
  readonly anyLength?: true;
  /** What tells which operation it is. */
  readonly tags?: MessageTags;
  /** What a device answers where it is none; `nothing`: it gives the buffers back as they are. */
  readonly refusal?: Refusal | "nothing";
}

/** The numbers in a message that tell what it asks for. */
export interface MessageTags {
  /** What a message begins with, of fixed size. They all lie in it. */
  readonly codec: OrderedCodec;
  /** How each is read, the outermost first. */
  readonly by: readonly ((codec: OrderedCodec, view: DataView, at: number) => number)[];
}

/** A codec that is also there for a guest of another byte order. */
export interface OrderedCodec extends AnyCodec {
  guestOrder(order: GuestOrder): OrderedCodec;
}

/** A message's tags as a description has them: generated code calls this. */
export function messageTags<C extends OrderedCodec>(
  codec: C,
  ...by: readonly ((codec: C, view: DataView, at: number) => number)[]
): MessageTags {
  return { codec, by: by as MessageTags["by"] };
}

/** The answer to what a device does not know or cannot read. */
export interface Refusal {
  /** A part of what the device writes. Where its size varies only the bytes up to the member are written. */
  readonly codec: OrderedCodec;
  /** The members that say so, by name. All others are 0. */
  readonly values: Readonly<Record<string, number>>;
  /** It ends what the device writes; otherwise it begins it. */
  readonly atEnd: boolean;
  /** The codec is that of a header or tail, and nothing else is written. */
  readonly alone?: true;
  /** The request begins with the same header: its other members are sent back as they came. */
  readonly sentBack?: boolean;
}

/** A command, capability, resource object or device part: its number, and the codec of each of its sections. */
export interface Command<Sections> {
  readonly kind: "ccw_command" | "capability" | "resource" | "device_part";
  /** The standard's name: `VIRTIO_ADMIN_CMD_LIST_QUERY`. */
  readonly name: string;
  readonly number?: number;
  /** Whether the payload goes to the device (`out`) or comes from it. */
  readonly direction?: "in" | "out";
  /** Resources that it refers to, by name. */
  readonly refers?: readonly string[];
  /** Members that the driver writes although the payload comes from the device. */
  readonly given?: readonly string[];
  /** The transport's revision that has it. */
  readonly transportRevision?: number;
  /** By the section's name; a payload without one is called `data`. */
  readonly sections: Sections;
}
