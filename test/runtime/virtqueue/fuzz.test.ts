import { describe, it } from "vitest";

import { goodPair, hostileDevice, hostileDriver } from "./fuzz.ts";

// Longer, and with other seeds: npm run fuzz
describe("a thousand random cases each", () => {
  it.each([
    ["of a hostile driver", hostileDriver],
    ["of a hostile device", hostileDevice],
    ["of two good sides", goodPair],
  ])("%s do no harm", (_, run) => {
    for (let seed = 1; seed <= 1000; seed++) run(seed);
  });
});
