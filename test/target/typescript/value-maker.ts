import * as fc from "fast-check";
import { evaluate, walkExpression, type Lookup } from "../../../src/ir/expression.ts";
import type {
  Arm,
  BitWord,
  Dimension,
  Expression,
  Field,
  Ir,
  Member,
  Module,
  Part,
  PartItem,
  PathPart,
  Queues,
  Scalar,
  Type,
} from "../../../src/ir/model.ts";

export type Value = Record<string, unknown>;
type Draw = fc.GeneratorValue;
type Direction = Part["direction"];

/** What values depend on beside their own members. */
export interface World {
  /** Names of negotiated features, with their module: `blk.FLUSH`. */
  readonly features: ReadonlySet<string>;
  /** A value of the configuration space. */
  readonly config: Value;
  /** Parameters: sizes of queues, the revision of channel I/O. */
  readonly parameters: Readonly<Record<string, number>>;
  /** What the device has read of the request that is answered. */
  readonly request?: Value;
  /** Other messages, by name. */
  readonly messages: Readonly<Record<string, Value>>;
  /** Members that have to have this value where they come first: the tags of one alternative. */
  readonly given?: ReadonlyMap<string, bigint>;
}

/** What of an IR decides about other things. Found once. */
export class Survey {
  readonly ir: Ir;
  /** Names of members that lengths are computed from: they stay small. */
  readonly lengths = new Set<string>();
  /** Values of members that choose alternatives, by their names with the module: `blk.type`. */
  readonly tags = new Map<string, bigint[]>();
  /** Messages that others refer to, with their module: `net.FF_CLASSIFIER`. */
  readonly messages = new Set<string>();

  constructor(ir: Ir) {
    this.ir = ir;
    for (const module of ir.modules)
      this.visit(
        module.items.filter((item) => item.kind !== "rule"),
        module.name,
      );
  }

  private visit(part: unknown, module: string): void {
    if (Array.isArray(part)) {
      for (const one of part) this.visit(one, module);
      return;
    }
    if (typeof part !== "object" || part === null) return;
    const object = part as Readonly<Record<string, unknown>>;
    if (object["kind"] === "counted") this.noteLengths(object["length"] as Expression);
    // Queues are counted by it.
    if (object["kind"] === "queues") {
      const { queues, where } = object as unknown as Queues;
      for (const { each } of queues) if (each !== undefined) this.noteLengths(each.to);
      for (const { value } of where) this.noteLengths(value);
    }
    if ("by" in object && Array.isArray(object["arms"]))
      this.noteTags(module, object["by"] as Expression, object["arms"] as readonly Arm[]);
    if (object["op"] === "member" && object["scope"] === "message")
      this.messages.add(`${module}.${(object["path"] as readonly PathPart[])[0]?.name}`);
    for (const [key, value] of Object.entries(object)) if (key !== "at") this.visit(value, module);
  }

  private noteLengths(expression: Expression): void {
    walkExpression(expression, (part) => {
      if (part.op === "member") this.lengths.add(part.path.at(-1)?.name ?? "");
    });
  }

  private noteTags(module: string, by: Expression, arms: readonly Arm[]): void {
    if (by.op !== "member") return;
    const name = `${module}.${by.path.at(-1)?.name ?? ""}`;
    const values = arms.flatMap((arm) =>
      arm.tags.flatMap((tag) =>
        tag.kind === "default" ? [] : [evaluate(tag.kind === "value" ? tag.value : tag.from, () => undefined) ?? 0n],
      ),
    );
    this.tags.set(name, [...new Set([...(this.tags.get(name) ?? []), ...values])]);
  }
}

/**
 * Makes random values of what a description says, from the IR alone: it knows nothing of how the target writes codecs.
 * Where a drawn value cannot be (a negative length, a tag without an alternative) the whole run is skipped.
 */
export class ValueMaker {
  private readonly survey: Survey;
  private readonly module: Module;
  private readonly draw: Draw;
  private readonly world: World;
  /** What members of a struct are compared with where others depend on them. */
  private compared: ReadonlyMap<string, readonly bigint[]> = new Map();
  /** What was given and has not come yet. */
  private readonly due: Map<string, bigint>;

  constructor(survey: Survey, module: Module, draw: Draw, world: World) {
    this.survey = survey;
    this.module = module;
    this.draw = draw;
    this.world = world;
    this.due = new Map(world.given);
  }

  struct(members: readonly Member[], outer: readonly Value[] = [], row = 0): Value {
    const value: Value = {};
    this.fill(members, value, outer, row);
    return value;
  }

  /** What one direction of a message holds. */
  message(parts: readonly PartItem[], direction: Direction): Value {
    const value: Value = {};
    this.fillParts(parts, direction, value, direction === "device-readable");
    return value;
  }

  holds(condition: Expression | undefined, levels: readonly Value[]): boolean {
    if (condition === undefined) return true;
    const value = this.compute(condition, levels, 0);
    fc.pre(value !== undefined);
    return value !== 0n;
  }

