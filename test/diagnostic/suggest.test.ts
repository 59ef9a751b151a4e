import { expect, test } from "vitest";
import { nearest } from "../../src/diagnostic/suggest.ts";

test.each([
  ["FLUSHH", ["FLUSH", "DISCARD"], "FLUSH"],
  ["flush", ["DISCARD", "FLUSH"], "FLUSH"],
  ["linx", ["spec", "linux"], "linux"],
  ["a", ["b", "ab"], "b"],
  ["mtu", ["max_virtqueue_pairs", "status"], undefined],
  ["anything", [], undefined],
])("what is nearest to %s in %j", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});
