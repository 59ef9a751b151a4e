import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { irSchema } from "../../scripts/ir-schema.mjs";
import { cut } from "../../src/ir/cut.ts";
import { revisions, type Ir } from "../../src/ir/model.ts";
import { irOf, standardSources } from "./descriptions.ts";

const model = ["model", "expression-model"]
  .map((name) => readFileSync(new URL(`../../src/ir/${name}.ts`, import.meta.url), "utf8"))
  .join("\n");
const schemaText = readFileSync(new URL("../../src/ir/schema/virtgen-ir.schema.json", import.meta.url), "utf8");
const schema = JSON.parse(schemaText);
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

const everyConstruct = {
  path: "every-construct.virtio",
  text: readFileSync(new URL("every-construct.virtio", import.meta.url), "utf8"),
};
const core = standardSources().filter((source) => source.path.startsWith("specs/core/"));
const standard = irOf(standardSources());
const every = irOf([...core, everyConstruct]);

/** The IR as a reader of `virtgen ir` gets it. */
function printed(ir: Ir): unknown {
  return JSON.parse(JSON.stringify(ir));
}

/** What is wrong, in words; empty where nothing is. */
function problems(ir: unknown): string {
  return validate(ir) ? "" : JSON.stringify(validate.errors?.slice(0, 3));
}

/** Every object in it, outermost first. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) {
    for (const one of value) yield* objectsIn(one);
  } else if (typeof value === "object" && value !== null) {
    yield value as Record<string, unknown>;
    for (const one of Object.values(value)) yield* objectsIn(one);
  }
}

describe("the JSON Schema of the IR", () => {
  test("is what its script makes of the model", async () => {
    expect(schemaText).toBe(await irSchema());
  });

  test.each([
    ["the standard", standard],
    ["every construct", every],
  ])("holds for %s, whole and cut at each revision", (_, ir) => {
    expect(problems(printed(ir))).toBe("");
    for (const revision of revisions) expect(problems(printed(cut(ir, revision)))).toBe("");
  });

  test("has a description of every property that the model describes", () => {
    const described = Array.from(model.matchAll(/\/\*\* (.+) \*\/\n +readonly (\w+)/g), (match) => match[2]);
    const all = Array.from(objectsIn(schema)).flatMap((object) =>
      Object.entries((object["properties"] ?? {}) as Record<string, { description?: string }>)
        .filter(([, property]) => property.description !== undefined)
        .map(([name]) => name),
    );
    const inSchema = new Set(all);
    expect(described.length).toBeGreaterThan(30);
    expect(described.filter((name) => !inSchema.has(name ?? ""))).toEqual([]);
  });

  test("knows every property of the model, and each is seen in an IR here", () => {
    const named = new Set(Array.from(model.matchAll(/readonly (\w+)\??:/g), (match) => match[1] ?? ""));
    const known = new Set(Array.from(objectsIn(schema)).flatMap((object) => Object.keys(object["properties"] ?? {})));
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    const seen = new Set(
      [every, cut(every, "1.4"), standard].flatMap((ir) =>
        Array.from(objectsIn(printed(ir))).flatMap((object) => Object.keys(object)),
      ),
    );
    expect([...known].filter((name) => !seen.has(name))).toEqual([]);
  });

  test("refuses a property that nobody knows, wherever it is put", () => {
    const ir = printed(cut(every, "1.4"));
    let tried = 0;
    for (const object of objectsIn(ir)) {
      if (tried++ % 7 !== 0) continue;
      object["surplus"] = 1;
      expect(validate(ir)).toBe(false);
      delete object["surplus"];
    }
    expect(validate(ir)).toBe(true);
    expect(tried).toBeGreaterThan(1000);
  });

  test.each(["name", "cName", "doc", "at", "since"])("refuses an element without its %s", (property) => {
    const ir = printed(cut(every, "1.4"));
    for (const object of Array.from(objectsIn(ir)).filter((one) => "cName" in one && "doc" in one)) {
      const value = object[property];
      delete object[property];
      expect(validate(ir)).toBe(false);
      object[property] = value;
    }
  });

  test("refuses a kind, a revision and an operator that do not exist", () => {
    const ir = printed(every);
    for (const [key, wrong] of [
      ["kind", "thing"],
      ["since", "1.5"],
      ["op", "xor"],
    ] as const) {
      const object = Array.from(objectsIn(ir)).find((one) => key in one);
      if (object === undefined) throw new Error(`no object has '${key}'`);
      const value = object[key];
      object[key] = wrong;
      expect(validate(ir)).toBe(false);
      object[key] = value;
    }
  });
});
