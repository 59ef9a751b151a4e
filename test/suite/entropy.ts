import { expect } from "vitest";
import { EntropyDriver } from "../../generated/typescript/entropy.ts";
import { EntropySource } from "../../src/devices/entropy-source.ts";
import { pattern, plug } from "./computer.ts";
import { using, type Scenario } from "./scenario.ts";

/** Buffers of many lengths; the source is one that can be told again. */
export const entropy: Scenario = {
  name: "entropy",
  async run(setting) {
    let calls = 0;
    const device = new EntropySource({
      fill: (bytes) => bytes.set(pattern(bytes.length, calls++)),
      ringFeatures: setting.ringFeatures,
    });
    const computer = plug(device, EntropyDriver, { queueSize: 8, ...setting });
    await using(device, computer, async (driver) => {
      const lengths = Array.from({ length: 40 }, (_, index) => 1 + ((index * 37) % 300));
      const answers = await Promise.all(lengths.map((length) => driver.random(length)));
      for (const [index, answer] of answers.entries()) {
        expect(Buffer.compare(answer, pattern(lengths[index] ?? 0, index))).toBe(0);
      }
    });
  },
};
