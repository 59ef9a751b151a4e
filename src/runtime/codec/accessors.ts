import type { ConfigAccess } from "../config-access.ts";

/** Where a member stands. */
export interface FieldPlace {
  /** From the beginning of the struct; 0 for one behind a member of varying size, whose own address is then `at`. */
  readonly byteOffset: number;
  /** Undefined where it varies. */
  readonly byteLength: number | undefined;
}

/**
 * Access in place to a number of at most 32 bits. `at` is the address of the struct in the view; for a member behind
 * one of varying size it is the member's own address.
 *
 * All of these throw a CodecError: `past-end` where the view ends too early, `out-of-range` where a value does not fit
 * or is not allowed. None of them allocates.
 */
export interface NumberField extends FieldPlace {
  readonly byteLength: number;
  get(view: DataView, at: number): number;
  set(view: DataView, at: number, value: number): void;
  /** Reads it from the configuration space. */
  load(config: ConfigAccess): number;
  /** @throws CodecError `access` where the driver may not write it */
  store(config: ConfigAccess, value: number): void;
  /** What a value is called, for traces. */
  nameOf(value: number): string;
}

/** Access in place to 64 bits, as two halves, as a number that is checked to be exact, or as a bigint (which allocates). */
export interface WordField extends FieldPlace {
  readonly byteLength: 8;
  low(view: DataView, at: number): number;
  high(view: DataView, at: number): number;
  setWords(view: DataView, at: number, low: number, high: number): void;
  getNumber(view: DataView, at: number): number;
  setNumber(view: DataView, at: number, value: number): void;
  get(view: DataView, at: number): bigint;
  set(view: DataView, at: number, value: bigint): void;
  load(config: ConfigAccess): bigint;
  store(config: ConfigAccess, value: bigint): void;
  nameOf(value: bigint): string;
}

export interface BytesField extends FieldPlace {
  get(view: DataView, at: number, index: number): number;
  set(view: DataView, at: number, index: number, value: number): void;
  /** The bytes themselves, not a copy; the length is needed where it varies. */
  bytes(view: DataView, at: number, length?: number): Uint8Array;
  load(config: ConfigAccess): Uint8Array;
  store(config: ConfigAccess, value: Uint8Array): void;
}

export interface ListField<E> extends FieldPlace {
  /** Access to the members of an element, or to the element itself, at the address that `placeOf` returns. */
  readonly element: FieldOf<E>;
  /** Address of an element, where all are of one size. */
  placeOf(at: number, index: number): number;
}

declare const word: unique symbol;

/** The value of a word of bit groups. */
export type Bits<Groups> = Groups & { readonly [word]?: never };

export type BitWordField<Groups> = {
  readonly [K in keyof Groups as K extends string ? K : never]: NumberField;
} & FieldPlace & {
    /** The word with all its groups. */
    getWord(view: DataView, at: number): number;
    setWord(view: DataView, at: number, value: number): void;
  };

/** How a member of this type is reached. */
export type FieldOf<T> = [T] extends [number]
  ? NumberField
  : [T] extends [bigint]
    ? WordField
    : [T] extends [Uint8Array]
      ? BytesField
      : [T] extends [readonly (infer E)[]]
        ? ListField<E>
        : [T] extends [Bits<infer Groups>]
          ? typeof word extends keyof T
            ? BitWordField<Groups>
            : [T] extends [object]
              ? FieldsOf<T> & FieldPlace
              : FieldPlace
          : FieldPlace;

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;
type KeyOf<V> = V extends unknown ? keyof V : never;
type ValueAt<V, K> = V extends unknown ? (K extends keyof V ? V[K] : never) : never;

/** How the members of a value are reached, by name. */
export type FieldsOf<V> =
  true extends IsUnion<V>
    ? { readonly [K in KeyOf<V>]: FieldOf<NonNullable<ValueAt<V, K>>> }
    : { readonly [K in keyof V]-?: FieldOf<NonNullable<V[K]>> };
