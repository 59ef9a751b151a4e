import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureSet, featureTable, not } from "../../src/runtime/index.ts";

const bit = fc.nat({ max: 127 });

describe("FeatureSet", () => {
  it("is a set of 128 bits", () => {
    fc.assert(
      fc.property(fc.uniqueArray(bit), bit, (bits, other) => {
        const set = new FeatureSet(bits);
        expect(set.bits()).toEqual(bits.toSorted((a, b) => a - b));
        expect(set.has(other)).toBe(bits.includes(other));
        set.add(other);
        expect(set.has(other)).toBe(true);
        set.delete(other);
        expect(set.bits()).toEqual(bits.filter((one) => one !== other).toSorted((a, b) => a - b));
      }),
    );
  });

  it("is four words, unsigned, as they are negotiated", () => {
    const set = new FeatureSet([0, 31, 32, 69, 127]);
    expect([0, 1, 2, 3].map((index) => set.word(index))).toEqual([0x80000001, 1, 0x20, 0x80000000]);
    expect(FeatureSet.fromWords(0x80000001, 1, 0x20, 0x80000000).equals(set)).toBe(true);
    expect(FeatureSet.fromWords(0x80000001, 1).equals(set)).toBe(false);
  });

  it("has nothing beyond 127, and cannot be given it", () => {
    const set = FeatureSet.fromWords(-1, -1, -1, -1);
    expect([set.has(128), set.has(1000), set.word(4)]).toEqual([false, false, 0]);
    expect(() => set.add(128)).toThrow(RangeError);
    expect(() => set.setWord(4, 1)).toThrow("a feature set has the words 0 to 3, not 4");
  });

  it("tells what both have, and what only one has", () => {
    const offered = new FeatureSet([1, 33, 70]);
    const wanted = new FeatureSet([1, 70, 100]);
    expect(offered.and(wanted).bits()).toEqual([1, 70]);
    expect(wanted.without(offered).bits()).toEqual([100]);
  });
});

describe("FeatureTable", () => {
  const core = featureTable({ VERSION_1: 32 } as const, { alwaysOffers: [[32]] });
  const F = {
    CSUM: 0,
    TSO4: 7,
    TSO6: 8,
    ECN: 9,
    CTRL_VQ: 17,
    RSS: 60,
    TUNNEL: 51,
    REPORT: 57,
    OLD: 5,
    OLD_NAME: 0,
  } as const;
  const table = featureTable(
    F,
    {
      since: { RSS: "1.2" },
      legacy: ["OLD"],
      requires: [
        [F.TSO4, [F.CSUM]],
        [F.ECN, [F.TSO4, F.TSO6]],
        [F.TUNNEL, [F.CTRL_VQ], [F.RSS, F.REPORT]],
        [F.REPORT, [not(F.OLD)]],
      ],
      offers: [[F.RSS, [32]]],
      atLeastOne: [[F.CSUM, F.CTRL_VQ]],
      conflicts: [[F.OLD, F.RSS]],
    },
    core,
  );
  const check = (...bits: number[]) => table.check(new FeatureSet(bits));

  it("names bits, its own first, then those of every device", () => {
    expect(table.names(new FeatureSet([0, 7, 32, 99]))).toEqual(["CSUM", "TSO4", "VERSION_1", "99"]);
  });

  it("finds nothing wrong with a set that has all it requires", () => {
    expect(check(F.CSUM, F.TSO4, F.ECN)).toEqual([]);
    expect(check(F.CTRL_VQ, F.REPORT, F.TUNNEL)).toEqual([]);
  });

  it("says which feature lacks what, each demand on its own", () => {
    expect(table.missingDependencies(new FeatureSet([F.ECN, F.TUNNEL, F.CTRL_VQ]))).toEqual([
      { kind: "requires", feature: "ECN", bit: 9, lacks: ["TSO4", "TSO6"] },
      { kind: "requires", feature: "TUNNEL", bit: 51, lacks: ["RSS", "REPORT"] },
    ]);
    expect(check(F.CSUM, F.TUNNEL)).toEqual([
      { kind: "requires", feature: "TUNNEL", bit: 51, lacks: ["CTRL_VQ"] },
      { kind: "requires", feature: "TUNNEL", bit: 51, lacks: ["RSS", "REPORT"] },
    ]);
    expect(check(F.CSUM, F.REPORT, F.OLD)).toEqual([
      { kind: "requires", feature: "REPORT", bit: 57, lacks: ["not OLD"] },
    ]);
  });

  it("says when one of several has to be there, and when two cannot be", () => {
    expect(check(F.OLD, F.RSS)).toEqual([
      { kind: "at least one", of: ["CSUM", "CTRL_VQ"] },
      { kind: "conflict", features: ["OLD", "RSS"] },
    ]);
  });

  it("checks an offer by what is said of offers, and of every device", () => {
    expect(table.checkOffer(new FeatureSet([F.RSS]))).toEqual([
      { kind: "at least one", of: ["VERSION_1"] },
      { kind: "requires", feature: "RSS", bit: 60, lacks: ["VERSION_1"] },
    ]);
    expect(table.checkOffer(new FeatureSet([F.RSS, 32]))).toEqual([]);
  });
});
