import type * as Ast from '../../../grammar/ast.ts';
import { ifBeforeBlock } from '../../check/if-before-block.ts';
import { unknownTag } from '../../check/unknown-tag.ts';
import { unknownType } from '../../check/unknown-type.ts';
import { nearest } from '../../diagnostic/suggest.ts';
import { existsAt } from '../availability.ts';
import { integerOf } from '../expression.ts';
import { revisions, type Access, type Arm, type BitGroup, type Dimension, type Expression, type Field, type GroupReference, type Member, type Scalar, type ScalarName, type Tag, type Type } from '../model.ts';
import { isReservedName } from '../reserved-name.ts';
import { emptyEnvironment, present, type Context, type Environment, type Inherited } from './context.ts';
import { checkAttributes, element, houseLayout, inheritedBy } from './element.ts';
import { conditionOf, resolve, valuesOf } from './expressions.ts';
import { find } from './find-attribute.ts';
import { checkAccess, checkSibling } from './known-names.ts';
import { groupOf, structScope } from './member-paths.ts';
import { chosenMembers } from './picks.ts';
import { plainTypeFor } from './plain-types.ts';

/** Builds members; `outer` are the levels around them, whose members may be named too. */
export function buildMembers(context: Context, members: readonly Ast.Member[], inherited: Inherited, environment: Environment): Member[] {
  const inner: Environment = { ...environment, members: [members, ...environment.members] };
  return members.flatMap((member) => buildMember(context, member, inherited, inner));
}

/** A member's C name is its name. */
function same(name: string): string {
  return name;
}

function buildMember(context: Context, member: Ast.Member, inherited: Inherited, environment: Environment): readonly Member[] {
  const condition = conditionOf(context, member.attributes, environment);
  switch (member.kind) {
    case 'field':
      return buildField(context, member, inherited, environment, condition);
    case 'bits': {
      const base = element(context, 'bits', member.name?.text ?? '', member, inherited, same, condition);
      const bits: BitGroup[] = [];
      buildBits(context, member.bits, base, environment, { ends: noBits, union: undefined, unions: 0 }, bits);
      return [
        {
          kind: 'bits',
          ...base,
          type: scalarType(member.type),
          dimensions: buildDimensions(context, member.dimensions, environment),
          bits,
          ...present({ access: buildAccess(context, member.attributes, environment), orders: houseLayout(context, member.attributes).orders }),
        },
      ];
    }
    case 'group': {
      const name = member.name?.text ?? '';
      const base = element(context, 'member group', name, member, inherited, same, condition);
      const dimensions = buildDimensions(context, member.dimensions, environment);
      if (member.tag !== undefined) {
        const type: Type = { kind: 'struct', module: context.scope.name, name: member.tag.text };
        return [{ kind: 'field', ...base, type, dimensions }];
      }
      return [{ kind: 'group', ...base, dimensions, members: buildMembers(context, member.members, inheritedBy(context, member.attributes, inherited), environment) }];
    }
    case 'union':
    case 'switch': {
      const base = element(context, 'variant', member.name?.text ?? '', member, inherited, same, condition);
      const by = member.by === undefined ? undefined : resolve(context, member.by, environment);
      const group = switchGroup(context, member.enum, member.by, environment);
      const arms = member.arms.map((arm) => buildArm(context, arm, inheritedBy(context, member.attributes, inherited), environment, group));
      return [{ kind: member.kind, ...base, ...present({ by, values: reference(group) }), arms }];
    }
    case 'present': {
      const base = element(context, 'block', '', member, inherited, same, condition);
      const resolved = resolve(context, member.condition, environment);
      if (resolved === undefined) return [];
      return [{ kind: 'present', ...base, condition: resolved, members: buildMembers(context, member.members, inheritedBy(context, member.attributes, inherited), environment) }];
    }
    case 'window': {
      const base = element(context, 'block', '', member, inherited, same, condition);
      for (const name of member.by) checkSibling(context, name, environment.members[0] ?? [], 'to choose what the window shows');
      const first = member.by[0];
      const by: Ast.Expression | undefined = first === undefined ? undefined : { op: 'name', path: [{ ...first, index: undefined }], at: first.at };
      const group = by === undefined ? undefined : valuesOf(context, by, environment);
      return [{ kind: 'window', ...base, by: member.by.map((one) => one.text), arms: member.arms.map((arm) => buildArm(context, arm, inherited, environment, group)) }];
    }
    case 'if block':
      context.report(ifBeforeBlock, {
        message: "'if' before a block would say that its members move",
        at: member.at,
        label: 'a member of a virtio struct never moves',
        help: "write 'if' after each member, or 'present if' where the standard removes the bytes",
      });
      return buildMembers(context, member.members, inherited, environment);
    case 'pick':
      if (environment.view !== undefined) return buildPick(context, member, environment.view, inherited, environment);
      context.report(unknownType, {
        message: `'${member.path.map((part) => part.text).join('.')}' has no type`,
        at: member.at,
        help: "a member is written with its type, 'le32 size;'; only a view takes members over by name",
      });
      return [];
  }
}

