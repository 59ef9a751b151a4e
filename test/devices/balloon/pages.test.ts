import { expect, test } from "vitest";
import { pageRanges } from "../../../src/devices/balloon/page-ranges.ts";
import { PageSet } from "../../../src/devices/balloon/page-set.ts";

test("pages one behind the other are one range, in whatever order they come", () => {
  expect(pageRanges([7, 5, 6, 100, 6, 0xffff_ffff])).toEqual([
    { first: 5, count: 3 },
    { first: 100, count: 1 },
    { first: 0xffff_ffff, count: 1 },
  ]);
  expect(pageRanges([])).toEqual([]);
});

test("a set counts each page once, and lists ranges across its blocks", () => {
  const set = new PageSet();
  const pages = [32_767, 32_768, 31, 32, 0xffff_ffff];
  expect(pages.map((page) => set.add(page))).toEqual([true, true, true, true, true]);
  expect([set.add(31), set.size]).toEqual([false, 5]);
  expect([...set.ranges()]).toEqual([
    { first: 31, count: 2 },
    { first: 32_767, count: 2 },
    { first: 0xffff_ffff, count: 1 },
  ]);
  expect([set.has(31), set.has(33), set.delete(31), set.delete(31), set.size]).toEqual([true, false, true, false, 4]);
  set.clear();
  expect([set.size, [...set.ranges()]]).toEqual([0, []]);
});
