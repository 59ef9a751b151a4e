import { describe, it } from "vitest";
import { hostileDevice, hostileDriver, kinds } from "./fuzz.ts";

// Longer, and with other seeds: npm run fuzz
const cases = 12;

async function all(kind: string, what: "hostileDriver" | "hostileDevice"): Promise<void> {
  const run = what === "hostileDriver" ? hostileDriver : hostileDevice;
  for (let seed = 1; seed <= cases; seed++) {
    try {
      await run(kind, seed);
    } catch (error) {
      throw new Error(`npm run fuzz -- --kind ${kind}/${what} --seed ${seed} --cases 1: ${String(error)}`, {
        cause: error,
      });
    }
  }
}

describe.each(kinds)("%s", (kind) => {
  it("bears a hostile driver, and works after a reset", () => all(kind, "hostileDriver"));
  it("has a driver that bears a hostile device", () => all(kind, "hostileDevice"));
});
