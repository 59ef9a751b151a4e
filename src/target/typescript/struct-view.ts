import { printExpression } from "../../ir/print-expression.ts";
import type {
  Arm,
  BitGroup,
  BitWord,
  Element,
  Expression,
  Field,
  GroupReference,
  Member,
  Tag,
  Variant,
  Window,
} from "../../ir/model.ts";
import { TargetError } from "../target-error.ts";
import { flattened, isField } from "./catalogue.ts";
import { docComment, sentences } from "./doc-comment.ts";
import { FieldSpecs, type Offset } from "./field-spec.ts";
import { propertyName, typeName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import { Place, rebased } from "./place.ts";
import { plainMembers, type ArmSource, type SourceMember, type StructSource } from "./struct-source.ts";
import { alternativesText, TypeMembers, type Alternatives, type PrintedMember } from "./value-type.ts";

/** A struct as the template prints it. */
export interface StructView {
  readonly doc: string;
  readonly name: string;
  /** A value is an object with these members; with alternatives it is a type, else an interface. */
  readonly isInterface: boolean;
  readonly isEmpty: boolean;
  readonly members: readonly PrintedMember[];
  /** The type of a value that is not only these members: parts of a message, and alternatives in brackets. */
  readonly others: string;
  readonly codec: string;
  readonly make: string;
  readonly cName: string;
  readonly entries: readonly string[];
  /** Values of the module that have to be there before it. */
  readonly uses: readonly string[];
}

/** Makes an interface and a codec of a struct; structs inside it that have no name in the description come first. */
export class StructViews {
  private readonly context: ModuleContext;
  private readonly fields: FieldSpecs;

  constructor(context: ModuleContext) {
    this.context = context;
    this.fields = new FieldSpecs(context);
  }

  views(source: StructSource): readonly StructView[] {
    const build = new StructBuild(this.context, this.fields, this, source);
    return build.views();
  }
}

class StructBuild {
  private readonly context: ModuleContext;
  private readonly fields: FieldSpecs;
  private readonly structs: StructViews;
  private readonly source: StructSource;
  private readonly levels: readonly (readonly Member[])[];
  private readonly inner: StructView[] = [];
  private readonly spreads: string[] = [];

  constructor(context: ModuleContext, fields: FieldSpecs, structs: StructViews, source: StructSource) {
    this.context = context;
    this.fields = fields;
    this.structs = structs;
    this.source = source;
    this.levels = [plainMembers(source.members), ...(source.around.length === 0 ? [] : [source.around])];
  }

  views(): readonly StructView[] {
    const { source, context } = this;
    const types = new TypeMembers();
    const { written: entries, uses } = context.collect(() =>
      this.entries(source.members, new Place(0), types, { optional: false, tags: [] }),
    );
    const needs = context.needsOf(plainMembers(source.members));
    const argument = needs.none ? source.name : `${source.name}, ${context.contextType(needs)}`;
    const others = [...this.spreads, ...types.alternatives.map((one) => alternativesText(one))];
    const view: StructView = {
      doc: docComment(source.doc),
      name: source.name,
      isInterface: others.length === 0,
      isEmpty: types.printed.length === 0,
      members: types.printed,
      others: others.join(" & "),
      codec: `${context.imports.type("Codec")}<${argument}>`,
      make: context.imports.value(source.native ? "nativeStruct" : "struct"),
      cName: source.cName,
      entries,
      uses,
    };
    return [...this.inner, view];
  }

  /** The lines of the codec's literal for members that follow each other; the types of their values go into `types`. */
  private entries(members: readonly SourceMember[], place: Place, types: TypeMembers, how: How): readonly string[] {
    return members.flatMap((member) => this.entry(member, place, types, how));
  }

  private entry(member: SourceMember, place: Place, types: TypeMembers, how: How): readonly string[] {
    const { imports } = this.context;
    switch (member.kind) {
      case "spread": {
        const codec = this.context.reference(this.context.module.name, member.codec);
        const entry = `...${imports.value("spread")}(${this.fields.offset(place.offset)}, ${codec})`;
        this.spreads.push(member.codec);
        place.pass(member.size);
        return [entry];
      }
      case "inline": {
        const inner = place.begin();
        const entries = this.entries(member.members, inner, types, how);
        place.pass(member.size);
        return entries;
      }
      case "conditional": {
        const entries = this.entries(member.members, place.begin(), types, { ...how, optional: true });
        place.pass(undefined);
        return [
          `...${imports.value("presentIf")}([${this.context.terms(member.condition, this.levels).join(", ")}], ${recordText(entries)})`,
        ];
      }
      case "chosen": {
        const arms = this.arms(member.by, member.arms, () => place.begin(), types, how);
        place.pass(undefined);
        return [`...${imports.value("choose")}(${[this.by(member.by, member.values), ...arms].join(", ")})`];
      }
      case "field":
        return [this.fieldEntry(member, place.of(member), types, how)].filter((entry) => entry !== "");
      case "bits":
        return this.bitEntries(member, place.of(member), types, how);
      case "group":
        return this.groupEntries(member, place, types, how);
      case "present": {
        const entries = this.entries(member.members, place, types, { ...how, optional: true });
        return [
          `...${imports.value("presentIf")}([${this.context.terms(member.condition, this.levels).join(", ")}], ${recordText(entries)})`,
        ];
      }
      case "union":
      case "switch":
      case "window":
        return this.variantEntries(member, place, types, how);
    }
  }

  private fieldEntry(field: Field, offset: Offset, types: TypeMembers, how: How): string {
    if (field.reserved === true) {
      // Within a union the bytes are zeroed whatever alternative is written.
      return how.inUnion === true
        ? ""
        : `${propertyName(field.name)}: ${this.fields.reserved(field, offset, this.levels)}${this.fields.condition(field.if, this.levels)}`;
    }
    const element = field.each === undefined ? undefined : this.innerStruct(field.name, field.each.members);
    const text = this.fields.field(field, offset, this.levels, element);
    types.add({
      ...this.described(field, how),
      name: propertyName(field.name),
      optional: how.optional || field.if !== undefined,
      type: text.type,
    });
    const spec = `${text.spec}${this.fields.condition(field.if, this.levels)}${this.fields.access(field.access)}`;
    return `${propertyName(field.name)}: ${this.padded(field, spec)}`;
  }

  private padded(field: Field, spec: string): string {
    const { pad } = field;
    if (pad === undefined) return spec;
    const to = pad.to.op === "number" ? pad.to.text : this.fields.lambda(pad.to, this.levels, "number");
    const unless = pad.unless === undefined ? "" : `, ${this.context.terms(pad.unless, this.levels).join(", ")}`;
    return `${this.context.imports.value("padded")}(${spec}, ${to}${unless})`;
  }

  private bitEntries(word: BitWord, offset: Offset, types: TypeMembers, how: How): readonly string[] {
    if (word.dimensions.length > 0) return [this.bitListEntry(word, offset, types, how)];
    const condition = this.fields.condition(word.if, this.levels);
    const access = this.fields.access(word.access);
    if (word.name !== "") {
      const text = this.fields.word(word, offset);
      types.add({
        ...this.described(word, how),
        name: propertyName(word.name),
        optional: how.optional || word.if !== undefined,
        type: text.type,
      });
      return [`${propertyName(word.name)}: ${text.spec}${condition}${access}`];
    }
    if (offset === undefined)
      throw new TargetError("a word of bit groups behind something of varying size needs a name", word.at);
    const entry = (group: BitGroup): string => {
      const own = group.if === undefined ? condition : this.fields.condition(group.if, this.levels);
      const optional = how.optional || word.if !== undefined || group.union !== undefined || group.if !== undefined;
      types.add({
        ...this.described(group, how),
        name: propertyName(group.name),
        optional,
        type: this.fields.numberType(4, group.values),
      });
      return `${propertyName(group.name)}: ${this.fields.group(word, group.shift, group.width, offset)}${this.fields.named(group.values)}${own}${access}`;
    };
    const valued = word.bits.filter((group) => group.reserved !== true);
    return valued.flatMap((group, index) => {
      if (group.union === undefined) return [entry(group)];
      // Groups that lie over each other are one union, where the first of them stands.
      if (valued.findIndex((other) => other.union === group.union) < index) return [];
      const over = valued.filter((other) => other.union === group.union);
      return [
        `...${this.context.imports.value("union")}(${offset}, ${word.type.size}, ${recordText(over.map((one) => entry(one)))})`,
      ];
    });
  }

  /** Several words of the same groups: each is a struct of its own. */
  private bitListEntry(word: BitWord, offset: Offset, types: TypeMembers, how: How): string {
    const { position, ...one } = word;
    const element = this.innerStruct(word.name, [
      { ...one, name: "", dimensions: [], ...(position === undefined ? {} : { position: { ...position, offset: 0 } }) },
    ]);
    const { type: _type, bits: _bits, ...rest } = word;
    const text = this.fields.field({ ...rest, kind: "field", type: { kind: "opaque" } }, offset, this.levels, element);
    types.add({
      ...this.described(word, how),
      name: propertyName(word.name),
      optional: how.optional || word.if !== undefined,
      type: text.type,
    });
    return `${propertyName(word.name)}: ${text.spec}${this.fields.condition(word.if, this.levels)}`;
  }

  private groupEntries(
    group: Extract<Member, { kind: "group" }>,
    place: Place,
    types: TypeMembers,
    how: How,
  ): readonly string[] {
    const { imports } = this.context;
    if (group.name === "" && group.dimensions.length === 0) {
      const entries = this.entries(group.members, place, types, {
        ...how,
        optional: how.optional || group.if !== undefined,
      });
      if (group.if === undefined) return entries;
      return [
        `...${imports.value("validIf")}([${this.context.terms(group.if, this.levels).join(", ")}], ${recordText(entries)})`,
      ];
    }
    const codec = this.innerStruct(
      group.name,
      group.dimensions.length > 0
        ? group.members
        : rebased(group.members, group.position?.offset ?? null, this.context.layouts),
    );
    const offset = place.of(group);
    const field: Field = { ...group, kind: "field", type: { kind: "opaque" } };
    const text =
      group.dimensions.length === 0
        ? { spec: `${imports.value("nested")}(${this.fields.offset(offset)}, ${codec})`, type: codec }
        : this.fields.field(field, offset, this.levels, codec);
    types.add({
      ...this.described(group, how),
      name: propertyName(group.name),
      optional: how.optional || group.if !== undefined,
      type: text.type,
    });
    return [`${propertyName(group.name)}: ${text.spec}${this.fields.condition(group.if, this.levels)}`];
  }

  private variantEntries(variant: Variant | Window, place: Place, types: TypeMembers, how: How): readonly string[] {
    const { imports } = this.context;
    if (variant.name !== "") {
      const codec = this.innerStruct(
        variant.name,
        rebased([{ ...variant, name: "" }], variant.position?.offset ?? null, this.context.layouts),
      );
      const offset = place.of(variant);
      types.add({
        ...this.described(variant, how),
        name: propertyName(variant.name),
        optional: how.optional || variant.if !== undefined,
        type: codec,
      });
      return [
        `${propertyName(variant.name)}: ${imports.value("nested")}(${this.fields.offset(offset)}, ${codec})${this.fields.condition(variant.if, this.levels)}`,
      ];
    }
    const inner: How = { ...how, optional: how.optional || variant.if !== undefined };
    const entries =
      variant.kind === "switch"
        ? this.switchEntries(variant, place, types, inner)
        : this.unionEntries(variant, place, types, inner);
    if (variant.if === undefined || variant.kind === "switch") return entries;
    return [
      `...${imports.value("validIf")}([${this.context.terms(variant.if, this.levels).join(", ")}], ${recordText(entries)})`,
    ];
  }

  private unionEntries(union: Variant | Window, place: Place, types: TypeMembers, how: How): readonly string[] {
    const { imports } = this.context;
    const at = place.of(union);
    const size = union.position?.size ?? undefined;
    if (at === undefined || size === undefined)
      throw new TargetError("a union without a name needs a place and a size that are known", union.at);
    const within: How = { ...how, inUnion: true };
    if (union.kind === "union" && union.by !== undefined) {
      const arms = this.arms(union.by, union.arms, () => place, types, within);
      return [`...${imports.value("unionBy")}(${at}, ${size}, ${this.by(union.by, union.values)}, ${arms.join(", ")})`];
    }
    const entries = union.arms.flatMap((arm) => {
      const tags = union.kind === "window" ? tagNames(arm) : [];
      return this.entries(arm.members, place, types, { ...within, optional: true, tags });
    });
    return [`...${imports.value("union")}(${at}, ${size}, ${recordText(entries)})`];
  }

  private switchEntries(variant: Variant | Window, place: Place, types: TypeMembers, how: How): readonly string[] {
    if (variant.kind !== "switch" || variant.by === undefined) return [];
    const arms = this.arms(variant.by, variant.arms, () => place, types, how);
    return [`...${this.context.imports.value("choose")}(${[this.by(variant.by, variant.values), ...arms].join(", ")})`];
  }

  /** The value that chooses; flags above a number do not count. */
  private by(by: Expression, values: GroupReference | undefined): string {
    const formula = this.context.formula(by, this.levels, "number");
    const group = values === undefined ? undefined : this.context.catalogue.group(values);
    const flags = group?.kind === "enum" ? group.constants.filter((constant) => constant.type === "mask") : [];
    const masks = flags.map((flag) => this.context.constant(values?.module ?? "", values?.group ?? "", flag.name));
    const text =
      masks.length === 0
        ? formula.text
        : `${formula.text} & ~${masks.length === 1 ? masks[0] : `(${masks.join(" | ")})`}`;
    return this.context.lambda({ ...formula, text }, this.context.needs(by));
  }

  private arms(
    by: Expression,
    arms: readonly ArmSource[],
    begin: () => Place,
    types: TypeMembers,
    how: How,
  ): readonly string[] {
    const tag = this.tagMember(by);
    const alternatives: Alternatives = { tag: tag ?? "", arms: [] };
    const texts = arms.map((arm) => {
      const own = tag === undefined ? types : new TypeMembers();
      const optional = tag === undefined ? true : how.optional;
      const entries = this.entries(arm.members, begin(), own, {
        ...how,
        optional,
        tags: tag === undefined ? tagNames(arm) : [],
      });
      if (tag !== undefined)
        alternatives.arms.push({
          tags: arm.tags.map((one) => this.tagType(one)),
          doc: sentences(arm, undefined, this.source.legacy),
          members: own,
        });
      const terms = arm.if === undefined ? [] : this.context.terms(arm.if, this.levels);
      const tags = arm.tags.filter((one) => one.kind !== "default").map((one) => this.tagText(one));
      return `${this.context.imports.value("arm")}([${tags.join(", ")}], ${recordText(entries)}${terms.map((term) => `, ${term}`).join("")})`;
    });
    if (tag !== undefined) types.choose(alternatives);
    return texts;
  }

  /** The struct's own member that chooses, where its type can tell the alternatives apart. */
  private tagMember(by: Expression): string | undefined {
    if (by.op !== "member" || by.scope !== "sibling" || by.path.length !== 1) return undefined;
    const [first] = by.path;
    if (first === undefined || !isField(this.context.catalogue.member(flattened(this.levels[0] ?? []), by.path)))
      return undefined;
    return propertyName(first.name);
  }

  private tagText(tag: Tag): string {
    if (tag.kind === "range") return `[${this.tagValue(tag.from)}, ${this.tagValue(tag.to)}]`;
    return tag.kind === "value" ? this.tagValue(tag.value) : "";
  }

  private tagType(tag: Tag): string {
    if (tag.kind !== "value") return "number";
    return tag.value.op === "constant" ? `typeof ${this.tagValue(tag.value)}` : this.tagValue(tag.value);
  }

  private tagValue(expression: Expression): string {
    return this.context.number(expression);
  }

  /** Makes a codec of members that have no struct in the description, and returns its name. */
  private innerStruct(name: string, members: readonly Member[]): string {
    const { source } = this;
    const own = this.context.names.inner(source.name + typeName(name.toLowerCase()));
    this.inner.push(
      ...this.structs.views({
        name: own,
        cName: `${source.cName}.${name}`,
        doc: [],
        members,
        around: this.levels[0] ?? [],
        native: source.native,
        legacy: source.legacy,
      }),
    );
    return this.context.reference(this.context.module.name, own);
  }

  private described(
    member: Pick<Element, "doc" | "legacy" | "if"> & Partial<Pick<Field, "unit" | "range">>,
    how: How,
  ): { readonly doc: string; readonly tags: readonly string[] } {
    const text = sentences(member, member.unit, this.source.legacy);
    const { range } = member;
    const limits =
      range === undefined || isKnown(range)
        ? ""
        : `From ${printExpression(range.from)} to \`${printExpression(range.to)}\`.`;
    const condition = member.if === undefined ? "" : `Only if \`${printExpression(member.if)}\`.`;
    return { doc: [text, limits, condition].filter((part) => part !== "").join(" "), tags: how.tags };
  }
}

/** Whether the codec checks a range itself: one that depends on something else is only said. */
function isKnown(range: NonNullable<Field["range"]>): boolean {
  return [range.from, range.to].every((end) => end.op === "number" || end.op === "constant");
}

/** Specs as a record; where they are one that is spread already, that one. */
function recordText(entries: readonly string[]): string {
  const [only] = entries;
  if (entries.length === 1 && only?.startsWith("...") === true) return only.slice(3);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** How the members of a block are taken up into the type of the value. */
interface How {
  readonly optional: boolean;
  /** What their documentation begins with: the tags that they belong to. */
  readonly tags: readonly string[];
  readonly inUnion?: true;
}

function tagNames(arm: Pick<Arm, "tags" | "name">): readonly string[] {
  return arm.tags.map((tag) =>
    tag.kind === "value" && tag.value.op === "constant"
      ? `\`${tag.value.name}\``
      : tag.kind === "default"
        ? "others"
        : arm.name,
  );
}
