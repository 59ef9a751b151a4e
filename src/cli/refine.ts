import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isUtf8 } from "node:buffer";
import type { FindInclude } from "../c-header/preprocess.ts";
import { readHeader } from "../c-header/read-header.ts";
import { nearest } from "../diagnostic/suggest.ts";
import type { Module } from "../ir/model.ts";
import { Ground } from "../refine/ground.ts";
import { refineHeaders } from "../refine/refine-headers.ts";
import { renderMarkdown } from "../refine/render-markdown.ts";
import { renderText } from "../refine/render-text.ts";
import type { RefineReport } from "../refine/report-model.ts";
import { Templates } from "../target/templates.ts";
import { CallError, reasonOf } from "./call-error.ts";
import { compileAsked, revisionOf } from "./ir.ts";
import { packageFolder } from "./package-folder.ts";
import { readSources } from "./sources.ts";
import { readTemplates } from "./template-files.ts";

export interface RefineOptions {
  readonly device?: string;
  readonly revision: string;
  readonly format: string;
  readonly include: readonly string[];
}

const formats = ["text", "markdown", "json"] as const;

/** More than any header: the largest of virtio's has 15 thousand bytes. */
const mostBytes = 1 << 20;

/** How far up from a header its includes are looked for: `linux/virtio_ids.h` from within `linux/`. */
const levelsUp = 3;

/** `virtgen refine`: holds C headers that somebody else wrote against the descriptions. @returns 1 where they differ */
export async function refine(files: readonly string[], options: RefineOptions): Promise<number> {
  const format = formats.find((one) => one === options.format);
  if (format === undefined)
    throw new CallError("V9006", `there is no format '${options.format}'`, `possible are ${formats.join(", ")}`);
  const revision = revisionOf(options.revision);
  const headers = files.map((file) => readHeader(file, readText(file), finder(options.include)));
  const compiled = await compileAsked(await readSources([]));
  if (compiled === undefined) return 1;
  const { texts } = readTemplates(join(packageFolder(), "templates/c"));
  const ground = new Ground(compiled.ir, revision, new Templates(texts));
  const device = options.device === undefined ? undefined : moduleNamed(options.device, ground);
  const report = refineHeaders(headers, ground, device);
  refuseStrangers(report);
  process.stdout.write(
    format === "json"
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : format === "markdown"
        ? renderMarkdown(report)
        : renderText(report),
  );
  return report.headers.some((header) => header.differences.length > 0) ? 1 : 0;
}

/** @throws CallError where no header has anything to do with a description. */
function refuseStrangers(report: RefineReport): void {
  const [first] = report.headers;
  if (first === undefined || report.headers.some((header) => header.devices.length > 0)) return;
  const [unreadable] = first.summary.unreadable;
  throw new CallError(
    "V9010",
    `'${first.file}' declares nothing that a description has${report.headers.length > 1 ? ", and neither do the others" : ""}`,
    `${unreadable === undefined ? "" : `${unreadable.file ?? first.file}:${unreadable.line ?? 1}: ${unreadable.says}; `}name the device with --device to see what is missing`,
  );
}

function moduleNamed(name: string, ground: Ground): Module {
  const found = ground.modules.find((module) => module.name === name);
  if (found !== undefined) return found;
  const names = ground.modules.map((module) => module.name);
  const likely = nearest(name, names);
  throw new CallError(
    "V9006",
    `there is no description '${name}' at ${ground.revision}`,
    `${likely === undefined ? "" : `'${likely}' is near; `}there are ${names.join(", ")}`,
  );
}

/** @throws CallError for what cannot be read or is no text. */
function readText(file: string): string {
  let bytes: Buffer;
  try {
    const { size } = statSync(file);
    if (size > mostBytes)
      throw new CallError("V9002", `'${file}' has ${size} bytes; a header may have ${mostBytes}`, "name a header");
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError("V9002", `cannot read '${file}': ${reasonOf(error)}`, "name a C header");
  }
  if (bytes.includes(0)) throw new CallError("V9002", `'${file}' is no text: it holds bytes of 0`, "name a C header");
  // Names and numbers are ASCII; old headers have names of people in Latin-1 in their comments.
  return isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("latin1");
}

/** Looks for an included file beside the one that includes it, above that, and in folders that the call names. */
function finder(folders: readonly string[]): FindInclude {
  return (name, from) => {
    const around = [dirname(from)];
    for (let level = 0; level < levelsUp; level++) around.push(join(around.at(-1) ?? ".", ".."));
    for (const folder of [...folders, ...around]) {
      const file = join(folder, name);
      try {
        if (statSync(file).size <= mostBytes && statSync(file).isFile()) return { file, text: readText(file) };
      } catch {
        // It is not there, or no text: it is looked for in the next folder, and said where it is in none.
      }
    }
    return undefined;
  };
}
