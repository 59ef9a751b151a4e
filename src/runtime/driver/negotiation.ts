import { F, STATUS } from "../described/config.ts";
import type { DeviceDescription } from "../device/device-description.ts";
import { featureBits, FeatureSet, type FeatureTable } from "../features.ts";
import type { DriverTransport } from "../transport/driver/driver-transport.ts";
import { DriverError } from "./driver-error.ts";

/** What a driver would like of what a device offers. */
export interface FeatureWishes {
  readonly table: FeatureTable;
  readonly offered: FeatureSet;
  /** Everything that the description knows, where it is left out. */
  readonly wanted: Iterable<number> | undefined;
  /** Without these the driver does not start. */
  readonly required: Iterable<number>;
  readonly legacy: boolean;
}

/** What a driver takes of the features of every device where it is not told: what costs nothing and never harms. */
export const ordinaryFeatures: readonly number[] = [F.INDIRECT_DESC, F.EVENT_IDX, F.RING_RESET];

const words = [0, 1, 2, 3] as const;

/**
 * The driver's steps from after a reset until the features are settled.
 * @param wanted everything that the description knows, if absent
 * @returns the features
 * @throws DriverError `features-refused`
 */
export function negotiate(
  transport: DriverTransport,
  { name, features: table }: Pick<DeviceDescription, "name" | "features">,
  wanted: Iterable<number> | undefined,
  required: Iterable<number> = [],
): FeatureSet {
  const legacy = transport.legacy !== undefined;
  transport.writeStatus(STATUS.ACKNOWLEDGE);
  transport.writeStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
  const offered = FeatureSet.fromWords(...words.map((index) => transport.offeredWord(index)));
  const features = chooseFeatures({ table, offered, wanted, required, legacy });
  for (const index of words) {
    // The first two words are always there; others only where there are features in them.
    if (index < (legacy ? 1 : 2) || features.word(index) !== 0) transport.acceptWord(index, features.word(index));
  }
  if (!legacy) {
    transport.writeStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FEATURES_OK);
    if ((transport.readStatus() & STATUS.FEATURES_OK) === 0) {
      throw new DriverError(
        "features-refused",
        `${name}: the device does not take ${table.names(features).join(", ")}`,
      );
    }
  }
  transport.negotiated(features);
  return features;
}

/**
 * The features to accept: what is wanted and offered. Where one needs another, that is taken too if it is offered;
 * otherwise the wish is dropped.
 * @throws DriverError `features-refused` where something that is required is not among them, or no set is allowed
 */
export function chooseFeatures(wishes: FeatureWishes): FeatureSet {
  const { table, offered, legacy } = wishes;
  const required = new FeatureSet(wishes.required);
  const wanted = new FeatureSet(wishes.wanted ?? [...everythingOf(table, legacy), ...ordinaryFeatures]);
  for (const bit of required.bits()) wanted.add(bit);
  if (!legacy) {
    wanted.add(F.VERSION_1);
    required.add(F.VERSION_1);
  }
  const chosen = wanted.and(offered);
  const dropped = new FeatureSet();
  const drop = (bit: number): void => {
    chosen.delete(bit);
    dropped.add(bit);
  };
  const available = (list: readonly number[]): number | undefined =>
    list.find((bit) => bit >= 0 && offered.has(bit) && !dropped.has(bit));
  // Each round takes or drops a bit for good: what was dropped does not come back.
  for (let round = 0; round < 2 * featureBits && table.check(chosen).length > 0; round++) {
    for (const rules of [table.core?.rules, table.rules]) {
      for (const [bit, ...lists] of rules?.requires ?? []) {
        const unmet = chosen.has(bit) ? lists.filter((list) => !isMet(list, chosen)) : [];
        const missing = unmet.map(available);
        if (missing.includes(undefined)) drop(bit);
        else for (const one of missing) if (one !== undefined) chosen.add(one);
      }
      for (const list of rules?.atLeastOne ?? []) {
        const one = isMet(list, chosen) ? undefined : available(list);
        if (one !== undefined) chosen.add(one);
      }
      for (const list of rules?.conflicts ?? []) {
        const both = list.filter((bit) => chosen.has(bit));
        const kept = both.find((bit) => required.has(bit)) ?? both[0];
        for (const bit of both) if (bit !== kept) drop(bit);
      }
    }
  }
  const missing = required.without(chosen);
  if (missing.bits().length > 0) {
    const why = missing.without(offered).bits().length > 0 ? "the device does not offer" : "others do not allow";
    throw new DriverError("features-refused", `${why} what is required: ${table.names(missing).join(", ")}`);
  }
  const [fault] = table.check(chosen);
  if (fault !== undefined) {
    const why = fault.kind === "at least one" ? `at least one of ${fault.of.join(", ")} is needed` : fault.kind;
    throw new DriverError("features-refused", `no features can be agreed on: ${why}`);
  }
  return chosen;
}

function everythingOf(table: FeatureTable, legacy: boolean): number[] {
  const only = new Set<string>(legacy ? [] : table.rules.legacy);
  return Object.entries(table.bits).flatMap(([name, bit]) => (only.has(name) ? [] : [bit]));
}

function isMet(list: readonly number[], set: FeatureSet): boolean {
  return list.some((literal) => (literal < 0 ? !set.has(~literal) : set.has(literal)));
}
