// Builds dist/: the bundled command and library, and the type declarations beside them.
//
//   dist/bin/virtgen.js   the command, from src/cli/main.ts
//   dist/index.js         the library, from src/index.ts
//   dist/runtime.js       what generated TypeScript imports, from src/runtime/index.ts
//   dist/chunk/           what both share, and what is loaded only when used
//   dist/types/           declarations, one a source file
//
// The command is bundled because chevrotain alone takes 0.3 s to import from its hundreds of files. prettier and
// chokidar stay packages: few commands need them, and those import them when they do.
//
// specs/ and templates/ are not copied: they are read at run time from the package's folder.

import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, readdir, rm, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** Each bundle's name under dist/, and the source file that it starts from. */
const entries = {
  "index": "src/index.ts",
  "runtime": "src/runtime/index.ts",
  "bin/virtgen": "src/cli/main.ts",
  "bin/format-thread": "src/cli/format-thread.ts",
};

/** The entry that is run as a program. */
const command = "bin/virtgen";

/** Packages that are imported at run time instead of bundled. */
const external = [/^prettier(\/|$)/, /^chokidar$/];

/**
 * Type-checks grammar/ and src/ and writes their declarations.
 * @returns {Promise<boolean>} whether the sources are free of type errors
 */
function emitDeclarations() {
  return new Promise((resolve, reject) => {
    const tsc = spawn(join(root, "node_modules/.bin/tsc"), ["-b", "tsconfig.program.json"], {
      cwd: root,
      stdio: "inherit",
    });
    tsc.on("error", reject);
    tsc.on("close", (code) => resolve(code === 0));
  });
}

/**
 * Bundles the entries.
 * @returns {Promise<Set<string>>} the files written, relative to dist/
 */
async function bundle() {
  const hasHashbang = (await readFile(join(root, entries[command]), "utf8")).startsWith("#!");
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: "node",
    external,
    // Fail on what would only show at run time: a missing import or export, a circle that leaves a name undefined.
    onLog(level, log, report) {
      report(level === "warn" ? "error" : level, log);
    },
  });
  const { output } = await build.write({
    dir: dist,
    format: "esm",
    // Half the text is half the time to read it at each start; names stay, for readable stack traces.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
    entryFileNames: "[name].js",
    // A source's own hashbang is kept by the bundler; without one the command would not start.
    banner: (chunk) => (chunk.name === command && !hasHashbang ? "#!/usr/bin/env node" : ""),
    chunkFileNames: "chunk/[name]-[hash].js",
  });
  await build.close();
  return new Set(output.map((file) => file.fileName));
}

/**
 * Lists the files in a folder and below.
 * @param {string} folder
 * @returns {Promise<string[]>} paths relative to the folder, with forward slashes
 */
async function filesBelow(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/**
 * Removes what an earlier build wrote and this one did not. dist/ is not emptied first, so that a command which runs
 * meanwhile keeps finding its files.
 * @param {Set<string>} bundled files of this build, relative to dist/
 */
async function removeStale(bundled) {
  const stale = [];
  for (const file of await filesBelow(dist)) {
    if (file.startsWith("types/")) {
      const declares = /^types\/(.*)\.d\.ts$/.exec(file)?.[1];
      if (declares !== undefined && !(await exists(join(root, `${declares}.ts`)))) stale.push(file);
    } else if (!bundled.has(file)) {
      stale.push(file);
    }
  }
  await Promise.all(stale.map((file) => rm(join(dist, file), { force: true })));
}

/**
 * @param {string} path
 * @returns {Promise<boolean>} whether a file stands at the path
 */
async function exists(path) {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function build() {
  await mkdir(dist, { recursive: true });
  const [typesAreRight, bundled] = await Promise.all([emitDeclarations(), bundle()]);
  await removeStale(bundled);
  await chmod(join(dist, `${command}.js`), 0o755);
  if (!typesAreRight) process.exitCode = 1;
}

await build().catch((/** @type {unknown} */ error) => {
  // The bundler's message names the file and the line; its stack is of no use here.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