/** Members that a view takes over, under the view's names and byte orders. */
function buildPick(context: Context, pick: Ast.Pick, view: NonNullable<Environment['view']>, inherited: Inherited, environment: Environment): readonly Member[] {
  checkAttributes(context, 'pick', pick.attributes);
  const chosen = chosenMembers(context, pick, view.members);
  const built = chosen.flatMap((member) => buildMember(context, member, inherited, { ...environment, members: [view.members, ...environment.members] }));
  const { orders } = houseLayout(context, pick.attributes);
  return built.map((member) => {
    const renamed = pick.as === undefined ? member : renameFor(member, pick.as.text, view.house);
    return orders === undefined || (renamed.kind !== 'field' && renamed.kind !== 'bits') ? renamed : { ...renamed, orders };
  });
}

/** The view's own name wins over what the house calls the member elsewhere. */
function renameFor(member: Member, name: string, house: string): Member {
  const { aliases, ...rest } = member;
  const kept = aliases?.filter((alias) => alias.house !== house);
  return { ...rest, name, cName: name, ...(kept === undefined || kept.length === 0 ? {} : { aliases: kept }) };
}

function buildField(context: Context, member: Ast.Field, inherited: Inherited, environment: Environment, condition: Expression | undefined): readonly Field[] {
  const type = buildType(context, member.type, environment.view?.house);
  if (type === undefined) return [];
  // An arm such as `PLUG: struct plug;` has no name of its own; the struct's serves.
  const name = member.name?.text ?? (type.kind === 'struct' ? type.name : '');
  const values = groupOf(context, context.scope, member.enum);
  if (member.enum !== undefined && values === undefined) reportUnknownGroup(context, member.enum);
  const inner: Environment = values === undefined ? environment : { ...environment, group: values };
  const value = member.value === undefined ? undefined : resolve(context, member.value, inner);
  const range = find(member.attributes, 'in');
  const from = range === undefined ? undefined : resolve(context, range.range.from, inner);
  const to = range === undefined ? undefined : resolve(context, range.range.to, inner);
  const pad = find(member.attributes, 'pad');
  const padTo = pad === undefined ? undefined : resolve(context, pad.to, environment);
  const padUnless = pad?.unless === undefined ? undefined : resolve(context, pad.unless, environment);
  const each = member.each;
  const eachMembers = each === undefined ? undefined : buildMembers(context, each.members, inherited, environment);
  const eachUntil = each?.until === undefined ? undefined : resolve(context, each.until, { ...environment, members: [each.members, ...environment.members] });
  const eachInherited: Type = each !== undefined && type.kind === 'external' ? { kind: 'opaque' } : type;
  return [
    {
      kind: 'field',
      ...element(context, 'field', name, member, inherited, (own) => own, condition),
      type: eachInherited,
      dimensions: buildDimensions(context, member.dimensions, environment),
      ...present({
        values: reference(values),
        value,
        range: from === undefined || to === undefined ? undefined : { from, to },
        reserved: isReservedName(name) ? (true as const) : undefined,
        access: buildAccess(context, member.attributes, environment),
        unit: find(member.attributes, 'unit')?.text,
        orders: houseLayout(context, member.attributes).orders,
        each: eachMembers === undefined ? undefined : { members: eachMembers, ...present({ until: eachUntil }) },
        pad: padTo === undefined ? undefined : { to: padTo, ...present({ unless: padUnless }) },
        negotiation: find(member.attributes, 'limit') === undefined ? (find(member.attributes, 'bitmap') === undefined ? undefined : ('bitmap' as const)) : ('limit' as const),
      }),
    },
  ];
}

const sizes: Readonly<Record<string, Scalar['size']>> = { '8': 1, '16': 2, '32': 4, '64': 8 };

/** `le32` as the IR has it. */
export function scalar(name: string): Scalar {
  const size = sizes[/\d+$/.exec(name)?.[0] ?? '8'] ?? 1;
  const order = size === 1 ? 'none' : name.startsWith('le') ? 'little' : name.startsWith('be') ? 'big' : 'native';
  return { kind: 'scalar', name: name as ScalarName, size, order };
}

export function scalarType(type: Ast.Type): Scalar {
  return scalar(type.kind === 'scalar' ? type.name : 'u8');
}

