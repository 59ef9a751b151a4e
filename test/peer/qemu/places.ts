import { qemu, qemuReleases, type QemuRelease } from "../../../scripts/qemu.mjs";
import { F } from "../../../generated/typescript/config.ts";
import type { Interface } from "./ring-combinations.ts";

/** Where a driver meets a device: a release of QEMU, a transport, one of the two interfaces. */
export interface Place extends Interface {
  readonly release: QemuRelease;
  /** Of QEMU: `7.2.22`. */
  readonly version: string;
  readonly program: string;
}

const buses = ["mmio", "pci"] as const;

/** Every place that there is, in the order of the tables. */
export const places: readonly Place[] = (await Promise.all(qemuReleases.map((release) => qemu(release)))).flatMap(
  ({ release, version, program }) =>
    [false, true].flatMap((legacy) => buses.map((bus): Place => ({ release, version, program, bus, legacy }))),
);

/** Whether this QEMU is of this version or a later one. */
export function isAtLeast({ version }: Place, major: number, minor = 0): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/** QEMU has virtio's IN_ORDER since 10.0. */
export function hasInOrder(place: Place): boolean {
  return !place.legacy && isAtLeast(place, 10);
}

/** The features of rings that QEMU offers there, of those that are tested in every combination. */
export function offeredRingBits(place: Place): F[] {
  const all = place.legacy ? [F.EVENT_IDX, F.INDIRECT_DESC] : [F.RING_PACKED, F.EVENT_IDX, F.INDIRECT_DESC];
  return hasInOrder(place) ? [...all, F.IN_ORDER] : all;
}
