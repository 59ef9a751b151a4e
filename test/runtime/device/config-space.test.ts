import { describe, expect, test } from "vitest";

import type { Codec } from "../../../src/runtime/codec/codec.ts";
import { nativeStruct } from "../../../src/runtime/codec/codec.ts";
import { le16, le32, u8 } from "../../../src/runtime/codec/fields.ts";
import { STATUS } from "../../../src/runtime/described/config.ts";
import { ConfigSpace } from "../../../src/runtime/device/config-space.ts";
import { DeviceError } from "../../../src/runtime/device/device-error.ts";
import { FeatureSet } from "../../../src/runtime/features.ts";
import type { Negotiated } from "../../../src/runtime/queues.ts";

const F = { MORE: 1, LAST: 2 } as const;

interface Values {
  first: number;
  mode: number;
  early: number;
  anyTime: number;
  clear: number;
  events: number;
  more?: number;
  last?: number;
}

const codec: Codec<Values, Negotiated> = nativeStruct<Values, Negotiated>("test_config", {
  first: le32(0),
  mode: le16(4).in(0, 0x3ff).access({ writable: "always", reset: 6 }),
  early: le16(6).access({ writable: { before: "DRIVER_OK" } }),
  anyTime: u8(8).access({ writable: "any time", keptOverReset: true }),
  clear: u8(9).access({ writable: "always", writeClears: "events" }),
  events: le16(10),
  more: le32(12).if(F.MORE).access({ writable: "always" }),
  last: u8(16).if(F.LAST),
});

const values: Values = { first: 0x0102_0304, mode: 6, early: 2, anyTime: 3, clear: 0, events: 0x1ff };
const all: Values = { ...values, more: 0x1111_2222, last: 9 };
const negotiated = STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FEATURES_OK;

function spaceOf(bits: number[], given: Values): ConfigSpace {
  return new ConfigSpace({ name: "test", config: codec, decides: ["mode"] }, given, new FeatureSet(bits));
}

test("tells whether a value that formulas use has changed", () => {
  const space = spaceOf([], values);
  expect(space.decidesAnew()).toBe(true);
  expect(space.decidesAnew()).toBe(false);
  space.change({ first: 5 });
  expect(space.decidesAnew()).toBe(false);
  space.write(4, 2, 7, negotiated);
  expect(space.decidesAnew()).toBe(true);
  space.write(4, 2, 7, negotiated);
  expect(space.decidesAnew()).toBe(false);
});

describe("what the driver sees", () => {
  test("ends with the last member that there is", () => {
    expect(spaceOf([], values).length).toBe(12);
    expect(spaceOf([F.MORE], { ...values, more: 1 }).length).toBe(16);
    const space = spaceOf([F.MORE, F.LAST], all);
    expect(space.length).toBe(17);
    space.show(new FeatureSet([F.LAST]), "little");
    expect(space.length).toBe(17);
    expect(space.read(12, 4), "a member that was not negotiated is 0").toBe(0);
    expect(space.read(16, 1)).toBe(9);
    space.show(new FeatureSet(), "little");
    expect(space.length).toBe(12);
    expect(space.value, "the device has all of them").toEqual(all);
    space.show(undefined, "little");
    expect(space.read(12, 4)).toBe(0x1111_2222);
  });

  test("any width at any offset; beyond the end zeroes", () => {
    const space = spaceOf([F.MORE, F.LAST], all);
    expect([space.read(0, 1), space.read(1, 2), space.read(0, 4), space.read(3, 4)]).toEqual([
      4, 0x0203, 0x0102_0304, 0x0200_0601,
    ]);
    expect([space.read(16, 4), space.read(17, 4), space.read(2 ** 40, 4)]).toEqual([9, 0, 0]);
  });

  test("the guest's order", () => {
    const space = spaceOf([F.MORE, F.LAST], all);
    space.show(undefined, "big");
    expect([space.read(0, 4), space.read(4, 2), space.read(8, 1)]).toEqual([0x0403_0201, 0x0600, 3]);
    expect(space.write(4, 2, 0x0102, negotiated)).toEqual(["mode"]);
    expect(space.value).toMatchObject({ mode: 0x0201 });
  });

  test("a device type without one has an empty one", () => {
    const space = new ConfigSpace({ name: "test", config: undefined, decides: [] }, {}, new FeatureSet());
    expect([space.length, space.read(0, 4), space.generation]).toEqual([0, 0, 0]);
    expect(space.write(0, 4, 1, negotiated)).toEqual([]);
    space.show(new FeatureSet([1]), "big");
    expect(space.length).toBe(0);
  });
});

