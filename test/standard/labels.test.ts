import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Element, Rule } from "../../src/ir/model.ts";
import type { NormativeBlock } from "../../src/standard/coverage.ts";
import { standard } from "../target/c/descriptions.ts";

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const labels = new Set(json("labels.json") as readonly string[]);
const blocks = new Set(
  (json("../../specs/normative-blocks.json") as readonly NormativeBlock[]).map(({ role, label }) => `${role} ${label}`),
);

/** Everything in a value that has a label, however deep. */
function labelled(value: unknown): readonly Element[] {
  if (Array.isArray(value)) return value.flatMap(labelled);
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(labelled);
  return "label" in value && "at" in value ? [value as Element, ...inner] : inner;
}

const elements = labelled(standard().modules);

it("every label of a description is one of the standard's", () => {
  expect(elements.length).toBeGreaterThan(700);
  const unknown = elements.filter(({ label }) => label !== undefined && !labels.has(label));
  expect(unknown.map(({ at, label }) => `${at.file}:${String(at.line)}: ${label ?? ""}`)).toEqual([]);
});

it("a requirement names a normative block of its role, or a section that has none", () => {
  const requirements = elements.filter((one): one is Rule => "form" in one && "role" in one);
  const inBlocks = new Set([...blocks].map((block) => block.replace(/^\w+ /, "")));
  // Two blocks speak to the other role than the one that they name.
  const mended = new Set(requirements.flatMap(({ label, errata }) => (errata === undefined ? [] : [label])));
  const wrong = requirements.filter(
    ({ role, label = "" }) => !blocks.has(`${role ?? ""} ${label}`) && inBlocks.has(label) && !mended.has(label),
  );
  expect(wrong.map(({ at, role, label }) => `${at.file}:${String(at.line)}: ${role ?? ""}: ${label ?? ""}`)).toEqual(
    [],
  );
});
