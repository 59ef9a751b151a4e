// Keeps the excerpts in README.md and docs/ what virtgen really reads and writes. An excerpt stands between
//
//   <!-- excerpt FILE from "LINE" to "LINE" -->
//   <!-- end -->
//
// FILE is a file of the project, or, below generated/, one that a build of everything writes. A LINE that ends with …
// is the beginning of one.
//
//   node scripts/excerpts.mjs     writes them anew; the command has to be built

import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pattern = /^<!-- excerpt (\S+) from "(.+)" to "(.+)" -->\n[^]*?^<!-- end -->$/gm;

/** The languages of fenced blocks, by the ending of a file; Markdown is shown as it is. */
const languages = /** @type {Record<string, string>} */ ({
  ".virtio": "c",
  ".h": "c",
  ".ts": "ts",
  ".hbs": "handlebars",
  ".rs": "rust",
});

/** The documents that have excerpts. */
export async function documents() {
  const docs = await readdir(join(root, "docs"));
  return ["README.md", ...docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
}

/**
 * A document with its excerpts as they should be.
 * @param {string} document path of the document in the project
 * @param {string} built folder in which a build of everything was made
 * @returns {Promise<string>}
 */
export async function withExcerpts(document, built) {
  const text = await readFile(join(root, document), "utf8");
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, file = "", from = "", to = ""] = match;
    const source = await readFile(join(file.startsWith("generated/") ? built : root, file), "utf8");
    parts.push(
      text.slice(end, match.index),
      whole.split("\n")[0],
      "\n",
      shown(file, lines(file, source, from, to)),
      "<!-- end -->",
    );
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)].join("");
}

/**
 * @param {string} file
 * @param {string} source
 * @param {string} from
 * @param {string} to
 * @returns {string}
 */
function lines(file, source, from, to) {
  const all = source.split("\n");
  const first = all.findIndex((line) => matches(line, from));
  const last = all.findIndex((line, index) => index >= first && matches(line, to));
  if (first === -1 || last === -1) throw new Error(`excerpts: ${file} has no lines from "${from}" to "${to}"`);
  return all.slice(first, last + 1).join("\n");
}

/**
 * @param {string} line
 * @param {string} wanted
 * @returns {boolean}
 */
function matches(line, wanted) {
  return wanted.endsWith("…") ? line.startsWith(wanted.slice(0, -1)) : line === wanted;
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {string}
 */
function shown(file, text) {
  const language = languages[extname(file)];
  return language === undefined ? `\n${text}\n\n` : `\n\`\`\`${language}\n${text}\n\`\`\`\n\n`;
}

/**
 * Builds everything into a folder.
 * @param {string} folder
 */
export function buildInto(folder) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/bin/virtgen.js"), "build"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`excerpts: the build failed:\n${stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = await mkdtemp(join(tmpdir(), "virtgen-excerpts-"));
  try {
    buildInto(folder);
    for (const document of await documents())
      await writeFile(join(root, document), await withExcerpts(document, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
