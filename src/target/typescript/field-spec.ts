import type {
  Access,
  BitGroup,
  BitWord,
  Dimension,
  Expression,
  Field,
  GroupReference,
  Member,
  Scalar,
  ScalarName,
  Type,
} from "../../ir/model.ts";
import { TargetError } from "../target-error.ts";
import type { ModuleContext } from "./module-context.ts";
import { propertyName } from "./identifiers.ts";

/** A member as generated: its spec in the codec's literal, and the type of its value. */
export interface FieldText {
  readonly spec: string;
  readonly type: string;
}

/** Offset of a member, or undefined where it is known only at run time. */
export type Offset = number | undefined;

/** Factories of the runtime by the name of the scalar type. */
const factories: Readonly<
  Record<ScalarName, "u8" | "u16" | "u32" | "u64" | "le16" | "le32" | "le64" | "be16" | "be32" | "be64">
> = {
  u8: "u8",
  u16: "u16",
  u32: "u32",
  u64: "u64",
  le16: "le16",
  le32: "le32",
  le64: "le64",
  be16: "be16",
  be32: "be32",
  be64: "be64",
};

/** Writes the specs of fields and words of bits. */
export class FieldSpecs {
  private readonly context: ModuleContext;

  constructor(context: ModuleContext) {
    this.context = context;
  }

  /**
   * @param levels members that formulas may name, innermost first
   * @param element codec of the elements, for a list whose elements are no struct of the description
   */
  field(field: Field, offset: Offset, levels: readonly (readonly Member[])[], element?: string): FieldText {
    const { imports } = this.context;
    const at = this.offset(offset);
    if (element !== undefined) {
      const last =
        field.each?.until === undefined
          ? ""
          : `, ${this.lambda(field.each.until, [field.each.members, ...levels], "condition")}`;
      const count = this.count(field.dimensions[0], levels) ?? (last === "" ? undefined : "undefined");
      return {
        spec: `${imports.value("list")}(${at}, ${element}${count === undefined ? "" : `, ${count}`}${last})`,
        type: `${element}[]`,
      };
    }
    const { type } = field;
    if (type.kind === "struct") {
      const name = this.context.struct(type);
      return this.repeated(
        at,
        field.dimensions,
        levels,
        name,
        (place) => `${imports.value("nested")}(${place}, ${name})`,
        name,
      );
    }
    if (type.kind === "scalar" && (type.size > 1 || field.values !== undefined || field.dimensions.length === 0))
      return this.scalar(field, type, at, levels);
    return this.bytes(type, field.dimensions, at, levels);
  }

  /** Bytes that nobody looks at. */
  reserved(field: Field, offset: Offset, levels: readonly (readonly Member[])[]): string {
    const size = field.position?.size ?? undefined;
    const dimension = field.dimensions[0];
    const count = size ?? (dimension?.kind === "counted" ? this.lambda(dimension.length, levels, "number") : 0);
    return `${this.context.imports.value("reserved")}(${this.offset(offset)}, ${count})`;
  }

  /** A named word: all its groups together. */
  word(word: BitWord, offset: Offset): FieldText {
    const { imports } = this.context;
    const groups = word.bits.map((group) => {
      const constants =
        group.values === undefined || this.context.catalogue.group(group.values)?.kind !== "enum"
          ? ""
          : `, ${this.context.group(group.values)}`;
      return `${propertyName(group.name)}: [${group.shift}, ${group.width}${constants}]`;
    });
    const valued = word.bits.filter((group) => group.reserved !== true);
    const members = valued.map(
      (group) => `${propertyName(group.name)}${isOptional(group) ? "?" : ""}: ${this.numberType(4, group.values)}`,
    );
    const optional = valued.filter(isOptional).map((group) => `'${group.name}'`);
    if (word.type.size === 8)
      throw new TargetError(
        "a word of 64 bits has to be without a name, so that each half can stand for itself",
        word.at,
      );
    return {
      spec: `${imports.value("bitWord")}(${this.scalarCall(word.type, this.offset(offset))}, { ${groups.join(", ")} }${optional.length === 0 ? "" : `, [${optional.join(", ")}]`})`,
      type: `${imports.type("Bits")}<{ ${members.join("; ")} }>`,
    };
  }

  /** One group of a word without a name. */
  group(word: BitWord, shift: number, width: number, offset: Offset): string {
    const { imports } = this.context;
    let at = this.offset(offset);
    let from = shift;
    let scalar = word.type.name;
    if (word.type.size === 8) {
      if (offset === undefined || shift >> 5 !== (shift + width - 1) >> 5)
        throw new TargetError(`a group of ${width} bits at ${shift} lies in both halves of a word of 64 bits`, word.at);
      const upper = shift >= 32;
      at = String(offset + (upper === (word.type.order === "big") ? 0 : 4));
      from = shift & 31;
      scalar = word.type.order === "big" ? "be32" : word.type.order === "native" ? "u32" : "le32";
    }
    return `${imports.value("bitGroup")}(${imports.value(factories[scalar])}(${at}), ${from}, ${width})`;
  }

  /** `.oneOf(T)` and the like. */
  named(values: GroupReference | undefined): string {
    const group = values === undefined ? undefined : this.context.catalogue.group(values);
    if (values === undefined || group === undefined) return "";
    const name = this.context.group(values);
    if (group.kind === "flags" || group.kind === "bits") return `.${group.kind}Of(${name})`;
    const flags = group.constants
      .filter((constant) => constant.type === "mask")
      .map((constant) => `, ${name}.${constant.name}`);
    return `.oneOf(${name}${flags.join("")})`;
  }

