/** What can be wrong with bytes or values. */
export type CodecFault =
  /** There are fewer bytes than the member needs. */
  | "past-end"
  /** The value does not fit the member, or is not one that it may have. */
  | "out-of-range"
  /** A list or a string of bytes has another length than the description says. */
  | "wrong-length"
  /** No alternative belongs to this tag, or its feature was not negotiated. */
  | "unknown-tag"
  /** A value lacks a member, or has one that does not exist under the negotiated features. */
  | "wrong-member"
  /** Where a part of varying length ends cannot be told from the bytes alone. */
  | "ambiguous"
  /** It depends on something that was not passed to `withContext`. */
  | "no-context"
  /** The configuration space does not allow the access. */
  | "access";

/** Where the fault is, and its numbers. */
export interface CodecFaultPlace {
  /** The struct's name: `virtio_blk_req`. */
  readonly struct: string;
  /** The member's path in it: `flags.unmap`; empty for the struct as a whole. */
  readonly field: string;
  /** The value, length or tag that was found. */
  readonly value?: number | bigint;
  /** Address of the first byte that was asked for, as it was passed. */
  readonly at?: number;
}

/** Thrown wherever bytes or values are not what the description says; nothing was read or written past the place. */
export class CodecError extends Error {
  readonly fault: CodecFault;
  readonly struct: string;
  readonly field: string;
  readonly value: number | bigint | undefined;
  readonly at: number | undefined;

  constructor(fault: CodecFault, place: CodecFaultPlace, message: string) {
    super(`${place.struct}${place.field === "" ? "" : `.${place.field}`}: ${message}`);
    this.name = "CodecError";
    this.fault = fault;
    this.struct = place.struct;
    this.field = place.field;
    this.value = place.value;
    this.at = place.at;
  }
}