/** `house` lets a view name another view of its house. */
export function buildType(context: Context, type: Ast.Type, house?: string): Type | undefined {
  switch (type.kind) {
    case 'scalar':
      return scalar(type.name);
    case 'opaque':
      return { kind: 'opaque' };
    case 'external': {
      for (const scope of [context.scope, ...context.scopes.core]) {
        if (scope.externals.has(type.name.text)) return { kind: 'external', module: scope.name, name: type.name.text };
      }
      context.report(unknownType, { message: `there is no type '${type.name.text}'`, at: type.at, help: plainTypeFor(type.name.text, context.scope) });
      return undefined;
    }
    case 'struct': {
      const names = type.path.map((part) => part.text);
      if (house !== undefined && names.length === 1) {
        const view = context.scope.views.get(names[0] ?? '');
        if (view?.house === house) return { kind: 'struct', module: context.scope.name, name: names[0] ?? '', house };
      }
      const target = structScope(context, context.scope, type.path);
      if (target?.scope.structs.has(target.name) === true) return { kind: 'struct', module: target.scope.name, name: target.name };
      const meant = nearest(names.at(-1) ?? '', (target?.scope ?? context.scope).structs.keys());
      context.report(unknownType, {
        message: `there is no struct '${names.join('.')}'`,
        at: type.at,
        ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
      });
      return undefined;
    }
  }
}

function reportUnknownGroup(context: Context, name: Ast.Word): void {
  const meant = nearest(name.text, [context.scope, ...context.scopes.core].flatMap((scope) => [...scope.groups.keys()]));
  context.report(unknownType, {
    message: `there is no enum, flags or bits '${name.text}'`,
    at: name.at,
    help: meant === undefined ? `declare it: enum ${name.text} { … }` : `did you mean '${meant}'?`,
  });
}

export function buildDimensions(context: Context, dimensions: readonly Ast.Dimension[], environment: Environment): Dimension[] {
  return dimensions.flatMap((dimension, index): Dimension[] => {
    if (dimension.length === undefined) return [{ kind: 'rest' }];
    // The second length of a ragged array may depend on the row's number, `i`.
    const inner = index === 0 ? environment : { ...environment, variables: new Set([...environment.variables, 'i']) };
    const length = resolve(context, dimension.length, { ...inner, features: false });
    if (length === undefined) return [];
    const fixed = fixedValue(length);
    return [fixed === undefined ? { kind: 'counted', length } : { kind: 'fixed', length: fixed, text: textOf(dimension.length), expression: length }];
  });
}

function textOf(expression: Ast.Expression): string {
  return expression.op === 'number' ? expression.text : expression.op === 'name' ? expression.path.map((part) => part.text).join('.') : '';
}

/** The value of an expression of numbers and constants only. */
function fixedValue(expression: Expression): number | undefined {
  switch (expression.op) {
    case 'number':
    case 'constant':
      return Number(expression.value);
    case '+':
    case '-':
    case '*': {
      const left = fixedValue(expression.left);
      const right = fixedValue(expression.right);
      if (left === undefined || right === undefined) return undefined;
      return expression.op === '+' ? left + right : expression.op === '-' ? left - right : left * right;
    }
    default:
      return undefined;
  }
}

export function buildAccess(context: Context, attributes: readonly Ast.Attribute[], environment: Environment): Access | undefined {
  const writable = find(attributes, 'writable');
  const clears = find(attributes, 'write_clears');
  const kept = find(attributes, 'kept');
  const reset = find(attributes, 'reset');
  if (writable === undefined && clears === undefined && kept === undefined && reset === undefined) return undefined;
  checkAccess(context, attributes, environment.members[0] ?? []);
  const value = reset === undefined ? undefined : context.constants.evaluate(context.scope, undefined, reset.value, new Map());
  return {
    writable: writable === undefined ? (clears === undefined ? 'never' : 'always') : writable.before === undefined ? (writable.when === 'any_time' ? 'any_time' : 'always') : { before: writable.before.text },
    ...present({ writeClears: clears?.name.text, keptOverReset: kept === undefined ? undefined : (true as const), reset: value === undefined ? undefined : integerOf(value) }),
  };
}

interface BitCursor {
  /** Where the groups end so far, in each revision: one that takes over reserved bits begins where these begin. */
  ends: readonly number[];
  union: number | undefined;
  unions: number;
}

const noBits: readonly number[] = revisions.map(() => 0);

