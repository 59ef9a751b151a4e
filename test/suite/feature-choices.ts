import { F } from "../../generated/typescript/config.ts";
import { FeatureSet, type FeatureTable } from "../../src/runtime/index.ts";

/** Features that are negotiated together. */
export interface FeatureChoice {
  readonly name: string;
  readonly bits: readonly number[];
}

/**
 * Each feature of a device alone, with what it requires, and all together, as far as they allow each other; at last
 * none but what has to be there. Those of the legacy interface are left out.
 */
export function featureChoices(table: FeatureTable): readonly FeatureChoice[] {
  // What every device has is what the rings are tried with.
  const bits = table.core === undefined ? [] : ownBits(table);
  return [
    ...bits.map((bit) => ({ name: table.nameOf(bit), bits: closed(table, [bit]) })),
    { name: "all features", bits: allTogether(table, bits) },
    { name: "no features", bits: closed(table, []) },
  ];
}

function ownBits({ bits, rules }: FeatureTable): readonly number[] {
  const legacy = new Set<string>(rules.legacy);
  return [...new Set(Object.entries(bits).flatMap(([name, bit]) => (legacy.has(name) ? [] : [bit])))];
}

/** With what they require, as the table names it first. */
function closed(table: FeatureTable, bits: readonly number[]): readonly number[] {
  const set = new FeatureSet<number>([F.VERSION_1, ...bits]);
  for (let round = 0; round < 128; round++) {
    const missing = faultsOf(table, set).flatMap((fault) =>
      fault.kind === "conflict" ? [] : fault.kind === "requires" ? fault.lacks.slice(0, 1) : fault.of.slice(0, 1),
    );
    if (missing.length === 0) break;
    for (const name of missing) set.add(bitOf(table, name));
  }
  return checked(table, set);
}

/** All but those that others do not allow: of each two that cannot be there together the later goes. */
function allTogether(table: FeatureTable, bits: readonly number[]): readonly number[] {
  const set = new FeatureSet<number>([F.VERSION_1, ...bits]);
  for (let round = 0; round < 128; round++) {
    const [fault] = faultsOf(table, set);
    if (fault === undefined) break;
    if (fault.kind === "conflict") set.delete(bitOf(table, fault.features.at(-1) ?? ""));
    else if (fault.kind === "requires") set.delete(fault.bit);
    else break;
  }
  return checked(table, set);
}

function faultsOf(table: FeatureTable, set: FeatureSet): ReturnType<FeatureTable["check"]> {
  return [...table.check(set), ...table.checkOffer(set)];
}

function checked(table: FeatureTable, set: FeatureSet): readonly number[] {
  const faults = faultsOf(table, set);
  if (faults.length > 0) throw new Error(`${table.names(set).join(", ")}: ${JSON.stringify(faults)}`);
  return set.bits();
}

function bitOf(table: FeatureTable, name: string): number {
  const bit = table.bits[name] ?? table.core?.bits[name];
  if (bit === undefined) throw new Error(`there is no feature '${name}'`);
  return bit;
}
