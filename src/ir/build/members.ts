import type * as Ast from "../../../grammar/ast.ts";
import { ifBeforeBlock } from "../../check/if-before-block.ts";
import { unknownType } from "../../check/unknown-type.ts";
import { existsAt } from "../availability.ts";
import { integerOf } from "../expression.ts";
import {
  newestRevision,
  revisions,
  type Access,
  type Arm,
  type BitGroup,
  type Expression,
  type Field,
  type Member,
  type Type,
} from "../model.ts";
import { isReservedName } from "../reserved-name.ts";
import { present, type Context, type Environment, type Inherited } from "./context.ts";
import { checkAttributes, element, houseLayout, inheritedBy } from "./element.ts";
import { conditionOf, resolve, valuesOf } from "./expressions.ts";
import { find } from "./find-attribute.ts";
import { checkAccess, checkSibling } from "./known-names.ts";
import { groupOf } from "./member-paths.ts";
import { chosenMembers } from "./picks.ts";
import { buildRefusal } from "./refuse.ts";
import { buildTags, reference, switchGroup, tagName } from "./tags.ts";
import { buildDimensions, buildType, reportUnknownGroup, scalarType } from "./types.ts";

/** Builds members; `outer` are the levels around them, whose members may be named too. */
export function buildMembers(
  context: Context,
  members: readonly Ast.Member[],
  inherited: Inherited,
  environment: Environment,
): Member[] {
  const inner: Environment = { ...environment, members: [members, ...environment.members] };
  return members.flatMap((member) => buildMember(context, member, inherited, inner));
}

/** A member's C name is its name. */
function same(name: string): string {
  return name;
}

function buildMember(
  context: Context,
  member: Ast.Member,
  inherited: Inherited,
  environment: Environment,
): readonly Member[] {
  const condition = conditionOf(context, member.attributes, environment);
  switch (member.kind) {
    case "field":
      return buildField(context, member, inherited, environment, condition);
    case "bits": {
      const base = element(context, "bits", member.name?.text ?? "", member, inherited, same, condition);
      const bits: BitGroup[] = [];
      buildBits(context, member.bits, base, environment, { ends: noBits, union: undefined, unions: 0 }, bits);
      return [
        {
          kind: "bits",
          ...base,
          type: scalarType(member.type),
          dimensions: buildDimensions(context, member.dimensions, environment),
          bits,
          ...present({
            access: buildAccess(context, member.attributes, environment),
            orders: houseLayout(context, member.attributes).orders,
          }),
        },
      ];
    }
    case "group": {
      const name = member.name?.text ?? "";
      const base = element(context, "member group", name, member, inherited, same, condition);
      const dimensions = buildDimensions(context, member.dimensions, environment);
      if (member.tag !== undefined) {
        const type: Type = { kind: "struct", module: context.scope.name, name: member.tag.text };
        return [{ kind: "field", ...base, type, dimensions }];
      }
      return [
        {
          kind: "group",
          ...base,
          dimensions,
          members: buildMembers(
            context,
            member.members,
            inheritedBy(context, member.attributes, inherited),
            environment,
          ),
        },
      ];
    }
    case "union":
    case "switch": {
      const base = element(context, "variant", member.name?.text ?? "", member, inherited, same, condition);
      const by = member.by === undefined ? undefined : resolve(context, member.by, environment);
      const group = switchGroup(context, member.enum, member.by, environment);
      const arms = member.arms.map((arm) =>
        buildArm(context, arm, inheritedBy(context, member.attributes, inherited), environment, group),
      );
      return [{ kind: member.kind, ...base, ...present({ by, values: reference(group) }), arms }];
    }
    case "present": {
      const base = element(context, "block", "", member, inherited, same, condition);
      const resolved = resolve(context, member.condition, environment);
      if (resolved === undefined) return [];
      return [
        {
          kind: "present",
          ...base,
          condition: resolved,
          members: buildMembers(
            context,
            member.members,
            inheritedBy(context, member.attributes, inherited),
            environment,
          ),
        },
      ];
    }
    case "window": {
      const base = element(context, "block", member.name?.text ?? "", member, inherited, same, condition);
      for (const name of member.by)
        checkSibling(context, name, environment.members[0] ?? [], "to choose what the window shows");
      const first = member.by[0];
      const by: Ast.Expression | undefined =
        first === undefined ? undefined : { op: "name", path: [{ ...first, index: undefined }], at: first.at };
      const group = by === undefined ? undefined : valuesOf(context, by, environment);
      return [
        {
          kind: "window",
          ...base,
          by: member.by.map((one) => one.text),
          arms: member.arms.map((arm) => buildArm(context, arm, inherited, environment, group)),
        },
      ];
    }
    case "if block":
      context.report(ifBeforeBlock, {
        message: "'if' before a block would say that its members move",
        at: member.at,
        label: "a member of a virtio struct never moves",
        help: "write 'if' after each member, or 'present if' where the standard removes the bytes",
      });
      return buildMembers(context, member.members, inherited, environment);
    case "pick":
      if (environment.view !== undefined) return buildPick(context, member, environment.view, inherited, environment);
      context.report(unknownType, {
        message: `'${member.path.map((part) => part.text).join(".")}' has no type`,
        at: member.at,
        help: "a member is written with its type, 'le32 size;'; only a view takes members over by name",
      });
      return [];
  }
}

