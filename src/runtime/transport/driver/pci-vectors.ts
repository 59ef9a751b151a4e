import { NO_VECTOR } from "../../described/pci.ts";
import { DriverError } from "../../driver/driver-error.ts";
import { InterruptCause } from "./driver-transport.ts";

/** Which interrupt messages a device uses. MSI-X is to be on already: see {@link enableMsix}. */
export interface MsixVectors {
  /** For changes of the configuration space. */
  readonly config: number;
  /** For used buffers of this queue. */
  queue(index: number): number;
}

/** Both: what an interrupt may mean that does not say. */
export const anyCause: number = InterruptCause.usedBuffers | InterruptCause.configChange;

/** Why an interrupt message came. */
export function causesOf(vectors: MsixVectors, queues: Iterable<number>, vector: number | undefined): number {
  if (vector === undefined) return anyCause;
  let causes = vector === vectors.config ? InterruptCause.configChange : 0;
  for (const index of queues) if (vectors.queue(index) === vector) causes |= InterruptCause.usedBuffers;
  return causes;
}

/** Holds what the device says of a vector that it was given against it. @throws DriverError `queue-unusable` */
export function checkVector(wanted: number, read: number, what: string): void {
  if (wanted === read) return;
  const why = read === NO_VECTOR ? "the device has no room for it" : `the device reads back ${read}`;
  throw new DriverError("queue-unusable", `vector ${wanted} for ${what}: ${why}`);
}

/** The ISR status, as interrupt causes. */
export function causesIn(isr: number): number {
  return isr & anyCause;
}
