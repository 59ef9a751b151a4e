import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revisions, type Ir } from "../../../src/ir/model.ts";
import { standard } from "../c/descriptions.ts";
import { everyConstruct, filesOf, GeneratedModules, runtimeSource } from "./generated.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const prettierOptions = { parser: "typescript", printWidth: 120, singleQuote: true } as const;

/** Runs tsc with the rules of this project, and those that it has for what it ships, on files in a folder. */
function typeErrors(folder: GeneratedModules): readonly string[] {
  // The runtime's source is checked along. A timer is all that it takes of what Node and browsers both have.
  folder.write(
    "timer.d.ts",
    "declare function setTimeout(call: (value: unknown) => void, milliseconds: number): number;\n" +
      "declare function clearTimeout(timer: number | undefined): void;",
  );
  const project = folder.write(
    "tsconfig.json",
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        noEmit: true,
        declaration: true,
        isolatedDeclarations: true,
        allowImportingTsExtensions: true,
        skipLibCheck: false,
        types: [],
        lib: ["ES2023"],
      },
      include: ["./**/*.ts"],
      references: [],
    }),
  );
  const { stdout, status } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", project], { encoding: "utf8" });
  return status === 0 ? [] : stdout.split("\n").filter((line) => line !== "");
}

/** What prettier may change: white space, brackets, commas, quotes, the bar before a union. */
function meaning(text: string): string {
  return text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").replaceAll(/[\s(),;|'"]/g, "");
}

describe("the generated modules", () => {
  let ir: Ir;
  const made: GeneratedModules[] = [];

  beforeAll(() => {
    ir = standard();
  });
  afterAll(() => {
    for (const modules of made) modules.remove();
  });

  it.each(revisions)("of revision %s are free of type errors, without anything of Node or a browser", (revision) => {
    const modules = new GeneratedModules(`compiled-${revision}`, ir, revision);
    made.push(modules);
    expect(modules.files.length).toBeGreaterThan(5);
    expect(typeErrors(modules)).toEqual([]);
  });

  it("of every construct of the language are free of type errors", () => {
    const modules = new GeneratedModules("compiled-every", everyConstruct());
    made.push(modules);
    expect(modules.files.map((file) => file.path)).toContain("every.ts");
    expect(typeErrors(modules)).toEqual([]);
  });

  it.each(revisions)("of revision %s name no any, no cast and no non-null assertion", (revision) => {
    const found = filesOf(ir, revision).flatMap(({ path, text }) => {
      const code = text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, "");
      return (code.match(/\bany\b|\bas (?!const\b|\w+ from\b)|\w!(?!=)|@ts-|\bunknown\b/g) ?? []).map(
        (match) => `${path}: ${match}`,
      );
    });
    expect(found).toEqual([]);
  });

  it("are the same bytes each time", () => {
    expect(filesOf(standard())).toEqual(filesOf(ir));
  });

  it("mean the same after prettier, and do not change any more", async () => {
    for (const { path, text } of filesOf(ir)) {
      const formatted = await format(text, prettierOptions);
      expect({ path, text: meaning(formatted) }).toEqual({ path, text: meaning(text) });
      expect({ path, text: await format(formatted, prettierOptions) }).toEqual({ path, text: formatted });
    }
  });

  it("carry the banner, and nothing of this machine", () => {
    for (const { path, text } of filesOf(ir)) {
      const head = text.split("\n").slice(0, 5).join("\n");
      const carries = {
        path,
        licence: text.startsWith("// SPDX-License-Identifier: 0BSD\n"),
        command: head.includes("//   virtgen build --target typescript --revision 1.4"),
        folder: text.includes(root),
        date: /\b20\d\d-\d\d-\d\d\b/.test(text),
      };
      expect(carries).toEqual({ path, licence: true, command: true, folder: false, date: false });
    }
  });

  it("import nothing but the runtime and each other", () => {
    const from = filesOf(ir).flatMap(({ text }) =>
      [...text.matchAll(/ from '([^']+)';/g)].map((match) => match[1] ?? ""),
    );
    expect(from.filter((one) => one !== "virtgen/runtime" && !/^\.\/\w+\.ts$/.test(one))).toEqual([]);
    expect(filesOf(ir, "1.4", "../mine.ts").find((file) => file.path === "blk.ts")?.text).toContain(
      "from '../mine.ts';",
    );
  });

  it("do not import each other in a circle", () => {
    const imports = new Map(
      filesOf(ir).map(({ path, text }) => [
        path,
        [...text.matchAll(/^import .* from '\.\/([^']+)';/gm)].map((match) => match[1] ?? ""),
      ]),
    );
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      (imports.get(from) ?? []).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
    expect([...imports.keys()].filter((path) => reaches(path, path))).toEqual([]);
  });

  it("are checked by types where a program uses them", () => {
    const modules = new GeneratedModules("compiled-use", ir);
    made.push(modules);
    modules.write(
      "use.ts",
      `import { blk, config, net } from './index.ts';
import { FeatureSet, type Codec } from '${runtimeSource}';

const view = new DataView(new ArrayBuffer(64));
export const type: number = blk.Req.type.get(view, 0);
export const low: number = blk.Req.sector.low(view, 0);
export const sector: bigint = blk.Req.sector.get(view, 0);
export const head: blk.Req = blk.Req.readFrom(view, 0);
export const unmap: number = blk.DiscardWriteZeroes.flags.unmap.get(view, 0);
export const cylinders: number = blk.Config.geometry.cylinders.get(view, 0);
export const bit: 9 = blk.F.FLUSH;
export const status: blk.S = blk.S.IOERR;

const features = new FeatureSet<blk.F | config.F>([blk.F.FLUSH, config.F.VERSION_1]);
export const hdr: Codec<net.Hdr> = net.Hdr.withContext({ features });

// Alternatives are told apart by their tag.
export function bytesOf(request: blk.ReqReadable): number {
  switch (request.type) {
    case blk.T.OUT:
      return request.data.length;
    case blk.T.DISCARD:
      return request.segments.length;
    default:
      return 0;
  }
}

// @ts-expect-error: a request to write has data
export const noData: blk.ReqReadable = { type: blk.T.OUT, sector: 0n };
// @ts-expect-error: a sector is a bigint
export const noBigint: blk.Req = { type: 0, sector: 0 };
// @ts-expect-error: there is no such member
blk.Req.bogus;
// @ts-expect-error: the header's length depends on features
net.Hdr.readFrom(view, 0);
// @ts-expect-error: a feature of this number does not exist
features.has(3);
// @ts-expect-error: a queue of this name does not exist
blk.queues.numberOf('controlq', { features, config: undefined });
`,
    );
    expect(typeErrors(modules)).toEqual([]);
  });
});