/** Members that a view takes over, under the view's names and byte orders. */
function buildPick(
  context: Context,
  pick: Ast.Pick,
  view: NonNullable<Environment["view"]>,
  inherited: Inherited,
  environment: Environment,
): readonly Member[] {
  checkAttributes(context, "pick", pick.attributes);
  const chosen = chosenMembers(context, pick, view.members);
  const built = chosen.flatMap((member) =>
    buildMember(context, member, inherited, { ...environment, members: [view.members, ...environment.members] }),
  );
  const { orders } = houseLayout(context, pick.attributes);
  return built.map((member) => {
    const renamed = pick.as === undefined ? member : renameFor(member, pick.as.text, view.house);
    return orders === undefined || (renamed.kind !== "field" && renamed.kind !== "bits")
      ? renamed
      : { ...renamed, orders };
  });
}

/** The view's own name wins over what the house calls the member elsewhere. */
function renameFor(member: Member, name: string, house: string): Member {
  const { aliases, ...rest } = member;
  const kept = aliases?.filter((alias) => alias.house !== house);
  return { ...rest, name, cName: name, ...(kept === undefined || kept.length === 0 ? {} : { aliases: kept }) };
}

function buildField(
  context: Context,
  member: Ast.Field,
  inherited: Inherited,
  environment: Environment,
  condition: Expression | undefined,
): readonly Field[] {
  const type = buildType(context, member.type, environment.view?.house);
  if (type === undefined) return [];
  // An arm such as `PLUG: struct plug;` has no name of its own; the struct's serves.
  const name = member.name?.text ?? (type.kind === "struct" ? type.name : "");
  const values = groupOf(context, context.scope, member.enum);
  if (member.enum !== undefined && values === undefined) reportUnknownGroup(context, member.enum);
  const inner: Environment = values === undefined ? environment : { ...environment, group: values };
  const value = member.value === undefined ? undefined : resolve(context, member.value, inner);
  const range = find(member.attributes, "in");
  const from = range === undefined ? undefined : resolve(context, range.range.from, inner);
  const to = range === undefined ? undefined : resolve(context, range.range.to, inner);
  const pad = find(member.attributes, "pad");
  const padTo = pad === undefined ? undefined : resolve(context, pad.to, environment);
  const padUnless = pad?.unless === undefined ? undefined : resolve(context, pad.unless, environment);
  const each = member.each;
  const eachMembers = each === undefined ? undefined : buildMembers(context, each.members, inherited, environment);
  const eachUntil =
    each?.until === undefined
      ? undefined
      : resolve(context, each.until, { ...environment, members: [each.members, ...environment.members] });
  const eachInherited: Type = each !== undefined && type.kind === "external" ? { kind: "opaque" } : type;
  return [
    {
      kind: "field",
      ...element(context, "field", name, member, inherited, (own) => own, condition),
      type: eachInherited,
      dimensions: buildDimensions(context, member.dimensions, environment),
      ...present({
        values: reference(values),
        value,
        range: from === undefined || to === undefined ? undefined : { from, to },
        reserved: isReservedName(name) ? (true as const) : undefined,
        access: buildAccess(context, member.attributes, environment),
        unit: find(member.attributes, "unit")?.text,
        orders: houseLayout(context, member.attributes).orders,
        each: eachMembers === undefined ? undefined : { members: eachMembers, ...present({ until: eachUntil }) },
        pad: padTo === undefined ? undefined : { to: padTo, ...present({ unless: padUnless }) },
        negotiation:
          find(member.attributes, "limit") === undefined
            ? find(member.attributes, "bitmap") === undefined
              ? undefined
              : ("bitmap" as const)
            : ("limit" as const),
        refuse: buildRefusal(context, member.attributes, inner),
      }),
    },
  ];
}

