// Builds dist/: the bundled command and library, and the type declarations beside them.
//
//   dist/bin/virtgen.js   the command, from src/cli/start.ts; it runs command.js, from src/cli/main.ts
//   dist/bin/code/        what V8 made of the command and of prettier in a run, so that the next starts with it
//   dist/index.js         the library, from src/index.ts
//   dist/trees/           the syntax trees of specs/, so that no run has to parse them
//   dist/runtime.js       what generated TypeScript imports, from src/runtime/index.ts
//   dist/devices.js       devices that are ready to use, from src/devices/index.ts; they import dist/runtime.js
//   dist/devices/node.js  what they need of Node, from src/devices/node/index.ts
//   dist/qtest.js         drivers against QEMU's devices, from src/qtest/index.ts; it imports dist/runtime.js
//   dist/chunk/           what several of these share
//   dist/types/           declarations, one a source file
//
// The command is bundled because chevrotain alone takes 0.3 s to import from its hundreds of files, and as CommonJS,
// because V8's code can be kept only of scripts. prettier and chokidar stay packages: few commands need them.
//
// specs/ and templates/ are not copied: they are read at run time from the package's folder.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** Each module's name under dist/, and the source file that it starts from. */
const modules = {
  "index": "src/index.ts",
  "runtime": "src/runtime/index.ts",
  "devices": "src/devices/index.ts",
  "devices/node": "src/devices/node/index.ts",
  "qtest": "src/qtest/index.ts",
};

/** The same for scripts. */
const scripts = {
  "bin/virtgen": "src/cli/start.ts",
  "bin/command": "src/cli/main.ts",
  "bin/format-thread": "src/cli/format-thread.ts",
};

/** The script that is run as a program. */
const command = "bin/virtgen.js";

/** What is imported at run time instead of bundled. Devices and what users generate are to share one runtime. */
const external = [/^prettier(\/|$)/, /^chokidar$/, /^koffi$/, /^virtgen\/runtime$/];

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

/** The code that parses descriptions and records their syntax trees. */
const treeRecorder = "src/cli/record-trees.ts";

/**
 * Bundles it as a program for this build.
 * @returns {Promise<{ code: string, hash: string }>} the hash stands for all that a recorded tree depends on
 */
async function bundleTreeRecorder() {
  const build = await rolldown({ cwd: root, input: treeRecorder, platform: "node" });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const { code } = output[0];
  return { code, hash: createHash("sha256").update(code).digest("hex") };
}

/**
 * Records the syntax trees of the descriptions.
 * @param {{ code: string, hash: string }} recorder
 */
async function recordTrees({ code, hash }) {
  const folder = await mkdtemp(join(tmpdir(), "virtgen-trees-"));
  try {
    const program = join(folder, "record-trees.mjs");
    await writeFile(program, code);
    const { recordTrees: record } = /** @type {typeof import("../src/cli/record-trees.ts")} */ (
      /** @type {unknown} */ (await import(pathToFileURL(program).href))
    );
    const paths = (await filesBelow(join(root, "specs"))).filter((path) => path.endsWith(".virtio"));
    const texts = paths.map(async (path) => ({
      path: `specs/${path}`,
      text: await readFile(join(root, "specs", path), "utf8"),
    }));
    record(root, hash, await Promise.all(texts));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Puts the hash of the code that makes syntax trees into the bundles.
 * @param {string} hash
 */
function withGrammarIdentity(hash) {
  return {
    name: "with-grammar-identity",
    /** @type {(id: string) => string | undefined} */
    load: (id) =>
      id === join(root, "src/cli/grammar-identity.ts")
        ? `export const grammarIdentity = ${JSON.stringify(hash)};`
        : undefined,
  };
}

/**
 * Bundles entries together.
 * @param {Record<string, string>} entries
 * @param {"esm" | "cjs"} format
 * @param {string} chunks the folder for what they share, and for what is loaded only when used
 * @param {string} grammar the hash of the code that makes syntax trees
 * @returns {Promise<string[]>} the files written, relative to dist/
 */
async function bundle(entries, format, chunks, grammar) {
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: "node",
    external,
    plugins: [withoutChildProcess, withGrammarIdentity(grammar)],
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

/** @param {string} grammar the hash of the code that makes syntax trees */
async function bundleAll(grammar) {
  await mkdir(join(dist, "bin"), { recursive: true });
  for (const [file, text] of Object.entries(beside)) await writeFile(join(dist, file), text);
  const written = await Promise.all([
    bundle(modules, "esm", "chunk", grammar),
    // Each alone: what starts the command loads no chunk but through the records.
    ...Object.entries(scripts).map(([name, source]) => bundle({ [name]: source }, "cjs", "bin/chunk", grammar)),
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
    // Once with the parser, then as it goes where no text has to be parsed.
    await run(join(dist, command), ["check"], { cwd: folder, env: { VIRTGEN_NO_CACHE: "1" } });
    await run(join(dist, command), ["check"], { cwd: folder });
    await run(join(dist, command), ["build", "--out", folder], { cwd: folder });
    const generated = (await filesBelow(folder)).filter((file) => file.endsWith(".ts"));
    await run(
      join(dist, "bin/format-thread.js"),
      generated.map((file) => join(folder, file)),
      { cwd: folder },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} settings
 * @returns {Promise<void>} when it has ended, in whatever way
 */
function run(script, args, { cwd, env = {} }) {
  const { VIRTGEN_NO_CACHE: _, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { ...inherited, ...env, VIRTGEN_RECORD_CODE: "1" },
      stdio: "ignore",
    });
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
  const recorder = await bundleTreeRecorder();
  const [typesAreRight, bundled] = await Promise.all([emitDeclarations(), bundleAll(recorder.hash)]);
  await removeStale(bundled);
  await recordTrees(recorder);
  await recordCode();
  if (!typesAreRight) process.exitCode = 1;
}

await build().catch((/** @type {unknown} */ error) => {
  // The bundler's message names the file and the line; its stack is of no use here.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
