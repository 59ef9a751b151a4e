import type { Tag, Term } from "./codec/scope.ts";
import type { AnyCodec, Message } from "./message.ts";

/** One thing that a driver can ask of a device, or tell it: one alternative of a message. */
export interface Operation {
  readonly message: Message<string, unknown, unknown>;
  /**
   * For each of the message's tags, the numbers that mean this operation, an empty list where it is all that no other
   * operation has; no lists where the message has no tags.
   */
  readonly tags: readonly (readonly Tag[])[];
  /** Exists only with one of these features. */
  readonly needs: readonly Term[];
  /** Only for the legacy interface: no device has to know it. */
  readonly legacy: boolean;
  /**
   * What the device reads. A codec whose size is known from the features and the configuration is read in place, and
   * `input` follows it; any other is read from a copy of all that the device may read.
   */
  readonly sent: AnyCodec | undefined;
  /** Bytes of any number follow `sent`. */
  readonly input: boolean;
  /** What the device writes, but for the bytes of `output`. */
  readonly answer: AnyCodec | undefined;
  /** Where bytes of any number are that the device writes: in front of `answer` or behind it. */
  readonly output: "before" | "behind" | undefined;
  /** The only member of `answer`, where it has one: then its number alone is the answer. */
  readonly single: string | undefined;
}

/** An operation as a description has it: generated code calls this. What is left out is not there. */
export function operation(
  message: Message<string, unknown, unknown>,
  parts: Partial<Omit<Operation, "message">>,
): Operation {
  return {
    message,
    tags: parts.tags ?? [],
    needs: parts.needs ?? [],
    legacy: parts.legacy ?? false,
    sent: parts.sent,
    input: parts.input ?? false,
    answer: parts.answer,
    output: parts.output,
    single: parts.single,
  };
}

/** The operations of a device type, in the standard's order. */
export type Operations<Name extends string> = Readonly<Record<Name, Operation>>;