export function buildAccess(
  context: Context,
  attributes: readonly Ast.Attribute[],
  environment: Environment,
): Access | undefined {
  const writable = find(attributes, "writable");
  const clears = find(attributes, "write_clears");
  const kept = find(attributes, "kept");
  const reset = find(attributes, "reset");
  if (writable === undefined && clears === undefined && kept === undefined && reset === undefined) return undefined;
  checkAccess(context, attributes, environment.members[0] ?? []);
  const value =
    reset === undefined ? undefined : context.constants.evaluate(context.scope, undefined, reset.value, new Map());
  return {
    writable:
      writable === undefined
        ? clears === undefined
          ? "never"
          : "always"
        : writable.before === undefined
          ? writable.when === "any_time"
            ? "any_time"
            : "always"
          : { before: writable.before.text },
    ...present({
      writeClears: clears?.name.text,
      keptOverReset: kept === undefined ? undefined : (true as const),
      reset: value === undefined ? undefined : integerOf(value),
    }),
  };
}

interface BitCursor {
  /** Where the groups end so far, in each revision: one that takes over reserved bits begins where these begin. */
  ends: readonly number[];
  union: number | undefined;
  unions: number;
}

const noBits: readonly number[] = revisions.map(() => 0);

function buildBits(
  context: Context,
  items: readonly Ast.BitItem[],
  outer: Inherited,
  environment: Environment,
  cursor: BitCursor,
  found: BitGroup[],
): void {
  for (const item of items) {
    if (item.kind === "bit union") {
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
    const value =
      item.value === undefined
        ? undefined
        : resolve(context, item.value, { ...environment, variables: new Set([...environment.variables, "index"]) });
    const base = element(context, "bit group", item.name.text, item, outer, (name) => name, condition);
    const shift = cursor.ends[revisions.indexOf(base.since)] ?? 0;
    found.push({
      ...base,
      shift,
      width,
      ...present({
        values: reference(values),
        value,
        reserved: isReservedName(item.name.text) ? (true as const) : undefined,
        union: cursor.union,
      }),
    });
    cursor.ends = cursor.ends.map((end, index) =>
      existsAt(base, revisions[index] ?? newestRevision) ? shift + width : end,
    );
  }
}

function buildArm(
  context: Context,
  arm: Ast.Arm,
  inherited: Inherited,
  environment: Environment,
  group: Environment["group"],
): Arm {
  const tags = buildTags(context, arm.tags, group);
  const condition = conditionOf(context, arm.attributes, environment);
  const members = buildMembers(context, arm.members, inheritedBy(context, arm.attributes, inherited), environment);
  const name = arm.tags.length === 0 ? (members[0]?.name ?? "") : tagName(arm.tags);
  return { ...element(context, "arm", name, arm, inherited, (own) => own, condition), tags, members };
}
