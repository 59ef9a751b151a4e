import { isCommand } from "../item-kinds.ts";
import type * as Ast from "../../../grammar/ast.ts";
import { notANumber } from "../../check/not-a-number.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type {
  Config,
  Expression,
  ExternalType,
  Feature,
  FeatureRanges,
  Features,
  Item,
  Queue,
  Queues,
  Registers,
  Rule,
  Struct,
} from "../model.ts";
import { emptyEnvironment, present, type Context, type Environment, type Inherited } from "./context.ts";
import { element, erratumOf, houseLayout, inheritedBy } from "./element.ts";
import { conditionOf, featureScope, resolve } from "./expressions.ts";
import { all, find } from "./find-attribute.ts";
import { buildCommand } from "./commands.ts";
import { buildConstant, buildGroup } from "./groups.ts";
import { buildHouse } from "./houses.ts";
import { buildMembers } from "./members.ts";
import { reference } from "./tags.ts";
import { scalarType } from "./types.ts";
import { groupOf } from "./member-paths.ts";
import { buildRequest, buildResponse } from "./requests.ts";
import { isNative } from "./scope.ts";

const same = (name: string): string => name;

/** Builds one block of a description. Some become several items: structs defined where they are used stand before. */
export function buildItem(context: Context, item: Ast.Item, outer: Inherited): readonly Item[] {
  if (isCommand(item)) return [buildCommand(context, item, outer)];
  switch (item.kind) {
    case "features":
      return [buildFeatures(context, item, outer)];
    case "feature_ranges":
      return [buildFeatureRanges(context, item, outer)];
    case "queues":
      return [buildQueues(context, item, outer)];
    case "config":
      return [
        ...definedStructs(context, item.members, inheritedBy(context, item.attributes, outer), "config"),
        buildConfig(context, item, outer),
      ];
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
      return [buildGroup(context, item, outer)];
    case "constant":
      return buildConstant(context, undefined, item, "number", outer);
    case "struct":
      return [
        ...definedStructs(context, item.members, inheritedBy(context, item.attributes, outer), item.name.text),
        buildStruct(context, item, outer),
      ];
    case "external":
      return [buildExternal(context, item, outer)];
    case "parameter":
      return [{ kind: "parameter", ...element(context, "block", item.name.text, item, outer, same) }];
    case "request":
    case "message":
    case "event":
      return [buildRequest(context, item, outer)];
    case "response":
      return [buildResponse(context, item, outer)];
    case "registers":
      return [buildRegisters(context, item, outer)];
    case "rule":
      return buildRule(context, item, outer);
    case "erratum":
      return [
        {
          kind: "erratum",
          ...element(context, "block", item.erratum.id, item, outer, same),
          errata: [erratumOf(context, item.erratum)],
        },
      ];
    case "house":
      return [buildHouse(context, item, outer)];
    case "legacy native":
      return [];
  }
}

function buildFeatures(context: Context, item: Ast.Features, outer: Inherited): Features {
  const base = element(context, "features", "features", item, outer, same);
  return {
    kind: "features",
    ...base,
    features: item.features.flatMap((feature) => buildFeature(context, feature, base)),
  };
}

function buildFeature(context: Context, feature: Ast.Feature, outer: Inherited): readonly Feature[] {
  const { bit, aliasOf } = featureBit(context, feature);
  if (bit === undefined) return [];
  const requires = all(feature.attributes, "requires").flatMap((attribute) => {
    const resolved = resolve(context, attribute.value, emptyEnvironment);
    return resolved === undefined ? [] : [resolved];
  });
  const condition = conditionOf(context, feature.attributes, emptyEnvironment);
  const cNameOf = (name: string): string => `${context.scope.cPrefix}F_${name}`;
  return [
    {
      ...element(context, "feature", feature.name.text, feature, outer, cNameOf, condition),
      bit,
      ...present({ aliasOf }),
      requires,
    },
  ];
}

/** `FLUSH = 9`, or `WCE = FLUSH` for another name of the same bit. */
function featureBit(
  context: Context,
  feature: Ast.Feature,
): { readonly bit: number | undefined; readonly aliasOf?: string } {
  const { value } = feature;
  if (value.op === "name" && value.path.length === 1) {
    const name = value.path[0]?.text ?? "";
    const target = context.scope.features.get(name)?.[0];
    if (target !== undefined && target.value.op === "number") return { bit: Number(target.value.value), aliasOf: name };
    if (target !== undefined) {
      const first = target.value.op === "name" ? (target.value.path.at(-1)?.text ?? "") : "";
      context.report(notANumber, {
        message: `'${name}' has no bit number of its own`,
        at: value.at,
        related: [{ at: target.at, message: "it is another name itself" }],
        ...(first === "" ? {} : { help: `write '${feature.name.text} = ${first}'` }),
      });
      return { bit: undefined };
    }
  }
  const bit = context.constants.evaluate(context.scope, undefined, value, new Map());
  return { bit: bit === undefined ? undefined : Number(bit) };
}

