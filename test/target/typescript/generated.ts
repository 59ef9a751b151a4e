import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "../../../src/generate.ts";
import type { Ir, Revision } from "../../../src/ir/model.ts";
import type { GeneratedFile } from "../../../src/target/target.ts";
import { Templates } from "../../../src/target/templates.ts";
import { typescriptTarget } from "../../../src/target/typescript/target.ts";
import { irOf } from "../c/descriptions.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The runtime's source: what generated files import in tests, so that both have the same classes. */
export const runtimeSource = join(root, "src/runtime/index.ts");

/** A device that has every construct of the language, with the parts of the core that it refers to. */
export function everyConstruct(): Ir {
  const paths = ["specs/core/config.virtio", "specs/core/ring.virtio", "test/ir/every-construct.virtio"];
  return irOf(paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })));
}

/** The generated module of a device of the test's own, before prettier. */
export function moduleText(items: string, revision: Revision = "1.4"): string {
  const ir = irOf([{ path: "test.virtio", text: `device test = 99 "Test Device";\n${items}` }]);
  return filesOf(ir, revision).find((file) => file.path === "test.ts")?.text ?? "";
}

/** What the target makes of an IR, as it is before prettier. */
export function filesOf(ir: Ir, revision: Revision = "1.4", runtime = "virtgen/runtime"): readonly GeneratedFile[] {
  const folder = join(root, "templates/typescript");
  const templates = new Templates(
    new Map(readdirSync(folder).map((name) => [name.replace(/\.hbs$/, ""), readFileSync(join(folder, name), "utf8")])),
  );
  return generate(ir, typescriptTarget(runtime), { templates, revision });
}

/** Generated modules in a folder of the project, so that Vitest, tsc and the bundler find what they import. */
export class GeneratedModules {
  readonly folder: string;
  readonly files: readonly GeneratedFile[];
  private readonly loaded = new Map<string, Promise<Readonly<Record<string, unknown>>>>();

  /** @param name of the folder: one for each test file */
  constructor(name: string, ir: Ir, revision: Revision = "1.4") {
    this.folder = join(root, ".cache/test-typescript", `${name}-${process.pid}`);
    mkdirSync(this.folder, { recursive: true });
    this.files = filesOf(ir, revision, relative(this.folder, runtimeSource));
    for (const file of this.files) this.write(file.path, file.text);
  }

  write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** A module of a description, by name. */
  load(name: string): Promise<Readonly<Record<string, unknown>>> {
    // Vitest takes long to find what it has loaded before.
    let loaded = this.loaded.get(name);
    if (loaded === undefined) {
      loaded = import(/* @vite-ignore */ join(this.folder, `${name}.ts`)) as Promise<Readonly<Record<string, unknown>>>;
      this.loaded.set(name, loaded);
    }
    return loaded;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
