import type { Element, Member, Struct, View } from '../../ir/model.ts';
import { called, counted } from './words.ts';

/** Where something lies: so many bytes behind the end of the last member whose size only run time tells. */
export interface Spot {
  /** That member, or empty for the beginning. */
  readonly base: string;
  readonly offset: number;
}

export interface Entry extends Spot {
  readonly element: Element;
  /** Names from the outside in, by which another revision's entry is found. */
  readonly path: string;
  /** Null where only run time tells. */
  readonly size: number | null;
}

export type StructOf = (member: Member) => Struct | View | undefined;

/** Members of a body that was laid out, each with its place; what is inside of alternatives and groups included. */
export function entriesOf(members: readonly Member[], structOf: StructOf): { readonly entries: readonly Entry[]; readonly end: Spot } {
  const entries: Entry[] = [];
  const end = walk(members, { base: '', offset: 0 }, '', structOf, entries);
  return { entries, end };
}

function walk(members: readonly Member[], start: Spot, prefix: string, structOf: StructOf, entries: Entry[]): Spot {
  let spot = start;
  for (const [index, member] of members.entries()) {
    const path = `${prefix}${member.name === '' ? `${member.kind} ${index}` : member.name}`;
    const size = sizeOf(member, structOf);
    if (member.name !== '' || member.kind === 'bits') entries.push({ ...spot, element: member, path, size });
    inside(member, spot, path, structOf, entries);
    spot = size === null ? { base: path, offset: 0 } : { base: spot.base, offset: spot.offset + size };
  }
  return spot;
}

function inside(member: Member, spot: Spot, path: string, structOf: StructOf, entries: Entry[]): void {
  switch (member.kind) {
    case 'field':
      if (member.each !== undefined) walk(member.each.members, { base: `${path}[]`, offset: 0 }, `${path}.`, structOf, entries);
      break;
    case 'bits':
      for (const group of member.bits) entries.push({ base: `${path} bits`, offset: group.shift, element: group, path: `${path}.${group.name}`, size: group.width });
      break;
    case 'group':
      // An element of an array has its own beginning; members of a group without a name are the struct's own.
      walk(member.members, member.dimensions.length > 0 ? { base: `${path}[]`, offset: 0 } : spot, member.name === '' ? '' : `${path}.`, structOf, entries);
      break;
    case 'present':
      walk(member.members, spot, '', structOf, entries);
      break;
    default:
      for (const arm of member.arms) walk(arm.members, spot, `${member.name === '' ? '' : `${path}.`}${arm.tags.length === 0 ? '' : `${arm.name}:`}`, structOf, entries);
  }
}

/** The bytes of a member; null where they depend on run time, as those of a struct do whose end may be missing. */
export function sizeOf(member: Member, structOf: StructOf): number | null {
  const whole = member.position?.size ?? null;
  if (whole === null) return null;
  switch (member.kind) {
    case 'field': {
      if (member.type.kind !== 'struct') return whole;
      const struct = structOf(member);
      return struct?.layout === undefined || struct.layout.minSize === struct.layout.size ? whole : null;
    }
    case 'bits':
      return whole;
    case 'group':
    case 'present':
      return member.members.every((one) => sizeOf(one, structOf) !== null) ? whole : null;
    default:
      return member.arms.every((arm) => arm.members.every((one) => sizeOf(one, structOf) !== null)) ? whole : null;
  }
}

/** As a message says it: `at byte 12`, `2 bytes behind 'table'`. */
export function spelledSpot(entry: Entry): string {
  if (entry.base.endsWith(' bits')) return `at bit ${entry.offset}`;
  if (entry.base === '') return `at byte ${entry.offset}`;
  const anchor = entry.base.replace(/\[\]$/, '').split(/[.:]/).at(-1) ?? entry.base;
  if (entry.base.endsWith('[]')) return `at byte ${entry.offset} of an element of '${anchor}'`;
  return entry.offset === 0 ? `right behind '${anchor}'` : `${counted(entry.offset, 'byte')} behind '${anchor}'`;
}

export function nameOf(entry: Entry): string {
  return called(entry.element);
}
