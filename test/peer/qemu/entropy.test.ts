import { expect } from "vitest";
import * as entropy from "../../../generated/typescript/entropy.ts";
import { acrossQemu } from "./machine.ts";

acrossQemu(
  {
    description: entropy.device,
    Driver: entropy.EntropyDriver,
    setUp: () => ({
      arguments: ["-object", "rng-random,id=source,filename=/dev/urandom"],
      devices: [{ model: "virtio-rng", properties: { rng: "source" } }],
    }),
  },
  (subject) => {
    subject.eachRing("fills buffers of many lengths, none like another", async ({ driver }) => {
      const lengths = Array.from({ length: 24 }, (_, index) => 16 + ((index * 37) % 300));
      const answers = await Promise.all(lengths.map((length) => driver.random(length)));
      for (const [index, answer] of answers.entries()) {
        // A source may give fewer bytes than there is room for, never none.
        expect(answer.length).toBeGreaterThan(0);
        expect(answer.length).toBeLessThanOrEqual(lengths[index] ?? 0);
      }
      const whole = answers
        .filter((answer) => answer.length >= 16)
        .map((answer) => Buffer.from(answer).toString("hex"));
      expect(whole.length).toBeGreaterThan(12);
      expect(new Set(whole).size).toBe(whole.length);
    });
  },
);
