import type { Term } from "./codec/scope.ts";
import type { AnyCodec, Message } from "./message.ts";

/** One thing that a driver can ask of a device, or tell it: one alternative of a message. */
export interface Operation {
  readonly message: Message<string, unknown, unknown>;
  /** For each of the message's tags, the numbers that mean this operation; none where the message has no tags. */
  readonly tags: readonly (readonly number[])[];
  /** Exists only with one of these features. */
  readonly needs: readonly Term[];
  /**
   * What the device reads. A codec of fixed size is read in place, and `input` follows it; any other is read from a
   * copy of all that the device may read.
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
    sent: parts.sent,
    input: parts.input ?? false,
    answer: parts.answer,
    output: parts.output,
    single: parts.single,
  };
}
