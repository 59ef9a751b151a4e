/** Bits of the feature space. */
export const featureBits = 128;

/**
 * A set of feature bits: 128 of them, in four words of 32, as they are negotiated. `Bit` says which bits may be named.
 * Nothing here allocates but what returns a new set or a list.
 */
export class FeatureSet<Bit extends number = number> {
  private word0 = 0;
  private word1 = 0;
  private word2 = 0;
  private word3 = 0;

  constructor(bits: Iterable<Bit> = []) {
    for (const bit of bits) this.add(bit);
  }

  /** Of the four words from the lowest on; what is left out is 0. */
  static fromWords<Bit extends number = number>(...words: readonly number[]): FeatureSet<Bit> {
    const set = new FeatureSet<Bit>();
    for (const [index, word] of words.entries()) set.setWord(index, word);
    return set;
  }

  has(bit: Bit): boolean {
    return ((this.word(bit >>> 5) >>> (bit & 31)) & 1) === 1;
  }

  /** @throws RangeError where the bit is beyond the feature space */
  add(bit: Bit): this {
    return this.setWord(bit >>> 5, this.word(bit >>> 5) | (1 << (bit & 31)));
  }

  delete(bit: Bit): this {
    return this.setWord(bit >>> 5, this.word(bit >>> 5) & ~(1 << (bit & 31)));
  }

  /** Bits 32 * index to 32 * index + 31, as an unsigned number; 0 beyond the feature space, as a device answers there. */
  word(index: number): number {
    switch (index) {
      case 0:
        return this.word0 >>> 0;
      case 1:
        return this.word1 >>> 0;
      case 2:
        return this.word2 >>> 0;
      case 3:
        return this.word3 >>> 0;
      default:
        return 0;
    }
  }

  /** @throws RangeError where the index is not from 0 to 3 */
  setWord(index: number, bits: number): this {
    if (index === 0) this.word0 = bits | 0;
    else if (index === 1) this.word1 = bits | 0;
    else if (index === 2) this.word2 = bits | 0;
    else if (index === 3) this.word3 = bits | 0;
    else throw new RangeError(`a feature set has the words 0 to 3, not ${index}: ${featureBits} bits`);
    return this;
  }

  /** The bits that both have. */
  and(other: FeatureSet): FeatureSet<Bit> {
    return FeatureSet.fromWords(...[0, 1, 2, 3].map((index) => this.word(index) & other.word(index)));
  }

  /** The bits that only this one has. */
  without(other: FeatureSet): FeatureSet<Bit> {
    return FeatureSet.fromWords(...[0, 1, 2, 3].map((index) => this.word(index) & ~other.word(index)));
  }

  equals(other: FeatureSet): boolean {
    return (
      this.word0 === other.word(0) >> 0 &&
      this.word1 === other.word(1) >> 0 &&
      this.word2 === other.word(2) >> 0 &&
      this.word3 === other.word(3) >> 0
    );
  }

  /** The bits, lowest first. */
  bits(): Bit[] {
    const bits: Bit[] = [];
    for (let bit = 0; bit < featureBits; bit++) if (this.has(bit as Bit)) bits.push(bit as Bit);
    return bits;
  }
}

/** Features of one description by name, and their bits: `blk.F`. */
export type FeatureBits = Readonly<Record<string, number>>;

/** One alternative of a requirement: a bit that has to be there, or `not` of one that must not be. */
type Literal = number;

/** A feature, and what it needs: of each list at least one. */
export type Requirement = readonly [feature: number, ...lacks: (readonly Literal[])[]];

/** What the standard says about features beside their bits. */
export interface FeatureRules<Name extends string = string> {
  /** The revision that brought it, where that is not the first one. */
  readonly since?: Readonly<Partial<Record<Name, string>>>;
  /** Only for the legacy interface. */
  readonly legacy?: readonly Name[];
  /** What is negotiated needs this. */
  readonly requires?: readonly Requirement[];
  /** What is offered needs this. */
  readonly offers?: readonly Requirement[];
  /** Of each list at least one is offered. */
  readonly alwaysOffers?: readonly (readonly number[])[];
  /** Of each list at least one is negotiated. */
  readonly atLeastOne?: readonly (readonly number[])[];
  /** Of each list at most one is negotiated. */
  readonly conflicts?: readonly (readonly number[])[];
}

