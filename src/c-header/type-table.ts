import type { IToken } from "chevrotain";
import type { CFieldType, CStruct, CTypedef } from "./header-model.ts";
import { basicType, enumeration, knownTypes, pointer, type KnownType } from "./known-types.ts";
import { evaluate, type CNumber, type Meanings } from "./numbers.ts";
import { parseExpression } from "./parser.ts";
import { placeStruct } from "./place-struct.ts";
import type { Aggregate, CDeclarator, CSpecifier, TypeName } from "./syntax.ts";
import type { TokenPlace } from "./tokens.ts";
import { located, Unreadable } from "./unreadable.ts";

/** A type with its size and what it looks like as a field's. */
export interface ResolvedType {
  readonly size: number;
  readonly align: number;
  readonly field: CFieldType;
  /** Of a typedef of an array. */
  readonly dimensions: readonly (number | null)[];
}

const mostNested = 64;

/** The types and constants that are declared so far. */
export class TypeTable implements Meanings {
  /** Undefined for one that could not be read. */
  readonly structs: Map<string, CStruct | undefined> = new Map();
  readonly typedefs: Map<string, CTypedef & { readonly type: ResolvedType }> = new Map();
  readonly enumerators: Map<string, CNumber> = new Map();
  /** Names of types that may stand in a cast. */
  readonly names: Set<string> = new Set(knownTypes.keys());
  private nested = 0;

  name(name: string): CNumber {
    const value = this.enumerators.get(name);
    if (value === undefined) throw new Unreadable(`nothing says what ${name} is`);
    return value;
  }

  extent(type: TypeName): { readonly size: number; readonly align: number; readonly unsigned: boolean } {
    if (type.pointers > 0) return { ...pointer, unsigned: true };
    const { size, align, field } = this.resolve(type.type);
    return { size, align, unsigned: field.kind !== "integer" || !field.signed };
  }

  /** @throws Unreadable for a type that nothing declares. */
  resolve(type: CSpecifier): ResolvedType {
    switch (type.kind) {
      case "named":
        return this.named(type.words);
      case "enum":
        this.declareEnumerators(type);
        return plain(type.tag === undefined ? "enum" : `enum ${type.tag}`, enumeration);
      default:
        return structType(this.aggregate(type));
    }
  }

  /** Gives enumerators their values. */
  private declareEnumerators(type: CSpecifier & { readonly kind: "enum" }): void {
    let next: CNumber = { value: 0n, bits: 32, unsigned: false };
    for (const { name, value, place } of type.enumerators ?? []) {
      const own = value === undefined ? next : located(() => evaluate(value, this), place);
      this.enumerators.set(name, own);
      next = { ...own, value: own.value + 1n };
    }
  }

  /** A struct or union, declared here or before. */
  aggregate(type: Aggregate): CStruct {
    const { tag, members, kind, place } = type;
    if (members === undefined) {
      const known = this.structs.get(tag ?? "");
      if (known !== undefined) return known;
      throw new Unreadable(
        this.structs.has(tag ?? "")
          ? `${kind} ${tag ?? ""} could not be read`
          : `${kind} ${tag ?? ""} is not declared here or in a header that was found`,
        place,
      );
    }
    if (this.nested >= mostNested) throw new Unreadable(`structs are nested more than ${mostNested} deep`, place);
    this.nested++;
    try {
      const struct = placeStruct(type, this);
      if (tag !== undefined) this.structs.set(tag, struct);
      return struct;
    } catch (error) {
      if (tag !== undefined) this.structs.set(tag, undefined);
      throw error;
    } finally {
      this.nested--;
    }
  }

  private named(words: readonly string[]): ResolvedType {
    const text = words.join(" ");
    const [name = ""] = words;
    const declared = words.length === 1 ? this.typedefs.get(name) : undefined;
    const known = words.length === 1 ? (knownTypes.get(name) ?? basicType(words)) : basicType(words);
    if (known !== undefined && (declared === undefined || isSame(known, declared.type))) return plain(text, known);
    if (declared !== undefined) {
      const { type } = declared;
      return { ...type, align: declared.align };
    }
    throw new Unreadable(
      text === "" ? "no type stands here" : `the type ${text} is not declared here or in a header that was found`,
    );
  }

  /** The type of what a declarator names. */
  declared(type: ResolvedType, declarator: CDeclarator): ResolvedType {
    const pointed = declarator.pointers > 0 || declarator.isFunction;
    const one: ResolvedType = pointed
      ? {
          size: pointer.size,
          align: pointer.align,
          field: { kind: "pointer", text: `${type.field.text} *`, size: pointer.size },
          dimensions: [],
        }
      : type;
    const lengths = declarator.dimensions.map((dimension) => {
      if (dimension === undefined) return null;
      const { value } = located(() => evaluate(dimension, this), declarator.place);
      if (value < 0n || value > 1n << 40n) throw new Unreadable(`an array of ${value} elements`, declarator.place);
      return value === 0n ? null : Number(value);
    });
    const size = lengths.reduce<number>((sum, length) => sum * (length ?? 0), one.size);
    return { ...one, size, dimensions: [...lengths, ...one.dimensions] };
  }

  /** The alignments that attributes ask for. */
  alignments(asked: readonly (readonly IToken[])[], place: TokenPlace): readonly number[] {
    return asked.map((tokens) => {
      if (tokens.length === 0) return 16;
      const { value } = located(() => evaluate(parseExpression(tokens, this.names), this), place);
      if (value < 1n || value > 1n << 28n || (value & (value - 1n)) !== 0n)
        throw new Unreadable(`nothing can be aligned to ${value}`, place);
      return Number(value);
    });
  }
}

function plain(text: string, type: KnownType): ResolvedType {
  const { size, align, order, saysOrder, signed } = type;
  return { size, align, dimensions: [], field: { kind: "integer", text, size, order, saysOrder, signed } };
}

export function structType(struct: CStruct): ResolvedType {
  const { keyword, tag, size, align } = struct;
  const text = tag === undefined ? keyword : `${keyword} ${tag}`;
  return { size, align, dimensions: [], field: { kind: "struct", text, size, struct } };
}

function isSame(known: KnownType, declared: ResolvedType): boolean {
  return known.size === declared.size && known.align === declared.align && declared.dimensions.length === 0;
}
