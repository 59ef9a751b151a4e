import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, unknown>>;
}

/**
 * The folder that virtgen is installed in, with `specs/` and `templates/`. The bundled files lie at different depths
 * below it, so it is looked for upwards.
 */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, "package.json");
    if (existsSync(path) && packageAt(path).name === "virtgen") return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("virtgen's own package.json is missing: install it again");
    folder = parent;
  }
}

export function version(): string {
  return own().version;
}

/** As virtgen's own package demands it; no other is loaded. */
export function prettierVersion(): string {
  return String(own().dependencies["prettier"]);
}

function own(): Package {
  return packageAt(join(packageFolder(), "package.json"));
}

function packageAt(path: string): Package {
  const { name = "", version = "", dependencies = {} } = JSON.parse(readFileSync(path, "utf8")) as Partial<Package>;
  return { name, version, dependencies };
}
