import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type SourceText } from "../../../src/compile.ts";
import { generate } from "../../../src/generate.ts";
import { cut } from "../../../src/ir/cut.ts";
import type { Ir, Module, Revision } from "../../../src/ir/model.ts";
import { docs } from "../../../src/target/docs/docs.ts";
import { Links } from "../../../src/target/docs/links.ts";
import type { GeneratedFile } from "../../../src/target/target.ts";
import { Templates } from "../../../src/target/templates.ts";

const root = join(import.meta.dirname, "../../..");

/** The standard as this repository describes it, and a device with every construct of the language; all revisions. */
export function standard(): Ir {
  const names = readdirSync(join(root, "specs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".virtio"))
    .toSorted();
  const paths = [...names.map((name) => `specs/${name}`), "test/ir/every-construct.virtio"];
  return compiled(paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })));
}

export function compiled(sources: readonly SourceText[]): Ir {
  const { ir, diagnostics } = compile(sources);
  if (ir === undefined)
    throw new Error(
      diagnostics
        .filter((one) => one.severity === "error")
        .map((one) => `${one.at.file}:${one.at.line}: ${one.message}`)
        .join("\n"),
    );
  return ir;
}

export function templates(): Templates {
  const folder = join(root, "templates/docs");
  return new Templates(
    new Map(readdirSync(folder).map((name) => [name.replace(/\.hbs$/, ""), readFileSync(join(folder, name), "utf8")])),
  );
}

/** The target's files, by path. */
export function pages(ir: Ir, revision: Revision = "1.4"): ReadonlyMap<string, string> {
  const files: readonly GeneratedFile[] = generate(ir, docs, { templates: templates(), revision });
  return new Map(files.map((file) => [file.path, file.text]));
}

/** A small device: what stands in its description, cut at a revision, and what the views need to show it. */
export function device(
  items: string,
  revision: Revision = "1.4",
): { readonly all: Ir; readonly ir: Ir; readonly module: Module; readonly links: Links } {
  const all = compiled([{ path: "test.virtio", text: `device test = 99 "Test Device";\n${items}` }]);
  const ir = cut(all, revision);
  const module = ir.modules[0];
  if (module === undefined) throw new Error("the description has no module");
  return { all, ir, module, links: new Links(ir, new Set(["test"]), "test") };
}

/** The page of a small device. */
export function pageOf(items: string, revision: Revision = "1.4"): string {
  return pages(device(items).all, revision).get("test.md") ?? "";
}
