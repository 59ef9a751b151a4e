import { describe, expect, it } from "vitest";
import { ConfigMemory, FeatureSet, queueTable, type QueueContext } from "../../src/runtime/index.ts";

const table = queueTable({
  rx: { each: (c) => [0, c.config.read8(0) - 1], number: (i) => 2 * i },
  tx: { each: (c) => [0, c.config.read8(0) - 1], number: (i) => 2 * i + 1 },
  control: { number: (_i, c) => 2 * c.config.read8(0), exists: (c) => c.features.has(17) },
  odd: { each: () => [1, 3], number: (i) => 100 + i, exists: (_c, i) => i !== 2 },
});

function context(pairs: number, ...bits: number[]): QueueContext {
  return { features: new FeatureSet(bits), config: new ConfigMemory(new DataView(Uint8Array.of(pairs).buffer)) };
}

describe("QueueTable", () => {
  it("numbers queues by formulas of features and configuration", () => {
    expect([
      table.numberOf("rx", context(2), 1),
      table.numberOf("tx", context(2), 1),
      table.numberOf("control", context(2, 17)),
    ]).toEqual([2, 3, 4]);
  });

  it("has no number for a queue that does not exist", () => {
    expect([
      table.numberOf("rx", context(2), 2),
      table.numberOf("control", context(2)),
      table.numberOf("odd", context(1)),
      table.numberOf("odd", context(1), 2),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("lists those that exist by their numbers", () => {
    expect(table.places(context(1, 17)).map(({ name, index, number }) => `${number} ${name}[${index}]`)).toEqual([
      "0 rx[0]",
      "1 tx[0]",
      "2 control[0]",
      "101 odd[1]",
      "103 odd[3]",
    ]);
  });

  it("leaves no gap for a house that numbers only those that exist", () => {
    const balloon = queueTable({
      inflate: { number: () => 0 },
      deflate: { number: () => 1 },
      stats: { number: () => 2, exists: (c) => c.features.has(1), compact: ["linux"] },
      report: { number: () => 4, exists: (c) => c.features.has(5), compact: ["linux"] },
    });
    const numbers = (house?: string) => balloon.places(context(0, 5), house).map(({ name, number }) => [name, number]);
    expect(numbers()).toEqual([
      ["inflate", 0],
      ["deflate", 1],
      ["report", 4],
    ]);
    expect(numbers("linux")).toEqual([
      ["inflate", 0],
      ["deflate", 1],
      ["report", 2],
    ]);
    expect(numbers("other")).toEqual(numbers());
  });
});
