import { disk } from "./blk.ts";
import { entropy } from "./entropy.ts";
import type { Scenario } from "./scenario.ts";

/** One of each device type that there is a device of. */
export const scenarios: readonly Scenario[] = [disk, entropy];
