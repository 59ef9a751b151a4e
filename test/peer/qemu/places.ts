import { qemu, qemuReleases, type QemuRelease } from "../../../scripts/qemu.mjs";
import { F } from "../../../generated/typescript/config.ts";

/** Where a driver meets a device: a release of QEMU, a transport, one of the two interfaces. */
export interface Place {
  readonly release: QemuRelease;
  /** Of QEMU: `7.2.22`. */
  readonly version: string;
  /** The same as numbers: `[7, 2, 22]`. */
  readonly numbers: readonly number[];
  readonly program: string;
  readonly bus: "mmio" | "pci";
  /** The interface from before the standard. */
  readonly legacy: boolean;
}

/** Which features of the rings are negotiated, and no others. */
export interface Ring {
  readonly name: string;
  readonly bits: readonly F[];
}

/** What a table's column is called. */
export function transportOf({ bus, legacy }: Pick<Place, "bus" | "legacy">): string {
  return `${bus}${legacy ? ", legacy" : ""}`;
}

/** Whether this QEMU is of this version or a later one. */
export function isAtLeast({ numbers }: Place, major: number, minor = 0): boolean {
  const [first = 0, second = 0] = numbers;
  return first > major || (first === major && second >= minor);
}

/** QEMU has virtio's IN_ORDER since 10.0. */
export function hasInOrder(place: Place): boolean {
  return !place.legacy && isAtLeast(place, 10);
}

const buses = ["mmio", "pci"] as const;

/** Every place that there is, in the order of the tables. */
export const places: readonly Place[] = (await Promise.all(qemuReleases.map((release) => qemu(release)))).flatMap(
  ({ release, version, program }) =>
    [false, true].flatMap((legacy) =>
      buses.map((bus): Place => ({ release, version, numbers: version.split(".").map(Number), program, bus, legacy })),
    ),
);

const options: readonly (readonly [name: string, bit: F])[] = [
  ["event index", F.EVENT_IDX],
  ["indirect", F.INDIRECT_DESC],
  ["in order", F.IN_ORDER],
];

/** Every combination of the features of rings that exists there, whether QEMU offers them or not. */
export function ringsOf({ legacy }: Pick<Place, "legacy">): Ring[] {
  const some = legacy ? options.slice(0, 2) : options;
  const layouts: readonly Ring[] = [
    { name: "split", bits: [] },
    ...(legacy ? [] : [{ name: "packed", bits: [F.RING_PACKED] }]),
  ];
  return layouts.flatMap(({ name, bits }) =>
    Array.from({ length: 2 ** some.length }, (_, set) => some.filter((_one, index) => (set >> index) & 1)).map(
      (chosen): Ring => ({
        name: [name, ...chosen.map(([one]) => one)].join(", "),
        bits: [...bits, ...chosen.map(([, bit]) => bit)],
      }),
    ),
  );
}

/** The features of rings that QEMU offers there, as far as these combinations have them. */
export function offeredRingBits(place: Place): F[] {
  const all = place.legacy ? [F.EVENT_IDX, F.INDIRECT_DESC] : [F.RING_PACKED, F.EVENT_IDX, F.INDIRECT_DESC];
  return hasInOrder(place) ? [...all, F.IN_ORDER] : all;
}