  /** Type of a number whose values have names. */
  numberType(size: Scalar["size"], values: GroupReference | undefined): string {
    if (size === 8) return "bigint";
    const group = values === undefined ? undefined : this.context.catalogue.group(values);
    if (
      values === undefined ||
      group?.kind !== "enum" ||
      group.constants.length === 0 ||
      group.constants.some((constant) => constant.type === "mask")
    )
      return "number";
    return `${this.context.imports.type("Open")}<${this.context.group(values)}>`;
  }

  /** `.if(F.MQ)`: it keeps its place. */
  condition(expression: Expression | undefined, levels: readonly (readonly Member[])[]): string {
    if (expression === undefined) return "";
    if (expression.op === "not") return `.unless(${this.context.terms(expression.operand, levels).join(", ")})`;
    return `.if(${this.context.terms(expression, levels).join(", ")})`;
  }

  /** `.access({ writable: 'always' })`. */
  access(access: Access | undefined): string {
    if (access === undefined) return "";
    const { writable, writeClears, keptOverReset, reset } = access;
    const when = typeof writable === "string" ? `'${writable.replace("_", " ")}'` : `{ before: '${writable.before}' }`;
    const parts = [
      `writable: ${when}`,
      ...(writeClears === undefined ? [] : [`writeClears: '${writeClears}'`]),
      ...(keptOverReset === true ? ["keptOverReset: true"] : []),
      ...(reset === undefined ? [] : [`reset: ${reset}`]),
    ];
    return `.access({ ${parts.join(", ")} })`;
  }

  offset(offset: Offset): string {
    return offset === undefined ? this.context.imports.value("next") : String(offset);
  }

  lambda(expression: Expression, levels: readonly (readonly Member[])[], as: "condition" | "number"): string {
    return this.context.lambda(this.context.formula(expression, levels, as), this.context.needs(expression));
  }

  private scalar(field: Field, scalar: Scalar, at: string, levels: readonly (readonly Member[])[]): FieldText {
    const naming = this.named(field.values);
    const range = this.range(field, scalar);
    const type = this.numberType(scalar.size, field.values);
    return this.repeated(
      at,
      field.dimensions,
      levels,
      type,
      (place) => `${this.scalarCall(scalar, place)}${naming}${range}`,
    );
  }

  private scalarCall(scalar: Scalar, at: string): string {
    return `${this.context.imports.value(factories[scalar.name])}(${at})`;
  }

  /** `.in(1, 0x8000)`, where both ends are known. */
  private range(field: Field, scalar: Scalar): string {
    if (scalar.size === 8) return "";
    const { value, range } = field;
    const from = constantText(range?.from ?? value);
    const to = constantText(range?.to ?? value);
    return from === undefined || to === undefined ? "" : `.in(${from}, ${to})`;
  }

  private bytes(
    type: Type,
    dimensions: readonly Dimension[],
    at: string,
    levels: readonly (readonly Member[])[],
  ): FieldText {
    const { imports, catalogue } = this.context;
    const size = type.kind === "external" ? catalogue.external(type)?.size : undefined;
    // Of bytes the last dimension is the length of the string; of an external type of a known size it is that.
    const outer = size === undefined ? dimensions.slice(0, -1) : dimensions;
    const count = size === undefined ? this.count(dimensions.at(-1), levels) : String(size);
    return this.repeated(
      at,
      outer,
      levels,
      "Uint8Array",
      (place) => `${imports.value("bytes")}(${place}${count === undefined ? "" : `, ${count}`})`,
    );
  }

  /** @param codec of elements that are structs, which need no spec of their own */
  private repeated(
    at: string,
    dimensions: readonly Dimension[],
    levels: readonly (readonly Member[])[],
    type: string,
    element: (place: string) => string,
    codec?: string,
  ): FieldText {
    const [first, ...rest] = dimensions;
    if (first === undefined) return { spec: element(at), type };
    const inner =
      rest.length === 0 && codec !== undefined
        ? { spec: codec, type }
        : this.repeated("0", rest, levels, type, element, codec);
    const count = this.count(first, levels);
    const { spec } = inner;
    const listType = inner.type.includes(" ") && !inner.type.includes("<") ? `(${inner.type})[]` : `${inner.type}[]`;
    return {
      spec: `${this.context.imports.value("list")}(${at}, ${spec}${count === undefined ? "" : `, ${count}`})`,
      type: listType,
    };
  }

  private count(dimension: Dimension | undefined, levels: readonly (readonly Member[])[]): string | undefined {
    if (dimension === undefined || dimension.kind === "rest") return undefined;
    if (dimension.kind === "counted") return this.lambda(dimension.length, levels, "number");
    return dimension.expression.op === "constant"
      ? this.context.constant(dimension.expression.module, dimension.expression.group, dimension.expression.name)
      : String(dimension.length);
  }
}

/** A value may lack a group that lies over others, or depends on something. */
function isOptional(group: BitGroup): boolean {
  return group.union !== undefined || group.if !== undefined;
}

function constantText(expression: Expression | undefined): string | undefined {
  if (expression?.op === "number") return expression.text;
  if (expression?.op === "constant") return String(expression.value);
  return undefined;
}
