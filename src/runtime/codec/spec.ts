import { bitNames, flagNames, nameOf, type Constants } from "../constants.ts";
import type { ConfigMemberAccess, Member, Overlay, Place } from "./member.ts";
import { NumberMember, Ranged } from "./number-member.ts";
import { Condition, type Guard, type Term } from "./scope.ts";

/** In place of an offset: behind the member before it, whose size varies. */
export const next = -1;

/** Byte order of the guest of a legacy interface. */
export type GuestOrder = "little" | "big";

/** What a member is built into. */
export interface Site {
  readonly struct: string;
  /** Path of the struct in the one around it, with a dot; empty for the outermost. */
  readonly path: string;
  /** Where the struct begins, counted from the base that the members have. */
  readonly origin: number;
  readonly order: GuestOrder;
  /** The struct's little-endian members take the guest's order. */
  readonly native: boolean;
}

type Traits = Pick<Place, "valid" | "present" | "guards" | "overlay" | "access" | "naming">;

/** Those of what is always there, on its own and without a name for its values. */
export const plainTraits: Traits = {
  valid: undefined,
  present: undefined,
  guards: [],
  overlay: undefined,
  access: undefined,
  naming: String,
};

/**
 * One line of a generated struct: where a member stands, what it is, and when it exists. `V` is the type of its value.
 * Specs do not change: each word behind one makes another.
 */
export class Spec<out V> {
  /** Only for the type. */
  declare readonly valueType: V;
  protected readonly offset: number;
  protected readonly traits: Traits;
  private readonly make: (place: Place, site: Site) => Member;

  constructor(offset: number, make: (place: Place, site: Site) => Member, traits: Traits = plainTraits) {
    this.offset = offset;
    this.traits = traits;
    this.make = make;
  }

  /** It keeps its place, but is valid only with one of the features, or where the formula says so. */
  if(...terms: readonly Term[]): this {
    return this.having({ valid: new Condition(terms) });
  }

  /** It keeps its place, but is valid only without all of the features. */
  unless(...terms: readonly Term[]): this {
    return this.having({ valid: new Condition(terms, false) });
  }

  /** What the driver may do with it in the configuration space. */
  access(access: ConfigMemberAccess): this {
    return this.having({ access });
  }

  having(traits: Partial<Traits>): this {
    return this.remade(this.make, { ...this.traits, ...traits });
  }

  /** Belongs to an alternative within those that it belongs to already. */
  guarded(guard: Guard): this {
    return this.having({ guards: [guard, ...this.traits.guards] });
  }

  inOverlay(overlay: Overlay): this {
    return this.having({ overlay });
  }

  build(name: string, site: Site): readonly Member[] {
    const floating = this.offset === next;
    const byteOffset = floating ? 0 : site.origin + this.offset;
    const { overlay } = this.traits;
    const place: Place = {
      struct: site.struct,
      field: site.path + name,
      byteOffset,
      floating,
      ...this.traits,
      overlay: overlay === undefined ? undefined : { ...overlay, byteOffset: site.origin + overlay.byteOffset },
    };
    return [this.make(place, site)];
  }

  /** A spec of another type in the same place. */
  changed<W>(change: (member: Member, site: Site) => Member): Spec<W> {
    const { make } = this;
    return new Spec<W>(this.offset, (place, site) => change(make(place, site), site), this.traits);
  }

  /** A spec of the same type whose member is another. */
  made(change: (member: Member, site: Site) => Member): this {
    const { make } = this;
    return this.remade((place, site) => change(make(place, site), site), this.traits);
  }

  private remade(make: (place: Place, site: Site) => Member, traits: Traits): this {
    const Same = this.constructor as new (
      offset: number,
      make: (place: Place, site: Site) => Member,
      traits: Traits,
    ) => this;
    return new Same(this.offset, make, traits);
  }
}

/** The specs of alternatives that have a member of the same name. */
export class SpecChoice extends Spec<unknown> {
  private readonly specs: readonly Spec<unknown>[];

  constructor(specs: readonly Spec<unknown>[]) {
    super(next, () => {
      throw new Error("alternatives are built one by one");
    });
    this.specs = specs;
  }

  override having(traits: Partial<Traits>): this {
    return new SpecChoice(this.specs.map((spec) => spec.having(traits))) as this;
  }

  override guarded(guard: Guard): this {
    return new SpecChoice(this.specs.map((spec) => spec.guarded(guard))) as this;
  }

  override build(name: string, site: Site): readonly Member[] {
    return this.specs.flatMap((spec) => spec.build(name, site));
  }

  and(spec: Spec<unknown>): SpecChoice {
    return new SpecChoice([...this.specs, spec]);
  }
}

/** A member whose value is one number: some values have names, or are not allowed. */
export class NumberSpec<out V extends number | bigint> extends Spec<V> {
  /** Its values are those of a group of constants, each a number, beside which there may be flags. */
  oneOf(constants: Constants, ...flags: readonly (number | bigint)[]): this {
    return this.having({ naming: (value) => nameOf(constants, value, ...flags) });
  }

  /** Its value is made of masks. */
  flagsOf(constants: Constants): this {
    return this.having({ naming: (value) => flagNames(constants, value) });
  }

  /** Its value is a mask of bit numbers. */
  bitsOf(constants: Constants): this {
    return this.having({ naming: (value) => bitNames(constants, value) });
  }

  /** Other values are neither read nor written. */
  in(least: number, most: number): this {
    return this.made((member) => (member instanceof NumberMember ? new Ranged(member, least, most) : member));
  }
}