describe("what the device changes", () => {
  test("tells whether the driver sees a difference, and counts those", () => {
    const space = spaceOf([F.MORE, F.LAST], all);
    space.show(new FeatureSet([F.MORE]), "little");
    expect(space.change({ first: all.first })).toBe(false);
    expect(space.change({ last: 10 })).toBe(false);
    expect(space.generation).toBe(0);
    expect(space.change({ first: 1, more: 2 })).toBe(true);
    expect(space.generation).toBe(1);
    expect([space.read(0, 4), space.read(12, 4)]).toEqual([1, 2]);
    expect(space.value).toMatchObject({ first: 1, more: 2, last: 10 });
  });

  test.each([
    { what: "too large", change: { first: 2 ** 32 } },
    { what: "out of its range", change: { mode: 0x400 } },
    { what: "no number", change: { first: "1" } },
    { what: "of a feature that is not offered", change: { last: 1 } },
  ])("$what: an error, and nothing is changed", ({ change }) => {
    const space = spaceOf([F.MORE], { ...values, more: 1 });
    const before = { ...space.value };
    expect(() => space.change(change)).toThrow(DeviceError);
    expect(space.value).toEqual(before);
    expect(space.read(0, 4)).toBe(values.first);
  });

  test("values that are not those of a space with these features are an error at once", () => {
    expect(() => spaceOf([F.MORE], values)).toThrow(new DeviceError("test", "test_config.more: a number is missing"));
    expect(() => spaceOf([], all)).toThrow(DeviceError);
  });
});

describe("what the driver writes", () => {
  test("read-only members and what lies between stay as they are", () => {
    const space = spaceOf([F.MORE, F.LAST], all);
    for (const [at, width] of [
      [0, 4],
      [10, 2],
      [16, 1],
      [17, 4],
      [4096, 4],
    ] as const)
      expect(space.write(at, width, 0, negotiated)).toEqual([]);
    expect(space.value).toEqual(all);
  });

  test("a part of a member, and several at once", () => {
    const space = spaceOf([F.MORE, F.LAST], all);
    expect(space.write(5, 1, 1, negotiated)).toEqual(["mode"]);
    expect(space.value).toMatchObject({ mode: 0x106 });
    expect(space.write(4, 4, 0x0007_0008, negotiated)).toEqual(["mode", "early"]);
    expect(space.value).toMatchObject({ mode: 8, early: 7 });
    expect(space.write(2, 4, 0x0005_ffff, negotiated), "what is written beside it is not taken").toEqual(["mode"]);
    expect(space.value).toMatchObject({ first: all.first, mode: 5 });
    expect(space.write(14, 4, 0x3344_5566, negotiated)).toEqual(["more"]);
    expect(space.value).toMatchObject({ more: 0x5566_2222, last: 9 });
  });

  test("the same value again is told of, too", () => {
    const space = spaceOf([], values);
    expect(space.write(4, 2, 6, negotiated)).toEqual(["mode"]);
    expect(space.generation, "the driver knows what it has written").toBe(0);
  });

  test("a value that is none of the member's is not taken", () => {
    const space = spaceOf([], values);
    expect(space.write(4, 2, 0xffff, negotiated)).toEqual([]);
    expect(space.read(4, 2)).toBe(6);
    expect(space.value).toEqual(values);
  });

  test("ones clear bits of another member, and are not kept", () => {
    const space = spaceOf([], values);
    expect(space.write(9, 1, 0x0f, negotiated)).toEqual(["clear"]);
    expect(space.value).toMatchObject({ clear: 0, events: 0x1f0 });
    expect([space.read(9, 1), space.read(10, 2)]).toEqual([0, 0x1f0]);
  });

  test.each([
    { when: "at first", status: 0, modern: ["anyTime"], legacy: ["mode", "early", "anyTime"] },
    { when: "before FEATURES_OK", status: 3, modern: ["anyTime"], legacy: ["mode", "early", "anyTime"] },
    {
      when: "after it",
      status: negotiated,
      modern: ["mode", "early", "anyTime"],
      legacy: ["mode", "early", "anyTime"],
    },
    { when: "after DRIVER_OK", status: 15, modern: ["mode", "anyTime"], legacy: ["mode", "anyTime"] },
  ])("$when", ({ status, modern, legacy }) => {
    const written = (old: boolean): string[] => {
      const space = spaceOf([], values);
      return [
        ...space.write(4, 2, 1, status, old),
        ...space.write(6, 2, 1, status, old),
        ...space.write(8, 1, 1, status, old),
      ];
    };
    expect(written(false)).toEqual(modern);
    expect(written(true)).toEqual(legacy);
  });

  test("a member that the driver does not see is not written", () => {
    for (const seen of [[], [F.LAST]]) {
      const space = spaceOf([F.MORE, F.LAST], all);
      space.show(new FeatureSet(seen), "little");
      expect(space.write(12, 4, 1, negotiated)).toEqual([]);
      expect(space.read(12, 4)).toBe(0);
      expect(space.value).toEqual(all);
    }
  });

  test("a reset brings back what it leaves: the value at first, one that the description names, or none", () => {
    const space = spaceOf([F.MORE], { ...values, mode: 7, more: 5 });
    expect(space.value, "as a reset leaves it").toMatchObject({ mode: 6 });
    for (const [at, width] of [
      [4, 2],
      [6, 2],
      [8, 1],
      [12, 4],
    ] as const)
      space.write(at, width, 1, negotiated);
    space.change({ first: 77 });
    expect(space.value).toMatchObject({ mode: 1, early: 1, anyTime: 1, more: 1 });
    space.reset();
    space.show(undefined, "little");
    expect(space.value).toMatchObject({ first: 77, mode: 6, early: 2, anyTime: 1, more: 5 });
    expect([space.read(4, 2), space.read(6, 2), space.read(8, 1), space.read(12, 4)]).toEqual([6, 2, 1, 5]);
  });
});