function buildFeatureRanges(context: Context, item: Ast.FeatureRanges, outer: Inherited): FeatureRanges {
  const base = element(context, "feature_ranges", "feature_ranges", item, outer, same);
  return {
    kind: "feature_ranges",
    ...base,
    ranges: item.ranges.flatMap((one) => {
      const from = context.constants.evaluate(context.scope, undefined, one.range.from, new Map());
      const to = context.constants.evaluate(context.scope, undefined, one.range.to, new Map());
      if (from === undefined || to === undefined) return [];
      return [
        {
          ...element(context, "feature range", one.owner.text, one, base, same),
          owner: one.owner.text,
          from: Number(from),
          to: Number(to),
        },
      ];
    }),
  };
}

function buildQueues(context: Context, item: Ast.Queues, outer: Inherited): Queues {
  const base = element(context, "queues", "queues", item, outer, same);
  const names = new Set(item.where.map((where) => where.name.text));
  const where = item.where.flatMap((one) => {
    const value = resolve(context, one.value, { ...emptyEnvironment, variables: names });
    return value === undefined ? [] : [{ name: one.name.text, value }];
  });
  return {
    kind: "queues",
    ...base,
    queues: item.queues.flatMap((queue) => buildQueue(context, queue, names, base)),
    where,
  };
}

function buildQueue(
  context: Context,
  queue: Ast.Queue,
  where: ReadonlySet<string>,
  outer: Inherited,
): readonly Queue[] {
  const outside: Environment = { ...emptyEnvironment, variables: where };
  const variable = queue.variable?.text;
  const inside: Environment =
    variable === undefined ? outside : { ...emptyEnvironment, variables: new Set([...where, variable]) };
  const number = resolve(context, queue.number, inside);
  const from = queue.range === undefined ? undefined : resolve(context, queue.range.from, outside);
  const to = queue.range === undefined ? undefined : resolve(context, queue.range.to, outside);
  if (number === undefined) return [];
  const compact = all(queue.attributes, "compact").map((attribute) => attribute.house.text);
  return [
    {
      ...element(context, "queue", queue.name.text, queue, outer, same, conditionOf(context, queue.attributes, inside)),
      number,
      ...present({
        each: variable === undefined || from === undefined || to === undefined ? undefined : { variable, from, to },
        compact: compact.length > 0 ? compact : undefined,
      }),
    },
  ];
}

function buildConfig(context: Context, item: Ast.Config, outer: Inherited): Config {
  const prefix = context.scope.cPrefix.toLowerCase();
  const base = element(context, "config", "config", item, outer, () => `${prefix}config`);
  return {
    kind: "config",
    ...base,
    members: buildMembers(context, item.members, base, emptyEnvironment),
    ...present({ legacyNative: isNative(context.scope, "config") }),
    ...houseLayout(context, item.attributes),
  };
}

function buildStruct(context: Context, item: Ast.Struct, outer: Inherited): Struct {
  const prefix = context.scope.cPrefix.toLowerCase();
  const base = element(
    context,
    "struct",
    item.name.text,
    item,
    outer,
    (name) => prefix + name,
    conditionOf(context, item.attributes, emptyEnvironment),
  );
  return {
    kind: "struct",
    ...base,
    members: buildMembers(context, item.members, base, emptyEnvironment),
    ...present({ legacyNative: isNative(context.scope, "requests", item.name.text) }),
    ...houseLayout(context, item.attributes),
  };
}

