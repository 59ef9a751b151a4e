import { describe, it } from "vitest";
import { F } from "../../generated/typescript/config.ts";
import type { Framing } from "../../src/runtime/index.ts";
import { scenarios } from "./scenarios.ts";

/** Cuts at random, always the same for a seed. */
function atRandom(seed: number, most: number): Framing["cut"] {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return (length) => {
    const pieces: number[] = [];
    // A queue holds no chain of any number of descriptors: what is left at the end is one piece.
    for (let left = length; left > 0; left -= pieces.at(-1) ?? left) {
      pieces.push(pieces.length === 30 ? left : 1 + below(Math.min(left, most)));
    }
    return pieces;
  };
}

/** One byte a descriptor, as far as the queue has descriptors. */
const byByte: Framing["cut"] = (length) =>
  length <= 60 ? Array.from({ length }, () => 1) : [...Array.from({ length: 40 }, () => 1), length - 40];

/** A message of one direction in one descriptor: head and data together, status behind data. */
const together: Framing["cut"] = (length) => [length];

describe.each(scenarios)("$name: messages cut into descriptors at will", (scenario) => {
  const layouts = [
    { name: "split", ringFeatures: [F.INDIRECT_DESC] },
    { name: "packed", ringFeatures: [F.INDIRECT_DESC, F.RING_PACKED] },
    { name: "split without tables", ringFeatures: [] },
    { name: "packed without tables", ringFeatures: [F.RING_PACKED] },
  ];
  const cuts: readonly (readonly [name: string, framing: Framing])[] = [
    ["each direction as a whole", { cut: together }],
    ["one byte a descriptor", { cut: byByte }],
    ["one byte a descriptor, all over the memory", { cut: byByte, scattered: true }],
    ...[1, 2, 3, 4, 5, 6].map(
      (seed) =>
        [`at random, seed ${seed}`, { cut: atRandom(seed, seed < 4 ? 20 : 2000), scattered: seed % 2 === 0 }] as const,
    ),
  ];
  for (const { name, ringFeatures } of layouts) {
    for (const [cut, framing] of cuts) {
      it(`${name}, ${cut}`, () => scenario.run({ bus: "mmio", ringFeatures, framing, queueSize: 128 }));
    }
  }
});
