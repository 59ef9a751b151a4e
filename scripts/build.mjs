// Builds dist/: the bundled command and library, and the type declarations beside them.
//
//   dist/bin/virtgen.js   the command, from src/cli/start.ts; it runs command.js, from src/cli/main.ts
//   dist/bin/code/        what V8 made of the command and of prettier in a run, so that the next starts with it
//   dist/index.js         the library, from src/index.ts
//   dist/runtime.js       what generated TypeScript imports, from src/runtime/index.ts
//   dist/chunk/           what both share
//   dist/types/           declarations, one a source file
//
// The command is bundled because chevrotain alone takes 0.3 s to import from its hundreds of files, and as CommonJS,
// because V8's code can be kept only of scripts. prettier and chokidar stay packages: few commands need them.
//
// specs/ and templates/ are not copied: they are read at run time from the package's folder.

import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** Each module's name under dist/, and the source file that it starts from. */
const modules = {
  index: "src/index.ts",
  runtime: "src/runtime/index.ts",
};

/** The same for scripts. */
const scripts = {
  "bin/virtgen": "src/cli/start.ts",
  "bin/command": "src/cli/main.ts",
  "bin/format-thread": "src/cli/format-thread.ts",
};

/** The script that is run as a program. */
const command = "bin/virtgen.js";

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

/** commander loads it to start commands that are programs of their own, of which virtgen has none. It takes 7 ms. */
const withoutChildProcess = {
  name: "without-child-process",
  /** @type {(id: string, importer: string | undefined) => string | undefined} */
  resolveId: (id, importer) =>
    id === "node:child_process" && importer?.includes("/commander/") === true ? "\0nothing" : undefined,
  /** @type {(id: string) => string | undefined} */
  load: (id) => (id === "\0nothing" ? "export default {}" : undefined),
};

/**
 * Bundles entries together.
 * @param {Record<string, string>} entries
 * @param {"esm" | "cjs"} format
 * @param {string} chunks the folder for what they share, and for what is loaded only when used
 * @returns {Promise<string[]>} the files written, relative to dist/
 */
async function bundle(entries, format, chunks) {
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: "node",
    external,
    plugins: [withoutChildProcess],
    // Fail on what would only show at run time: a missing import or export, a circle that leaves a name undefined.
    onLog(level, log, report) {
      report(level === "warn" ? "error" : level, log);
    },
  });
  const { output } = await build.write({
    dir: dist,
    format,
    // Half the text is half the time to read it at each start; names stay, for readable stack traces.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
    entryFileNames: "[name].js",
    chunkFileNames: `${chunks}/[name]-[hash].js`,
  });
  await build.close();
  return output.map((file) => file.fileName);
}

/** Scripts lie in a package of their own kind. What is recorded of them is of no use on another machine. */
const beside = { "bin/package.json": `${JSON.stringify({ type: "commonjs" })}\n`, "bin/.npmignore": "code/\n" };

async function bundleAll() {
  await mkdir(join(dist, "bin"), { recursive: true });
  for (const [file, text] of Object.entries(beside)) await writeFile(join(dist, file), text);
  const written = await Promise.all([
    bundle(modules, "esm", "chunk"),
    // Each alone: what starts the command loads no chunk but through the records.
    ...Object.entries(scripts).map(([name, source]) => bundle({ [name]: source }, "cjs", "bin/chunk")),
  ]);
  await chmod(join(dist, command), 0o755);
  return new Set([...Object.keys(beside), ...written.flat()]);
}

/**
 * Runs the command as users do, and has it record its code. Where a run fails, because a description is wrong just now,
 * the record holds less; where there is none, virtgen only starts slower.
 */
async function recordCode() {
  const folder = await mkdtemp(join(tmpdir(), "virtgen-code-"));
  try {
    await run(join(dist, command), ["check"]);
    await run(join(dist, command), ["build", "--out", folder]);
    const generated = (await filesBelow(folder)).filter((file) => file.endsWith(".ts"));
    await run(
      join(dist, "bin/format-thread.js"),
      generated.map((file) => join(folder, file)),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<void>} when it has ended, in whatever way
 */
function run(script, args) {
  const env = { ...process.env, VIRTGEN_NO_CACHE: "1", VIRTGEN_RECORD_CODE: "1" };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, env, stdio: "ignore" });
    child.on("error", reject);
    child.on("close", () => resolve());
  });
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
  const [typesAreRight, bundled] = await Promise.all([emitDeclarations(), bundleAll()]);
  await removeStale(bundled);
  await recordCode();
  if (!typesAreRight) process.exitCode = 1;
}

await build().catch((/** @type {unknown} */ error) => {
  // The bundler's message names the file and the line; its stack is of no use here.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
