import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../../../src/compile.ts";
import { generate } from "../../../src/generate.ts";
import type { Ir, Revision } from "../../../src/ir/model.ts";
import { c } from "../../../src/target/c/target.ts";
import type { GeneratedFile } from "../../../src/target/target.ts";
import { Templates } from "../../../src/target/templates.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Every description of the standard that there is, compiled together. */
export function standard(): Ir {
  const paths = ["core", "device", "transport"].flatMap((folder) =>
    readdirSync(join(root, "specs", folder))
      .filter((name) => name.endsWith(".virtio"))
      .toSorted()
      .map((name) => `specs/${folder}/${name}`),
  );
  return irOf(paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })));
}

/** The IR of descriptions as text. */
export function irOf(sources: readonly { readonly path: string; readonly text: string }[]): Ir {
  const { ir, diagnostics } = compile(sources);
  if (ir === undefined)
    throw new Error(diagnostics.map(({ at, message }) => `${at.file}:${at.line}: ${message}`).join("\n"));
  return ir;
}

/** The templates of the C target. */
export function templates(): Templates {
  const folder = join(root, "templates/c");
  return new Templates(
    new Map(readdirSync(folder).map((name) => [name.replace(/\.hbs$/, ""), readFileSync(join(folder, name), "utf8")])),
  );
}

type Profile = "linux" | "spec" | "selftest";

/** What the C target makes of an IR. */
export function filesOf(ir: Ir, profile: Profile, revision: Revision = "1.4"): readonly GeneratedFile[] {
  return generate(ir, c, { templates: templates(), profile, revision });
}

/** One file of the C target, made of a description alone. */
export function headerOf(text: string, profile: Profile, name: string, revision: Revision = "1.4"): string {
  const path = profile === "linux" ? `linux/${name}` : name;
  const file = filesOf(irOf([{ path: "test.virtio", text }]), profile, revision).find((one) => one.path === path);
  if (file === undefined) throw new Error(`${path} is not written`);
  return file.text;
}
