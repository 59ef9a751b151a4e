import { pages } from "./balloon.ts";
import { disk } from "./blk.ts";
import { ports } from "./console.ts";
import { entropy } from "./entropy.ts";
import { cards } from "./net.ts";
import type { Scenario } from "./scenario.ts";
import { host } from "./scsi.ts";

/** One of each device type that there is a device of. */
export const scenarios: readonly Scenario[] = [disk, entropy, ports, pages, cards, host];
