import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { File } from "../../grammar/ast.ts";
import { parse } from "../../grammar/parse.ts";
import { decodeTree, encodeTree } from "../../src/cli/syntax-tree-text.ts";
import { compile } from "../../src/compile.ts";
import { compileParsed } from "../../src/compile-parsed.ts";
import { library } from "../check/compiled.ts";
import { descriptions } from "../check/fuzz.ts";
import { folderWith, lamp, put, root, virtgen } from "./run-virtgen.ts";

const standard = descriptions(root);
const corpus = readdirSync(join(root, "test/corpus"))
  .filter((name) => name.endsWith(".virtio"))
  .map((name) => ({ path: name, text: readFileSync(join(root, "test/corpus", name), "utf8") }));

/** A value with every object numbered, so that what is one object in two places shows. */
function numbered(value: unknown): unknown {
  const seen = new Map<object, number>();
  function visit(one: unknown): unknown {
    if (typeof one !== "object" || one === null) return one;
    const before = seen.get(one);
    if (before !== undefined) return { same: before };
    const number = seen.size;
    seen.set(one, number);
    if (Array.isArray(one)) return [number, ...one.map((part) => visit(part))];
    return { number, keys: Object.keys(one), parts: Object.values(one).map((part) => visit(part)) };
  }
  return visit(value);
}

function recorded(tree: File): File {
  const text = encodeTree(tree);
  if (text === undefined) throw new Error(`the tree of ${tree.path} cannot be recorded`);
  return decodeTree(tree.path, text);
}

describe("a recorded syntax tree", () => {
  const readable = [...standard, ...corpus].flatMap(({ path, text }) => parse(path, text).file ?? []);

  it("comes back with the same keys, values and shared places", () => {
    expect(readable.length).toBeGreaterThan(150);
    for (const tree of readable) {
      expect(recorded(tree)).toStrictEqual(tree);
      expect(numbered(recorded(tree))).toEqual(numbered(tree));
    }
  });

  it("compiles to the same findings in the same order, and the same IR", () => {
    const trees = new Map(readable.map((tree) => [tree.path, recorded(tree)]));
    let findings = 0;
    for (const broken of corpus) {
      const sources = [...library, broken];
      const parsed = sources.map(({ path, text }) => {
        const file = trees.get(path);
        return file === undefined ? parse(path, text) : { file, diagnostics: [] };
      });
      const compiled = compileParsed(sources, parsed);
      findings += compiled.diagnostics.length;
      expect(compiled).toStrictEqual(compile(sources));
    }
    expect(findings).toBeGreaterThan(corpus.length);
    const parsed = standard.map(({ path }) => ({ file: trees.get(path), diagnostics: [] }));
    expect(compileParsed(standard, parsed)).toStrictEqual(compile(standard));
  });

  it("has the places of the path that it is read for", () => {
    const { file } = parse("a.virtio", lamp);
    expect(file).toBeDefined();
    if (file !== undefined)
      expect(decodeTree("b.virtio", encodeTree(file) ?? "")).toEqual(parse("b.virtio", lamp).file);
  });

  const place = { file: "a", line: 1, column: 1, length: 1 };
  const shared = { list: [] };
  test.each<[string, object]>([
    ["a number", { value: 1 }],
    ["null", { value: null }],
    ["a text that is marked as a number", { value: "\u00001" }],
    ["a number in a list", { value: [1n] }],
    ["nothing in a list", { value: [undefined] }],
    ["a place in a list", { value: [place] }],
    ["a place of another file", { at: { ...place, file: "b" } }],
    ["one object twice", { one: shared, other: shared }],
    ["a map", { value: new Map() }],
  ])("is none where the tree holds %s", (_, part) => {
    const tree: File = { path: "a", header: undefined, items: [] };
    expect(encodeTree(tree)).toBeDefined();
    expect(encodeTree({ ...tree, ...part })).toBeUndefined();
  });
});

/** A copy of virtgen in which the records can be damaged, and a project that uses it. */
function installed(): { readonly program: string; readonly trees: string; readonly cwd: string } {
  const folder = folderWith();
  for (const name of ["templates", "package.json"]) symlinkSync(join(root, name), join(folder, name));
  for (const name of ["specs", "dist"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, "project/node_modules"), { recursive: true });
  return {
    program: join(folder, "dist/bin/virtgen.js"),
    trees: join(folder, "dist/trees"),
    cwd: join(folder, "project"),
  };
}

/** Makes the parser fail, so that what was not recalled shows. */
function withoutParser(program: string): void {
  const chunks = join(dirname(program), "chunk");
  const parser = readdirSync(chunks).find((name) => name.startsWith("parse-")) ?? "";
  writeFileSync(join(chunks, parser), "throw new Error('the parser was loaded')");
}

const cold = { VIRTGEN_NO_CACHE: "1" };

