import { longestOf, type Codec, type ContextualCodec } from "../codec/codec.ts";
import type { GuestOrder } from "../codec/spec.ts";
import type { AnyCodec } from "../message.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext } from "../queues.ts";

/** An operation's codecs as they are under the negotiated features. */
export interface OperationCodecs {
  readonly operation: Operation;
  readonly sent: Codec<object> | undefined;
  /** In bytes; undefined where it depends on the value. */
  readonly sentLength: number | undefined;
  readonly answer: Codec<object> | undefined;
  /** In bytes; undefined where it depends on the value. */
  readonly answerLength: number | undefined;
  /** In bytes, as long as it can be; undefined where there is no bound. */
  readonly longestAnswer: number | undefined;
}

export function codecsOf(operation: Operation, context: QueueContext, order: GuestOrder): OperationCodecs {
  const ready = (codec: AnyCodec | undefined): Codec<object> | undefined =>
    codec === undefined
      ? undefined
      : (codec as unknown as ContextualCodec<object, QueueContext>).withContext(context).guestOrder(order);
  const sent = ready(operation.sent);
  const answer = ready(operation.answer);
  return {
    operation,
    sent,
    sentLength: sent === undefined ? 0 : sent.byteLength,
    answer,
    answerLength: answer === undefined ? 0 : answer.byteLength,
    longestAnswer: answer === undefined ? 0 : longestOf(answer),
  };
}
