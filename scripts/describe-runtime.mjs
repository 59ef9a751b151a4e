// Writes src/runtime/described/: what virtgen generates from the descriptions of the core and of the transports, for the
// runtime's own use. Formatted as the project's own sources are.
//
//   node scripts/describe-runtime.mjs     the command has to be built; builds it again when something changed

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Below the project's folder. */
export const folder = "src/runtime/described";

/** Seen from there: the part of the runtime that needs nothing of what is described. */
const runtime = "../generated-imports.ts";

/**
 * What the folder should hold.
 * @returns {Promise<Map<string, string>>} the text of each file, by its name
 */
export async function describedFiles() {
  const out = await mkdtemp(join(tmpdir(), "virtgen-described-"));
  try {
    const call = [
      "build",
      "--target",
      "typescript",
      "--runtime",
      runtime,
      "--out",
      out,
      "specs/core",
      "specs/transport",
    ];
    const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/bin/virtgen.js"), ...call], {
      cwd: root,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`describe-runtime: the build failed:\n${stderr}`);
    // The runtime imports each module by itself.
    const names = (await readdir(out)).filter((name) => name.endsWith(".ts") && name !== "index.ts");
    const files = await Promise.all(
      names.map(
        async (name) => /** @type {const} */ ([name, await asSource(await readFile(join(out, name), "utf8"), name)]),
      ),
    );
    return new Map(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/**
 * @param {string} text
 * @param {string} name
 * @returns {Promise<string>}
 */
async function asSource(text, name) {
  const filepath = join(root, folder, name);
  // More than one call of virtgen makes these files.
  const own = text.replace(/^\/\/ {3}virtgen build .*$/m, "//   npm start");
  return format(own, { ...(await resolveConfig(filepath, { editorconfig: true })), filepath });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = await describedFiles();
  const path = join(root, folder);
  await mkdir(path, { recursive: true });
  let changed = false;
  for (const name of await readdir(path)) {
    if (wanted.has(name)) continue;
    await rm(join(path, name));
    changed = true;
  }
  for (const [name, text] of wanted) {
    const there = await readFile(join(path, name), "utf8").catch(() => undefined);
    if (there === text) continue;
    await writeFile(join(path, name), text);
    changed = true;
  }
  if (changed) {
    const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
    process.exitCode = status ?? 1;
  }
}
