import type { ConstantGroup, Element, Field, Item, Member } from '../../ir/model.ts';
import type { Catalogue } from './catalogue.ts';
import { paragraphs } from './comment.ts';
import { describe, describeDimension } from './describe.ts';
import { publishedName } from './identifiers.ts';

/** What the comment at an element says beside its own words: when it exists. */
export function availability(element: Element, catalogue: Catalogue): string {
  const condition = element.if === undefined ? '' : `Only with ${describe(element.if, catalogue)}.`;
  return element.legacy === true ? `Legacy interface only.${condition === '' ? '' : ` ${condition}`}` : condition;
}

/** The paragraphs of a comment at a member: words, unit, values, when it exists. */
export function memberComment(member: Member, catalogue: Catalogue): readonly string[] {
  const [first = '', ...rest] = paragraphs(member.doc);
  const said = [first, ...additions(member, catalogue), availability(member, catalogue)].filter((text) => text !== '');
  return said.length === 0 ? [] : [said.join(' '), ...rest];
}

function additions(member: Member, catalogue: Catalogue): readonly string[] {
  if (member.kind !== 'field') return [];
  const unit = member.unit === undefined || member.doc.includes(member.unit) ? '' : `In ${member.unit}.`;
  return [unit, seeValues(member, catalogue)];
}

function seeValues(field: Field, catalogue: Catalogue): string {
  if (field.values === undefined) return '';
  const { module, group } = field.values;
  const found = catalogue.module(module)?.items.find((item): item is ConstantGroup => isGroup(item) && item.name === group);
  const prefix = found === undefined ? '' : sharedPrefix(found.constants.map((constant) => publishedName(constant, catalogue.house)));
  return prefix === '' ? '' : `See ${prefix}*.`;
}

function isGroup(item: Item): item is ConstantGroup {
  return item.kind === 'enum' || item.kind === 'flags' || item.kind === 'bits' || item.kind === 'shared_memory';
}

/** `VIRTIO_BLK_S_` of names that all begin with it. */
function sharedPrefix(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let length = first.lastIndexOf('_') + 1;
  while (length > 0 && !rest.every((name) => name.startsWith(first.slice(0, length)))) length = first.lastIndexOf('_', length - 2) + 1;
  return first.slice(0, length);
}

/** A member as the standard writes it, for what C cannot declare: `u8 data[]`, `struct virtio_net_hdr hdr, only with …`. */
export function describeMember(member: Member, catalogue: Catalogue): string {
  const condition = member.if === undefined ? '' : `, only with ${describe(member.if, catalogue)}`;
  return `${bare(member, catalogue)}${condition}`;
}

function bare(member: Member, catalogue: Catalogue): string {
  switch (member.kind) {
    case 'field': {
      const dimensions = member.dimensions.map((dimension) => describeDimension(dimension, catalogue)).join('');
      const pad = member.pad;
      const padding =
        pad === undefined ? '' : `, padded to ${describe(pad.to, catalogue)}${pad.unless === undefined ? '' : ` without ${describe(pad.unless, catalogue)}`}`;
      return `${typeText(member, catalogue)} ${publishedName(member, catalogue.house)}${dimensions}${padding}`;
    }
    case 'bits':
      return `${member.type.name} ${publishedName(member, catalogue.house)}`;
    case 'group':
      return `struct ${member.name}${member.dimensions.map((dimension) => describeDimension(dimension, catalogue)).join('')}`;
    case 'union':
    case 'switch':
    case 'window':
      return `one of ${member.arms.map((arm) => arm.name).join(', ')}`;
    case 'present':
      return `only with ${describe(member.condition, catalogue)}: ${member.members.map((one) => bare(one, catalogue)).join('; ')}`;
  }
}

function typeText(field: Field, catalogue: Catalogue): string {
  if (field.type.kind === 'scalar') return field.type.name;
  if (field.type.kind === 'opaque') return 'opaque';
  const named = catalogue.named(field.type);
  const name = named === undefined ? field.type.name : publishedName(named, catalogue.house);
  return field.type.kind === 'struct' ? `struct ${name}` : name;
}
