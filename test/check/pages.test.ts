import { describe, expect, test } from "vitest";
import { rules } from "../../src/check/rules.ts";
import { compiled } from "./compiled.ts";

describe.each(rules.map((rule) => ({ rule, title: `${rule.code} ${rule.name}` })))("$title", ({ rule }) => {
  test("says why", () => {
    expect(rule.explanation.length).toBeGreaterThan(80);
    expect(rule.summary).not.toMatch(/\.$/);
  });

  test("its bad example is reported with exactly this code first", () => {
    const { diagnostics } = compiled(rule.bad);
    expect(diagnostics[0]).toMatchObject({ code: rule.code, severity: rule.severity });
  });

  test("its good example is clean", () => {
    expect(compiled(rule.good).diagnostics).toEqual([]);
  });
});

test("codes and names are unique, and the list is in the order of the codes", () => {
  const codes = rules.map((rule) => rule.code);
  expect(codes).toEqual([...new Set(codes)].toSorted());
  expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
});