  /** @param strict whether a tag without an alternative cannot be: the first choice that the device reads knows all tags */
  private fillParts(parts: readonly PartItem[], direction: Direction, value: Value, strict: boolean): void {
    let knows = strict;
    for (const item of parts) {
      if (item.kind === "part") {
        if (item.direction === direction && this.holds(item.if, [value])) this.fill(item.members, value, [], 0);
        continue;
      }
      // What the driver has sent chooses, even if the answer has a member of that name.
      const arm = this.chosen(item.by, item.arms, [
        ...(direction === "device-writable" ? [this.world.request ?? {}] : []),
        value,
      ]);
      if (arm !== undefined) this.fillParts(arm.parts, direction, value, knows);
      else fc.pre(!knows);
      knows = false;
    }
  }

  private fill(members: readonly Member[], value: Value, outer: readonly Value[], row: number): void {
    const before = this.compared;
    const own = comparedIn(members);
    if (own.size > 0) this.compared = own;
    // A tag may stand behind the union that it decides.
    for (const member of members) if (!isDecided(member)) this.fillMember(member, value, outer, row);
    for (const member of members) if (isDecided(member)) this.fillMember(member, value, outer, row);
    this.compared = before;
  }

  private fillMember(member: Member, value: Value, outer: readonly Value[], row: number): void {
    const levels = [value, ...outer];
    if (!this.holds(member.if, levels)) return;
    switch (member.kind) {
      case "field":
        if (member.reserved !== true) value[member.name] = this.field(member, levels, row);
        break;
      case "bits":
        if (member.name === "") Object.assign(value, this.bitGroups(member, levels));
        else value[member.name] = this.repeated(member.dimensions, levels, row, () => this.bitGroups(member, levels));
        break;
      case "group":
        if (member.name === "" && member.dimensions.length === 0) this.fill(member.members, value, outer, row);
        else
          value[member.name] = this.repeated(member.dimensions, levels, row, (index) =>
            this.struct(member.members, levels, index),
          );
        break;
      case "present":
        if (this.holds(member.condition, levels)) this.fill(member.members, value, outer, row);
        break;
      case "union":
      case "switch":
      case "window": {
        const arms =
          member.kind !== "window" && member.by !== undefined
            ? [this.chosen(member.by, member.arms, levels)]
            : [member.arms[this.draw(fc.nat, { max: member.arms.length - 1 })]];
        const [arm] = arms;
        fc.pre(arm !== undefined);
        if (arm === undefined) break;
        if (member.name === "") this.fill(arm.members, value, outer, row);
        else value[member.name] = this.struct(arm.members, levels, row);
        break;
      }
    }
  }

  /** Of groups that lie over each other only the first is drawn. */
  private bitGroups(word: BitWord, levels: readonly Value[]): Value {
    const groups: Value = {};
    const unions = new Set<number>();
    for (const group of word.bits) {
      if (
        group.reserved === true ||
        !this.holds(group.if, levels) ||
        (group.union !== undefined && unions.has(group.union))
      )
        continue;
      if (group.union !== undefined) unions.add(group.union);
      groups[group.name] = this.draw(fc.integer, { min: 0, max: 2 ** group.width - 1 });
    }
    return groups;
  }

  private field(field: Field, levels: readonly Value[], row: number): unknown {
    const { each, type, dimensions } = field;
    if (each !== undefined) {
      const elements = this.repeated(dimensions, levels, row, (index) =>
        this.struct(each.members, levels, index),
      ) as Value[];
      const { until } = each;
      const end = until === undefined ? -1 : elements.findIndex((element) => this.holds(until, [element, ...levels]));
      return end < 0 ? elements : elements.slice(0, end + 1);
    }
    if (type.kind === "struct")
      return this.repeated(dimensions, levels, row, (index) => this.structOf(type, levels, index));
    if (type.kind === "scalar" && (type.size > 1 || field.values !== undefined || dimensions.length === 0)) {
      return this.repeated(dimensions, levels, row, () => this.number(field, type));
    }
    const size = type.kind === "external" ? this.externalSize(type) : undefined;
    if (size !== undefined) return this.repeated(dimensions, levels, row, () => this.bytes(size));
    return this.repeated(dimensions.slice(0, -1), levels, row, (index) =>
      this.bytes(this.length(dimensions.at(-1), levels, index)),
    );
  }

  private number(field: Field, type: Scalar): number | bigint {
    const range = field.range ?? (field.value === undefined ? undefined : { from: field.value, to: field.value });
    const from = range === undefined ? undefined : evaluate(range.from, () => undefined);
    const to = range === undefined ? undefined : evaluate(range.to, () => undefined);
    const tags = this.survey.tags.get(`${this.module.name}.${field.name}`) ?? [];
    const largest = 2n ** BigInt(8 * type.size) - 1n;
    const given = this.due.get(field.name);
    if (given !== undefined) {
      this.due.delete(field.name);
      return type.size === 8 ? given : Number(given);
    }
    const compared = this.compared.get(field.name) ?? [];
    if (compared.length > 0 && this.draw(fc.boolean))
      return Number(compared[this.draw(fc.nat, { max: compared.length - 1 })]);
    const value =
      from !== undefined && to !== undefined
        ? this.draw(fc.bigInt, {
            min: from,
            max: this.survey.lengths.has(field.name) && to - from > 12n ? from + 12n : to,
          })
        : tags.length > 0
          ? (tags[this.draw(fc.nat, { max: tags.length - 1 })] ?? 0n)
          : this.draw(fc.bigInt, { min: 0n, max: this.survey.lengths.has(field.name) ? 12n : largest });
    return type.size === 8 ? value : Number(value & largest);
  }

