// Compiles one .ksy to JavaScript with kaitai-struct-compiler: node kaitai.mjs INPUT OUTDIR

import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./peers.mjs";

const load = createRequire(join(cache, "package.json"));
/** @typedef {{ compile(language: string, ksy: unknown, importer: undefined, debug: boolean): Promise<Record<string, string>> }} Compiler */
const compiler = /** @type {Compiler} */ (load("kaitai-struct-compiler"));
const yaml = /** @type {{ load(text: string): unknown }} */ (load("js-yaml"));
const [input = "", out = ""] = process.argv.slice(2);
const files = await compiler.compile("javascript", yaml.load(readFileSync(input, "utf8")), undefined, false);
for (const [name, text] of Object.entries(files)) writeFileSync(join(out, name), text);