/** Why a set of features is not allowed. */
export type FeatureFault =
  /** The feature needs at least one of `lacks`; `not X` is a feature that must not be there. */
  | { readonly kind: "requires"; readonly feature: string; readonly bit: number; readonly lacks: readonly string[] }
  | { readonly kind: "at least one"; readonly of: readonly string[] }
  | { readonly kind: "conflict"; readonly features: readonly string[] };

/** What a description says about its features. */
export class FeatureTable<Bits extends FeatureBits = FeatureBits> {
  readonly bits: Bits;
  readonly rules: FeatureRules<keyof Bits & string>;
  /** The features that belong to every device. */
  readonly core: FeatureTable | undefined;
  private readonly nameByBit: ReadonlyMap<number, string>;

  constructor(bits: Bits, rules: FeatureRules<keyof Bits & string>, core?: FeatureTable) {
    this.bits = bits;
    this.rules = rules;
    this.core = core;
    const names = new Map<number, string>();
    for (const [name, bit] of Object.entries(bits)) if (!names.has(bit)) names.set(bit, name);
    this.nameByBit = names;
  }

  /** The feature's name, or its number where no description has it. */
  nameOf(bit: number): string {
    return this.nameByBit.get(bit) ?? this.core?.nameOf(bit) ?? String(bit);
  }

  /** The names of the bits in a set, lowest first, for printing. */
  names(set: FeatureSet): string[] {
    return set.bits().map((bit) => this.nameOf(bit));
  }

  /** Features of the set that lack what they require. */
  missingDependencies(set: FeatureSet): FeatureFault[] {
    return [...(this.core?.missingDependencies(set) ?? []), ...this.unmet(this.rules.requires ?? [], set)];
  }

  /** Everything that forbids to negotiate the set; empty where it is allowed. */
  check(set: FeatureSet): FeatureFault[] {
    const faults = [
      ...(this.core?.check(set) ?? []),
      ...this.unmet(this.rules.requires ?? [], set),
      ...this.absent(this.rules.atLeastOne ?? [], set),
    ];
    for (const bits of this.rules.conflicts ?? []) {
      const both = bits.filter((bit) => set.has(bit));
      if (both.length > 1) faults.push({ kind: "conflict", features: both.map((bit) => this.nameOf(bit)) });
    }
    return faults;
  }

  /** Everything that forbids to offer the set: what is said of offers, and of what a driver could then negotiate whole. */
  checkOffer(set: FeatureSet): FeatureFault[] {
    return [...(this.core?.unmetOffer(set) ?? []), ...this.unmetOffer(set), ...this.missingDependencies(set)];
  }

  private unmetOffer(set: FeatureSet): FeatureFault[] {
    return [...this.unmet(this.rules.offers ?? [], set), ...this.absent(this.rules.alwaysOffers ?? [], set)];
  }

  /** Lists of which nothing is in the set. */
  private absent(lists: readonly (readonly number[])[], set: FeatureSet): FeatureFault[] {
    return lists
      .filter((bits) => !bits.some((bit) => set.has(bit)))
      .map((bits) => ({ kind: "at least one", of: bits.map((bit) => this.nameOf(bit)) }));
  }

  private unmet(requirements: readonly Requirement[], set: FeatureSet): FeatureFault[] {
    const faults: FeatureFault[] = [];
    for (const [bit, ...lists] of requirements) {
      if (!set.has(bit)) continue;
      for (const list of lists) {
        if (list.some((literal) => (literal < 0 ? !set.has(~literal) : set.has(literal)))) continue;
        const lacks = list.map((literal) => (literal < 0 ? `not ${this.nameOf(~literal)}` : this.nameOf(literal)));
        faults.push({ kind: "requires", feature: this.nameOf(bit), bit, lacks });
      }
    }
    return faults;
  }
}

/** The table of a description's features: generated code calls this. */
export function featureTable<Bits extends FeatureBits>(
  bits: Bits,
  rules: FeatureRules<keyof Bits & string>,
  core?: FeatureTable,
): FeatureTable<Bits> {
  return new FeatureTable(bits, rules, core);
}
