import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that virtgen is installed in, with `specs/` and `templates/`. The bundled files lie at different depths
 * below it, so it is looked for upwards.
 */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'package.json');
    if (existsSync(path) && packageAt(path).name === 'virtgen') return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("virtgen's own package.json is missing: install it again");
    folder = parent;
  }
}

export function version(): string {
  return packageAt(join(packageFolder(), 'package.json')).version;
}

function packageAt(path: string): { readonly name: string; readonly version: string } {
  const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof found !== 'object' || found === null) return { name: '', version: '' };
  return { name: 'name' in found ? String(found.name) : '', version: 'version' in found ? String(found.version) : '' };
}