function buildBits(context: Context, items: readonly Ast.BitItem[], outer: Inherited, environment: Environment, cursor: BitCursor, found: BitGroup[]): void {
  for (const item of items) {
    if (item.kind === 'bit union') {
      const start = cursor.ends;
      const union = cursor.union ?? cursor.unions++;
      for (const inner of item.bits) {
        const own: BitCursor = { ends: start, union, unions: cursor.unions };
        buildBits(context, [inner], outer, environment, own, found);
        cursor.ends = cursor.ends.map((end, index) => Math.max(end, own.ends[index] ?? 0));
      }
      continue;
    }
    const width = Number(context.constants.evaluate(context.scope, undefined, item.width, new Map()) ?? 1n);
    const values = groupOf(context, context.scope, item.enum);
    if (item.enum !== undefined && values === undefined) reportUnknownGroup(context, item.enum);
    const condition = conditionOf(context, item.attributes, environment);
    // The value of a bit group is a view of something outside the word (`index >> 1`), for documentation and codecs.
    const value = item.value === undefined ? undefined : resolve(context, item.value, { ...environment, variables: new Set([...environment.variables, 'index']) });
    const base = element(context, 'bit group', item.name.text, item, outer, (name) => name, condition);
    const shift = cursor.ends[revisions.indexOf(base.since)] ?? 0;
    found.push({
      ...base,
      shift,
      width,
      ...present({ values: reference(values), value, reserved: isReservedName(item.name.text) ? (true as const) : undefined, union: cursor.union }),
    });
    cursor.ends = cursor.ends.map((end, index) => (existsAt(base, revisions[index] ?? '1.4') ? shift + width : end));
  }
}

export function reference(group: Environment['group']): GroupReference | undefined {
  return group === undefined ? undefined : { module: group.scope.name, group: group.group.name?.text ?? '' };
}

/** The constants that the tags of a switch name. */
export function switchGroup(context: Context, name: Ast.Word | undefined, by: Ast.Expression | undefined, environment: Environment): Environment['group'] {
  if (name !== undefined) {
    const group = groupOf(context, context.scope, name);
    if (group === undefined) reportUnknownGroup(context, name);
    return group;
  }
  return by === undefined ? undefined : valuesOf(context, by, environment);
}

function buildArm(context: Context, arm: Ast.Arm, inherited: Inherited, environment: Environment, group: Environment['group']): Arm {
  const tags = buildTags(context, arm.tags, group);
  const condition = conditionOf(context, arm.attributes, environment);
  const members = buildMembers(context, arm.members, inheritedBy(context, arm.attributes, inherited), environment);
  const name = arm.tags.length === 0 ? (members[0]?.name ?? '') : tagName(arm.tags);
  return { ...element(context, 'arm', name, arm, inherited, (own) => own, condition), tags, members };
}

/** What an alternative is called: its first tag. */
export function tagName(tags: readonly Ast.Tag[]): string {
  const [first] = tags;
  if (first === undefined) return '';
  if (first.op === 'name') return first.path.at(-1)?.text ?? '';
  if (first.op === 'number') return first.text;
  if (first.op === 'range') return first.range.from.op === 'number' ? first.range.from.text : '';
  return first.op === 'default' ? 'default' : '';
}

export function buildTags(context: Context, tags: readonly Ast.Tag[], group: Environment['group']): Tag[] {
  const environment: Environment = { ...emptyEnvironment, features: false, group };
  const value = (expression: Ast.Expression): Expression | undefined => {
    if (expression.op !== 'name' || expression.path.length !== 1) return resolve(context, expression, environment);
    const found = context.constants.find(group?.scope ?? context.scope, group?.group, expression.path);
    if (found !== undefined) return resolve(context, expression, environment);
    const name = expression.path[0]?.text ?? '';
    const known = group === undefined ? [] : [...group.group.constants, ...group.group.flags].map((one) => one.name.text);
    const meant = nearest(name, known);
    context.report(unknownTag, {
      message: group === undefined ? `'${name}' is no constant, and nothing says which constants the tags are` : `'${name}' is no constant of '${group.group.name?.text ?? ''}'`,
      at: expression.at,
      ...(group === undefined
        ? { help: "name them at the member ('le32 type : T;') or at the switch ('switch type : T')" }
        : { related: [{ at: group.group.at, message: 'its constants' }], ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }) }),
    });
    return undefined;
  };
  return tags.flatMap((tag): Tag[] => {
    if (tag.op === 'default') return [{ kind: 'default' }];
    if (tag.op === 'range') {
      const from = value(tag.range.from);
      const to = value(tag.range.to);
      return from === undefined || to === undefined ? [] : [{ kind: 'range', from, to }];
    }
    const one = value(tag);
    return one === undefined ? [] : [{ kind: 'value', value: one }];
  });
}
