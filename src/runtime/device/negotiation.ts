import { F } from "../described/config.ts";
import { FeatureSet, type FeatureTable } from "../features.ts";

/** What a device offers, and what its driver makes of that until it is settled. */
export class Negotiation {
  readonly offered: FeatureSet;
  /** What was settled; undefined before that. */
  accepted: FeatureSet | undefined;
  private readonly table: FeatureTable;
  /** Offered to legacy drivers only. */
  private readonly legacyOnly: FeatureSet;
  private driver: FeatureSet = new FeatureSet();

  constructor(table: FeatureTable, offered: FeatureSet) {
    this.table = table;
    this.offered = offered;
    this.legacyOnly = legacyOnly(table);
  }

  /** What counts now: what was settled, or is offered. */
  get features(): FeatureSet {
    return this.accepted ?? this.offered;
  }

  /** What the driver has accepted so far of what is offered. */
  get taken(): FeatureSet {
    return this.driver.and(this.offered);
  }

  /** 32 of the bits that are offered. The legacy interface has the first 32 only. */
  offeredWord(index: number, legacy: boolean): number {
    if (legacy) return index === 0 ? this.offered.word(0) : 0;
    return (this.offered.word(index) & ~this.legacyOnly.word(index)) >>> 0;
  }

  /** The driver accepts 32 bits. Ignored once they are settled, and where there are none. */
  acceptWord(index: number, bits: number, legacy: boolean): void {
    if (this.accepted !== undefined || index > (legacy ? 0 : 3)) return;
    this.driver.setWord(index, bits);
  }

  acceptedWord(index: number): number {
    return this.driver.word(index);
  }

  /** What the driver wants; undefined where that is not allowed. */
  wanted(): FeatureSet | undefined {
    const wanted = this.driver;
    if (!wanted.without(this.offered.without(this.legacyOnly)).equals(new FeatureSet())) return undefined;
    return wanted.has(F.VERSION_1) && this.table.check(wanted).length === 0 ? wanted : undefined;
  }

  reset(): void {
    this.driver = new FeatureSet();
    this.accepted = undefined;
  }
}

/** Bits that are of the legacy interface by all their names. */
function legacyOnly(table: FeatureTable): FeatureSet {
  const set = table.core === undefined ? new FeatureSet() : legacyOnly(table.core);
  const legacy: readonly string[] = table.rules.legacy ?? [];
  for (const name of legacy) {
    const bit = table.bits[name];
    if (bit !== undefined) set.add(bit);
  }
  for (const [name, bit] of Object.entries(table.bits)) if (!legacy.includes(name)) set.delete(bit);
  return set;
}