/** `struct geometry { … } geometry;` inside other members is a struct of the description, too. */
export function definedStructs(
  context: Context,
  members: readonly Ast.Member[],
  outer: Inherited,
  definedIn: string,
): readonly Struct[] {
  return members.flatMap((member): readonly Struct[] => {
    if (member.kind === "union" || member.kind === "switch" || member.kind === "window") {
      return member.arms.flatMap((arm) =>
        definedStructs(
          context,
          arm.members,
          inheritedBy(context, [...member.attributes, ...arm.attributes], outer),
          definedIn,
        ),
      );
    }
    if (member.kind === "present")
      return definedStructs(context, member.members, inheritedBy(context, member.attributes, outer), definedIn);
    if (member.kind !== "group") return [];
    const inherited = inheritedBy(context, member.attributes, outer);
    const inner = definedStructs(context, member.members, inherited, definedIn);
    const { tag } = member;
    if (tag === undefined) return inner;
    const availability = member.attributes.filter(
      (attribute) => attribute.kind === "since" || attribute.kind === "until" || attribute.kind === "legacy",
    );
    const base = element(
      context,
      "struct",
      tag.text,
      { doc: member.doc, attributes: availability, at: tag.at },
      outer,
      (name) => context.scope.cPrefix.toLowerCase() + name,
    );
    const native = isNative(context.scope, tag.text, definedIn === "config" ? "config" : "requests");
    const struct: Struct = {
      kind: "struct",
      ...base,
      members: buildMembers(context, member.members, base, emptyEnvironment),
      definedIn,
      ...present({ legacyNative: native }),
      ...houseLayout(context, member.attributes),
    };
    return [...inner, struct];
  });
}

function buildExternal(context: Context, item: Ast.ExternalType, outer: Inherited): ExternalType {
  const size = find(item.attributes, "size");
  const value =
    size === undefined ? undefined : context.constants.evaluate(context.scope, undefined, size.value, new Map());
  return {
    kind: "external",
    ...element(context, "external", item.name.text, item, outer, same),
    ...present({ size: value === undefined ? undefined : Number(value), from: find(item.attributes, "from")?.text }),
  };
}

/** `DeviceFeaturesSel` as a macro: `DEVICE_FEATURES_SEL`; `SHMSel`: `SHM_SEL`. */
function upperSnake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toUpperCase();
}

function buildRegisters(context: Context, item: Ast.Registers, outer: Inherited): Registers {
  const prefix = find(item.attributes, "c_prefix")?.name.text ?? context.scope.cPrefix;
  const cNameOf = (name: string): string => prefix + upperSnake(name);
  const base = element(
    context,
    "registers",
    item.name.text,
    item,
    outer,
    same,
    conditionOf(context, item.attributes, emptyEnvironment),
  );
  return {
    kind: "registers",
    ...base,
    title: item.title,
    ...present({ numbered: find(item.attributes, "numbered") === undefined ? undefined : (true as const) }),
    registers: item.registers.flatMap((register) => {
      const offset = context.constants.evaluate(context.scope, undefined, register.offset, new Map());
      if (offset === undefined) return [];
      const values = groupOf(context, context.scope, register.enum);
      const value = register.value === undefined ? undefined : resolve(context, register.value, emptyEnvironment);
      return [
        {
          ...element(
            context,
            "register",
            register.name.text,
            register,
            base,
            cNameOf,
            conditionOf(context, register.attributes, emptyEnvironment),
          ),
          offset: Number(offset),
          access: register.access,
          type: scalarType(register.type),
          ...present({ values: reference(values), value, bank: find(register.attributes, "bank")?.name.text }),
        },
      ];
    }),
  };
}

function buildRule(context: Context, item: Ast.Rule, outer: Inherited): readonly Rule[] {
  // In a requirement `segments[i]` is each of the elements.
  const environment: Environment = {
    ...emptyEnvironment,
    members: [context.scope.config],
    ...(item.role === undefined ? {} : { variables: new Set(["i"]), lengths: true }),
  };
  const names = item.features.filter((name) => {
    if (featureScope(context, name.text) !== undefined) return true;
    const meant = nearest(name.text, context.scope.features.keys());
    context.report(unknownName, {
      message: `there is no feature '${name.text}'`,
      at: name.at,
      ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
    });
    return false;
  });
  const optional = (expression: Ast.Expression | undefined): Expression | undefined =>
    expression === undefined ? undefined : resolve(context, expression, environment);
  const expression = optional(item.expression);
  const from = optional(item.range?.from);
  const to = optional(item.range?.to);
  if (item.expression !== undefined && expression === undefined) return [];
  const base = element(
    context,
    "rule",
    item.source ?? "",
    item,
    outer,
    same,
    conditionOf(context, item.attributes, environment),
  );
  return [
    {
      kind: "rule",
      ...base,
      ...(item.source === undefined ? {} : { label: item.source }),
      form: item.form,
      ...present({
        not: item.negated ? (true as const) : undefined,
        role: item.role,
        features: names.length > 0 ? names.map((name) => name.text) : undefined,
        expression,
        range: from === undefined || to === undefined ? undefined : { from, to },
        sentence: item.sentence,
        heldBy:
          item.heldBy.length === 0
            ? undefined
            : item.heldBy.map((path) => ({ path: path.map((part) => part.text), at: path[0]?.at ?? item.at })),
      }),
    },
  ];
}