describe("the trees of virtgen's own descriptions", () => {
  it("are recorded, every one", () => {
    const expected = standard.map(({ path }) => `${basename(dirname(path))}-${basename(path, ".virtio")}`);
    expect(readdirSync(join(root, "dist/trees"))).toEqual(expected.toSorted());
  });

  it("are all that a first check needs", async () => {
    const { program, cwd } = installed();
    const expected = await virtgen(["check"], { program, cwd, env: cold });
    withoutParser(program);
    expect(await virtgen(["check"], { program, cwd })).toEqual(expected);
    const parsed = await virtgen(["check"], { program, cwd, env: cold });
    expect(parsed.err).toContain("the parser was loaded");
  });

  it("make no difference when they are damaged or of another text", async () => {
    const { program, trees, cwd } = installed();
    const expected = await virtgen(["ir", "--revision", "all"], { program, cwd, env: cold });
    expect(expected.status).toBe(0);
    const damages: readonly ((record: Buffer, name: string) => Buffer)[] = [
      (record) => record.subarray(0, record.length / 2),
      () => Buffer.alloc(0),
      (record) => Buffer.from(record.map((byte, index) => (index === record.length - 100 ? byte ^ 1 : byte))),
      (_, name) => readFileSync(join(root, "dist/trees", name === "core-ids" ? "core-ring" : "core-ids")),
    ];
    for (const damage of damages) {
      for (const name of readdirSync(trees))
        writeFileSync(join(trees, name), damage(readFileSync(join(root, "dist/trees", name)), name));
      rmSync(join(cwd, "node_modules/.cache"), { recursive: true, force: true });
      expect(await virtgen(["ir", "--revision", "all"], { program, cwd })).toEqual(expected);
    }
  });

  it("are not used for a description that was changed", async () => {
    const { program, cwd } = installed();
    const entropy = join(dirname(program), "../../specs/device/entropy.virtio");
    writeFileSync(entropy, readFileSync(entropy, "utf8").replace("queues {", "queus {"));
    const run = await virtgen(["check"], { program, cwd });
    expect(run.status).toBe(1);
    expect(run).toEqual(await virtgen(["check"], { program, cwd, env: cold }));
  });
});

describe("the trees of a project's descriptions", () => {
  const other = lamp.replace("lamp = 61", "torch = 62").replace("levels if DIM", "levels if DIMM");

  it("are all that a check of unchanged files needs, and findings are the same", async () => {
    const { program, cwd } = installed();
    put(cwd, "lamp.virtio", lamp);
    put(cwd, "torch.virtio", other);
    const call = ["check", "lamp.virtio", "torch.virtio"];
    const first = await virtgen(call, { program, cwd });
    expect(first).toEqual(await virtgen(call, { program, cwd, env: cold }));
    expect(first.err).toContain("DIMM");
    withoutParser(program);
    expect(await virtgen(call, { program, cwd })).toEqual(first);
    put(cwd, "lamp.virtio", `${lamp}\n`);
    expect((await virtgen(call, { program, cwd })).err).toContain("the parser was loaded");
  });

  it("are those of the texts as they are", async () => {
    const { program, cwd } = installed();
    const texts = [
      lamp,
      lamp.replace("levels if DIM;", "levels if DIMM;"),
      lamp.replace("lamp = 61", "lamp = 62"),
      lamp.replace("queues {", "queus {"),
      lamp.replaceAll("\n", "\r\n").replace("levels if DIM;", "levels if DIMM;"),
      `\n\n${lamp.replace("levels if DIM;", "levels if DIMM;")}`,
      lamp,
    ];
    for (const text of texts) {
      put(cwd, "lamp.virtio", text);
      const expected = await virtgen(["check", "--format", "json", "lamp.virtio"], { program, cwd, env: cold });
      for (const time of ["parsed", "recalled"])
        expect({ time, ...(await virtgen(["check", "--format", "json", "lamp.virtio"], { program, cwd })) }).toEqual({
          time,
          ...expected,
        });
    }
  });

  it("make no difference when they are damaged", async () => {
    const { program, cwd } = installed();
    put(cwd, "lamp.virtio", lamp);
    const expected = await virtgen(["ir", "lamp.virtio"], { program, cwd, env: cold });
    await virtgen(["ir", "lamp.virtio"], { program, cwd });
    const trees = join(cwd, "node_modules/.cache/virtgen/trees");
    const [name = ""] = readdirSync(trees);
    const whole = readFileSync(join(trees, name));
    for (const damaged of [Buffer.alloc(0), whole.subarray(0, -1), whole.subarray(1), Buffer.from("{}")]) {
      writeFileSync(join(trees, name), damaged);
      expect(await virtgen(["ir", "lamp.virtio"], { program, cwd })).toEqual(expected);
    }
    rmSync(trees, { recursive: true });
    // A folder that cannot be written to.
    writeFileSync(trees, "");
    expect(await virtgen(["ir", "lamp.virtio"], { program, cwd })).toEqual(expected);
  });
});
