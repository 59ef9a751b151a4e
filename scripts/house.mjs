// The house rules that no linter knows. Import circles are oxlint's (import/no-cycle).
//
//   node scripts/house.mjs     prints every breach, and ends with 1 when there is one

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["grammar", "src", "test", "bench", "scripts"];
const longest = 500;

/** Names that say nothing of what is inside, as a whole or as a part between dashes or dots. */
const emptyNames = /^(utils?|helpers?|common|misc|managers?)$/i;

/**
 * @typedef {object} SourceFile
 * @property {string} path relative to the project, with forward slashes
 * @property {string} text
 * @property {SourceImport[]} imports
 *
 * @typedef {object} SourceImport
 * @property {string} from what is written between the quotes
 * @property {string | undefined} file the path it means, relative to the project; nothing for a package
 * @property {number} line
 */

/** @typedef {(file: SourceFile) => Iterable<string>} Rule yields each breach, as `path:line: what is wrong` */

/** @type {Rule[]} */
const rules = [
  function* length({ path, text }) {
    // As long as its description; nobody writes it.
    if (path.startsWith("src/runtime/described/")) return;
    const lines = text.replace(/\n$/, "").split("\n").length;
    if (lines > longest) {
      yield `${path}:${longest + 1}: ${lines} lines, more than ${longest}: it is asking to be two files`;
    }
  },

  function* name({ path }) {
    for (const part of path.split("/")) {
      const empty = part.split(/[-_.]/).find((word) => emptyNames.test(word));
      if (empty) yield `${path}:1: "${empty}" does not say what is inside: name it for the thing that it holds`;
    }
  },

  function* targetReadsTheModelOnly({ path, imports }) {
    if (!path.startsWith("src/target/")) return;
    for (const { from, file, line } of imports) {
      if (file?.startsWith("grammar/")) {
        yield `${path}:${line}: a target imports "${from}": it reads the IR, never the AST`;
      }
    }
  },

  function* devicesNeedNodeOnlyThere({ path, imports }) {
    if (!path.startsWith("src/devices/") || path.startsWith("src/devices/node/")) return;
    for (const { from, file, line } of imports) {
      if (from.startsWith("node:") || file?.startsWith("src/devices/node/")) {
        yield `${path}:${line}: imports "${from}": only files in src/devices/node/ need Node, the rest also runs in a browser`;
      }
    }
  },

  function* devicesStandOnThePackage({ path, imports }) {
    if (!path.startsWith("src/devices/")) return;
    for (const { from, file, line } of imports) {
      const own = file?.startsWith("src/devices/") || file?.startsWith("generated/typescript/");
      if (!own && from !== "virtgen/runtime" && !from.startsWith("node:")) {
        yield `${path}:${line}: imports "${from}": devices have the runtime by its name "virtgen/runtime", as users do, and nothing else`;
      }
    }
  },

  function* qtestStandsOnThePackage({ path, imports }) {
    if (!path.startsWith("src/qtest/")) return;
    for (const { from, file, line } of imports) {
      const own = file?.startsWith("src/qtest/") || file?.startsWith("generated/typescript/");
      if (!own && !["virtgen/runtime", "koffi"].includes(from) && !from.startsWith("node:")) {
        yield `${path}:${line}: imports "${from}": what drives QEMU's devices has the runtime by its name "virtgen/runtime", as users do`;
      }
    }
  },

  function* runtimeStandsAlone({ path, imports }) {
    if (!path.startsWith("src/runtime/")) return;
    const onNode = path.startsWith("src/runtime/node/");
    for (const { from, file, line } of imports) {
      if (file?.startsWith("src/runtime/node/") && !onNode) {
        yield `${path}:${line}: imports "${from}": only files in src/runtime/node/ need Node, the rest also runs in a browser`;
      } else if (file === undefined && from.startsWith("node:")) {
        if (!onNode) {
          yield `${path}:${line}: imports "${from}" outside src/runtime/node/: the runtime also runs in a browser`;
        }
      } else if (!file?.startsWith("src/runtime/")) {
        yield `${path}:${line}: the runtime imports "${from}": it has no dependency outside src/runtime/`;
      }
    }
  },
];

/**
 * Finds what a file imports or re-exports: statements, and import() of a plain string.
 * @param {string} path
 * @param {string} text
 * @returns {SourceImport[]}
 */
function importsOf(path, text) {
  const statement = /^(?:import|export)\s(?:[^"'`;]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
  return [...text.matchAll(statement)].map((match) => {
    const from = match[1] ?? match[2] ?? "";
    return {
      from,
      file: from.startsWith(".") ? join(dirname(path), from) : undefined,
      line: text.slice(0, match.index).split("\n").length,
    };
  });
}

/** @returns {Promise<SourceFile[]>} every source file, in the order of their paths */
async function sourceFiles() {
  const paths = [];
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    paths.push(...entries.filter((entry) => /\.(ts|mjs)$/.test(entry)).map((entry) => join(folder, entry)));
  }
  const reads = paths.toSorted().map(async (path) => {
    const text = await readFile(join(root, path), "utf8");
    return { path, text, imports: importsOf(path, text) };
  });
  return Promise.all(reads);
}

const files = await sourceFiles();
const breaches = files.flatMap((file) => rules.flatMap((rule) => Array.from(rule(file))));
if (/"resolved":/.test(await readFile(join(root, "package-lock.json"), "utf8"))) {
  breaches.push('package-lock.json:1: "resolved" ties the lock to one registry: write it with the settings of .npmrc');
}
for (const breach of breaches) console.error(breach);
console.log(
  `house rules: ${files.length} files, ${breaches.length === 0 ? "nothing to say" : `${breaches.length} breaches`}`,
);
process.exitCode = breaches.length === 0 ? 0 : 1;
