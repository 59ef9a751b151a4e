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

/** What the TypeScript target makes and the runtime has no use for. */
const unused = new Set(["ccw.ts", "index.ts", "ring.ts"]);

/**
 * Calls virtgen.
 * @param {string[]} call
 * @returns {string} what it prints
 */
function virtgen(call) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/bin/virtgen.js"), ...call], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`describe-runtime: virtgen ${call[0]} failed:\n${stderr}`);
  return stdout;
}

/**
 * The numbers of the rings, of the configuration and of the core's features as constants of their own: the bundler puts
 * such a constant where it is used, and leaves a member of a table to be looked up, which a ring's loops cannot afford.
 * @returns {string}
 */
function ringConstants() {
  const ir = /** @type {import("../src/ir/model.ts").Ir} */ (
    JSON.parse(virtgen(["ir", "specs/core/config.virtio", "specs/core/ring.virtio"]))
  );
  /** @type {Map<string, number>} */
  const numbers = new Map();
  for (const item of ir.modules.flatMap((module) => module.items)) {
    if (item.kind === "constant") numbers.set(item.cName, Number(item.value));
    else if (item.kind === "enum" || item.kind === "flags")
      for (const { cName, value } of item.constants) numbers.set(cName, Number(value));
    else if (item.kind === "features") for (const { cName, bit } of item.features) numbers.set(cName, bit);
    else if (item.kind === "struct" && typeof item.layout?.size === "number")
      numbers.set(`${item.name.toUpperCase()}_SIZE`, item.layout.size);
  }
  return [
    "// SPDX-License-Identifier: 0BSD",
    "// Numbers of specs/core/config.virtio and specs/core/ring.virtio, revision 1.4; sizes of structs in bytes. Made by",
    "//   npm start",
    "",
    ...[...numbers].map(([name, value]) => `export const ${name.replace(/^VIRT(?:Q|IO)_/, "")} = ${value};`),
    "",
  ].join("\n");
}

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
    virtgen(call);
    // The runtime imports each module by itself, and of the rings numbers alone.
    const names = (await readdir(out)).filter((name) => name.endsWith(".ts") && !unused.has(name));
    const files = await Promise.all(
      names.map(
        async (name) => /** @type {const} */ ([name, await asSource(await readFile(join(out, name), "utf8"), name)]),
      ),
    );
    const numbers = await asSource(ringConstants(), "ring-constants.ts");
    const all = [...files, /** @type {const} */ (["ring-constants.ts", numbers])];
    return new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
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
