import type { ConfigAccess } from "../config-access.ts";
import { Member, type Place } from "./member.ts";
import { NumberMember } from "./number-member.ts";
import type { Scope } from "./scope.ts";

/** Some bits of a word, counted from the least significant one whatever the byte order. */
export class BitGroup extends NumberMember {
  readonly byteLength: number;
  readonly largest: number;
  readonly shift: number;
  private readonly word: NumberMember;
  private readonly others: number;

  constructor(place: Place, word: NumberMember, shift: number, width: number) {
    super(place);
    this.byteLength = word.byteLength;
    this.largest = 2 ** width - 1;
    this.shift = shift;
    this.word = word;
    this.others = ~(this.largest << shift);
  }

  override get partial(): boolean {
    return true;
  }

  override get(view: DataView, at: number): number {
    return (this.word.get(view, at) >>> this.shift) & this.largest;
  }

  override set(view: DataView, at: number, value: number): void {
    this.word.set(view, at, this.merged(this.word.get(view, at), value));
  }

  override load(config: ConfigAccess): number {
    return (this.word.load(config) >>> this.shift) & this.largest;
  }

  /** A word with another value in this group. */
  merged(word: number, value: number): number {
    if ((value & this.largest) !== value) throw this.unfit(value);
    return ((word & this.others) | (value << this.shift)) >>> 0;
  }

  protected override put(config: ConfigAccess, value: number): void {
    this.word.store(config, this.merged(this.word.load(config), value));
  }
}

/** A word of bit groups under one name; its value is an object of theirs. */
export class BitWord extends Member {
  readonly byteLength: number;
  private readonly word: NumberMember;
  private readonly groups: readonly (readonly [name: string, group: BitGroup])[];
  /** The groups that have values. */
  private readonly valued: readonly { readonly name: string; readonly group: BitGroup }[];
  /** Groups that a value may lack: what lies over others, or depends on something. */
  private readonly optional: readonly string[];

  constructor(
    place: Place,
    word: NumberMember,
    groups: readonly (readonly [name: string, group: BitGroup])[],
    optional: readonly string[],
  ) {
    super(place);
    this.byteLength = word.byteLength;
    this.word = word;
    this.groups = groups;
    this.optional = optional;
    this.valued = groups.flatMap(([name, group]) => (isReserved(name) ? [] : [{ name, group }]));
  }

  /** The groups by name, and the word as a whole. */
  override accessor(): unknown {
    const { word, byteOffset, byteLength } = this;
    return Object.fromEntries<unknown>([
      ...this.groups,
      ["byteOffset", byteOffset],
      ["byteLength", byteLength],
      ["getWord", (view: DataView, at: number): number => word.get(view, at)],
      ["setWord", (view: DataView, at: number, value: number): void => word.set(view, at, value)],
    ]);
  }

  override read(view: DataView, base: number, end: number, scope: Scope): unknown {
    const after = this.behind(base, this.byteLength, end);
    const word = this.word.get(view, base);
    scope.after = after;
    const value: Record<string, number> = {};
    for (const one of this.valued) value[one.name] = (word >>> one.group.shift) & one.group.largest;
    return value;
  }

  override write(view: DataView, base: number, end: number, value: unknown): number {
    if (typeof value !== "object" || value === null) throw this.wrongType("an object of bit groups", value);
    const after = this.behind(base, this.byteLength, end);
    let word = 0;
    for (const one of this.valued) {
      const part = (value as Readonly<Record<string, unknown>>)[one.name];
      if (part === undefined && this.optional.includes(one.name)) continue;
      if (typeof part !== "number") throw this.wrongType(`a number ${one.name}`, part);
      word = one.group.merged(word, part);
    }
    for (const { name, group } of this.valued) {
      const part = (value as Readonly<Record<string, unknown>>)[name];
      if (part !== undefined && ((word >>> group.shift) & group.largest) !== part)
        throw this.fail("wrong-member", `'${name}' contradicts a group that lies over it`);
    }
    this.word.set(view, base, word);
    return after;
  }

  override measure(): number {
    return this.byteLength;
  }

  override expect(): number {
    return this.byteLength;
  }
}

/** A name that says that nobody looks at the bits or bytes. */
export function isReserved(name: string): boolean {
  return /^_*(?:reserved|padding|unused|pad)_?\d*$/.test(name);
}