  private repeated(
    dimensions: readonly Dimension[],
    levels: readonly Value[],
    row: number,
    make: (index: number) => unknown,
  ): unknown {
    const [first, ...rest] = dimensions;
    if (first === undefined) return make(row);
    return Array.from({ length: this.length(first, levels, row) }, (_, index) =>
      this.repeated(rest, levels, index, make),
    );
  }

  private length(dimension: Dimension | undefined, levels: readonly Value[], row: number): number {
    if (dimension === undefined || dimension.kind === "rest") return this.draw(fc.nat, { max: 4 });
    if (dimension.kind === "fixed") return dimension.length;
    const length = this.compute(dimension.length, levels, row);
    fc.pre(length !== undefined && length >= 0n && length < 2000n);
    return Number(length);
  }

  private bytes(length: number): Uint8Array {
    return Uint8Array.from(this.draw(fc.uint8Array, { minLength: length, maxLength: length }));
  }

  private chosen<A extends Pick<Arm, "tags" | "if">>(
    by: Expression,
    arms: readonly A[],
    levels: readonly Value[],
  ): A | undefined {
    const tag = this.compute(by, levels, 0);
    fc.pre(tag !== undefined);
    const is = (arm: A): boolean =>
      arm.tags.some((one) =>
        one.kind === "value"
          ? fixed(one.value) === tag
          : one.kind === "range" && tag !== undefined && fixed(one.from) <= tag && tag <= fixed(one.to),
      );
    return (
      arms.find((arm) => is(arm) && this.holds(arm.if, levels)) ??
      arms.find((arm) => arm.tags.some((one) => one.kind === "default"))
    );
  }

  private compute(expression: Expression, levels: readonly Value[], row: number): bigint | undefined {
    const lookup: Lookup = (name) => {
      switch (name.op) {
        case "feature":
          return this.world.features.has(`${name.module}.${name.name}`) ? 1n : 0n;
        case "variable":
          return BigInt(name.name === "i" ? row : (this.world.parameters[name.name] ?? 0));
        case "member":
          switch (name.scope) {
            case "config":
              return this.at([this.world.config], name.path, levels, row);
            case "request":
              return this.at([this.world.request ?? {}], name.path, levels, row);
            case "message":
              return this.at([this.world.messages], name.path, levels, row);
            default:
              return this.at([...levels, this.world.request ?? {}], name.path, levels, row);
          }
        default:
          return undefined;
      }
    };
    return evaluate(expression, lookup);
  }

  private at(
    values: readonly Readonly<Record<string, unknown>>[],
    path: readonly PathPart[],
    levels: readonly Value[],
    row: number,
  ): bigint | undefined {
    let found: unknown = values.find((value) => (path[0]?.name ?? "") in value);
    for (const step of path) {
      found = (found as Value | undefined)?.[step.name];
      if (step.index !== undefined)
        found = (found as unknown[] | undefined)?.[Number(this.compute(step.index, levels, row) ?? -1n)];
    }
    return typeof found === "number" || typeof found === "bigint" ? BigInt(found) : undefined;
  }

  private structOf(type: Extract<Type, { kind: "struct" }>, levels: readonly Value[], row: number): Value {
    const module = this.survey.ir.modules.find((one) => one.name === type.module) ?? this.module;
    const members = module.items.flatMap((item) =>
      item.kind === "struct" && item.name === type.name ? item.members : [],
    );
    // Its tags are those of its own module.
    const maker =
      module === this.module
        ? this
        : new ValueMaker(this.survey, module, this.draw, { ...this.world, given: new Map() });
    return maker.struct(members, levels, row);
  }

  private externalSize(type: Extract<Type, { kind: "external" }>): number | undefined {
    const module = this.survey.ir.modules.find((one) => one.name === type.module);
    return module?.items.flatMap((item) => (item.kind === "external" && item.name === type.name ? [item.size] : []))[0];
  }
}

/** The constants that conditions of members hold against other members, by the others' names. */
function comparedIn(members: readonly Member[]): ReadonlyMap<string, readonly bigint[]> {
  const found = new Map<string, bigint[]>();
  for (const { if: condition } of members) {
    if (condition === undefined) continue;
    walkExpression(condition, (part) => {
      if (part.op !== "==" || part.left.op !== "member" || part.right.op !== "constant") return;
      const name = part.left.path.at(-1)?.name ?? "";
      found.set(name, [...(found.get(name) ?? []), fixed(part.right)]);
    });
  }
  return found;
}

function isDecided(member: Member): boolean {
  return member.kind === "union" && member.by !== undefined;
}

/** The value of an expression of numbers and constants. */
function fixed(expression: Expression): bigint {
  return evaluate(expression, () => undefined) ?? -1n;
}
