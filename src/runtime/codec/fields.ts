import { nameOf, type Constants } from "../constants.ts";
import type { Bits } from "./accessors.ts";
import { BitGroup, BitWord } from "./bits.ts";
import { BytesMember, ReservedBytes, type Count } from "./bytes.ts";
import { definitionKey, keyWithoutName, type Defined } from "./definition.ts";
import { ListMember } from "./list.ts";
import type { Member, Place } from "./member.ts";
import { NestedMember, PaddedMember } from "./nested.ts";
import type { NumberMember } from "./number-member.ts";
import { Be16, Be32, Le16, Le32, U8 } from "./scalars.ts";
import { Condition, type Formula, type Term } from "./scope.ts";
import { next, NumberSpec, plainTraits, Spec, type Site } from "./spec.ts";
import { Be64, Le64 } from "./words.ts";

// What generated code writes behind a member's name. The first argument is the offset from the beginning of the struct
// in bytes, or `next`.

export function u8(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place) => new U8(place));
}

export function le16(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place, site) => (isBig(site, site.native) ? new Be16(place) : new Le16(place)));
}

export function le32(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place, site) => (isBig(site, site.native) ? new Be32(place) : new Le32(place)));
}

export function le64(offset: number): NumberSpec<bigint> {
  return new NumberSpec(offset, (place, site) => (isBig(site, site.native) ? new Be64(place) : new Le64(place)));
}

export function be16(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place) => new Be16(place));
}

export function be32(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place) => new Be32(place));
}

export function be64(offset: number): NumberSpec<bigint> {
  return new NumberSpec(offset, (place) => new Be64(place));
}

/** In the guest's byte order, which is little-endian unless `guestOrder` says otherwise. */
export function u16(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place, site) => (isBig(site, true) ? new Be16(place) : new Le16(place)));
}

export function u32(offset: number): NumberSpec<number> {
  return new NumberSpec(offset, (place, site) => (isBig(site, true) ? new Be32(place) : new Le32(place)));
}

export function u64(offset: number): NumberSpec<bigint> {
  return new NumberSpec(offset, (place, site) => (isBig(site, true) ? new Be64(place) : new Le64(place)));
}

function isBig(site: Site, native: boolean): boolean {
  return native && site.order === "big";
}

/** Some bits of a word, from the least significant one at `shift` on. The word's other groups are other members. */
export function bitGroup(word: NumberSpec<number>, shift: number, width: number): NumberSpec<number> {
  return word.made((member) => new BitGroup(member.place, member as NumberMember, shift, width));
}

/**
 * A word of bit groups under one name. Of each group the shift of its least significant bit and its width are given,
 * and the constants that its values are.
 * @param optional groups that a value may lack, because they lie over others or depend on something
 */
export function bitWord<
  const G extends Readonly<Record<string, readonly [shift: number, width: number, constants?: Constants]>>,
>(
  word: NumberSpec<number>,
  groups: G,
  optional: readonly (keyof G & string)[] = [],
): Spec<Bits<{ [K in Exclude<keyof G, ReservedName>]: number }>> {
  return word.changed((member) => {
    const built = Object.entries(groups).map(([name, [shift, width, constants]]) => {
      const naming = constants === undefined ? String : (value: number | bigint): string => nameOf(constants, value);
      const place: Place = { ...member.place, field: `${member.place.field}.${name}`, naming };
      return [name, new BitGroup(place, member as NumberMember, shift, width)] as const;
    });
    return new BitWord(member.place, member as NumberMember, built, optional);
  });
}

/** Names of members that nobody looks at. */
export type ReservedName = `${"" | "_" | "__"}${"reserved" | "padding" | "unused" | "pad"}${"" | "_"}${"" | number}`;

/** A string of bytes: so many, as many as the formula says, or all that are left. */
export function bytes(offset: number, count?: Count): Spec<Uint8Array> {
  return new Spec(offset, (place) => new BytesMember(place, count));
}

/** Bytes that are written as zeroes and not looked at. */
export function reserved(offset: number, count: number | Formula<number | bigint>): Spec<never> {
  return new Spec(offset, (place) => new ReservedBytes(place, count));
}

/**
 * Elements one after the other: so many, as many as the formula says, or as long as there are bytes; `last` says of an
 * element that the list ends with it.
 */
export function list<E>(
  offset: number,
  element: Defined<E> | Spec<E>,
  count?: Count,
  last?: Formula<boolean>,
): Spec<E[]> {
  return new Spec(offset, (place, site) => {
    const inner: Site = { ...site, path: `${place.field}[].`, origin: 0 };
    return new ListMember(place, elementOf(element, `${place.field}[]`, inner), count, last);
  });
}

function elementOf<E>(element: Defined<E> | Spec<E>, field: string, site: Site): Member {
  if (!(element instanceof Spec))
    return new NestedMember({ ...elementPlace(site, field) }, element[definitionKey].layoutIn(site), false);
  const [member] = element.build(field, { ...site, path: "" });
  if (member === undefined) throw new Error(`the elements of '${field}' have no type`);
  return member;
}

function elementPlace(site: Site, field: string): Place {
  return {
    struct: site.struct,
    field,
    byteOffset: 0,
    floating: false,
    ...plainTraits,
  };
}

/** A struct within the struct. */
export function nested<V>(offset: number, codec: Defined<V>): Spec<V> {
  return new Spec(
    offset,
    (place, site) =>
      new NestedMember(place, codec[definitionKey].layoutIn(siteOf(place, site, `${place.field}.`)), false),
  );
}

/** A struct whose members are the outer struct's own. */
export function spread<V>(offset: number, codec: Defined<V>): SpreadOf<V> {
  const spec = new Spec(
    offset,
    (place, site) => new NestedMember(place, codec[definitionKey].layoutIn(siteOf(place, site, site.path)), true),
  );
  // What stands under the key has names of its own, which the type tells.
  return { [keyWithoutName()]: spec } as unknown as SpreadOf<V>;
}

/** Specs of all members of a value, as far as a struct's literal is checked for them. */
export type SpreadOf<V> = { readonly [K in keyof V]: Spec<V[K]> };

function siteOf(place: Place, site: Site, path: string): Site {
  return { ...site, path, origin: place.floating ? 0 : place.byteOffset };
}

/** Filled up with zeroes to so many bytes, unless one of the features was negotiated or the formula says so. */
export function padded<V>(spec: Spec<V>, to: number | Formula<number>, ...unless: readonly Term[]): Spec<V> {
  return spec.changed(
    (member) => new PaddedMember(member, to, unless.length === 0 ? undefined : new Condition(unless)),
  );
}

export { next };
