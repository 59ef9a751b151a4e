import type { Place } from "./places.ts";

/** What a test says about itself, for the table of what works with what: a test's `meta`. */
export interface Cell {
  /** The name of the device's description. */
  readonly device: string;
  readonly place: Pick<Place, "release" | "version" | "bus" | "legacy">;
  /** What the test does. */
  readonly what: string;
  /** The combination of features of the rings; absent where the test is not done once for each. */
  readonly ring?: string;
  /** Why this QEMU has nothing to test there: then the test has made sure that it is so. */
  readonly absent?: string;
  /** Where QEMU's device and the description were found to differ. */
  readonly differences?: readonly string[];
}

declare module "vitest" {
  interface TaskMeta {
    qemuCell?: Cell;
  }
}
