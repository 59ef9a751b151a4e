import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join, relative, sep } from "node:path";
import type { SourceText } from "../compile-parsed.ts";
import { CallError, reasonOf } from "./call-error.ts";
import { packageFolder } from "./package-folder.ts";
import { count, grouped } from "./report.ts";

/** A description. `path` is what goes into the IR and so into generated files: relative, the same on every machine. */
export interface Source extends SourceText {
  /** What opens the file from here, as the call named it: for messages and build systems. */
  readonly file: string;
}

export interface Sources {
  /** What the call is about. */
  readonly asked: readonly Source[];
  /** Those of virtgen's own descriptions that they may name. */
  readonly library: readonly Source[];
  /** The arguments of the call, relative to the working directory; empty where it named none. */
  readonly names: readonly string[];
}

const ending = ".virtio";
const standardInput = "-";
/** The path of standard input, in places and banners. */
export const inputPath = "<stdin>";

/** The largest description of the standard has 70 thousand bytes. More than this is no description. */
const mostBytes = 1 << 20;

/** Of all that one call names: this much takes about 10 s and 1 GB. */
const mostBytesTogether = 8 << 20;

/**
 * Reads the descriptions that a call names: files, folders, `-` for standard input; without any, all that come with
 * virtgen. What is named twice is read once.
 * @throws CallError for what cannot be read.
 */
export async function readSources(names: readonly string[]): Promise<Sources> {
  const bundled = bundledSources();
  if (names.length === 0) return { asked: bundled, library: [], names: [] };
  const asked: Source[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    for (const file of name === standardInput ? [name] : filesNamed(name)) {
      const key = file === standardInput ? file : realpathSync(file);
      if (seen.has(key)) continue;
      seen.add(key);
      asked.push(file === standardInput ? await readInput() : { path: fromHere(file), file, text: read(file) });
    }
  }
  refuseTooMuch(asked);
  return {
    asked,
    library: libraryFor(asked, bundled),
    names: names.map((name) => (name === standardInput ? name : fromHere(name))),
  };
}

/** Whether an argument is a description, a folder of them or standard input, and not the name of a device (`net`). */
export function isDescriptionName(name: string): boolean {
  if (name === standardInput || name.endsWith(ending) || /[./\\]/.test(name)) return true;
  return (
    statSync(name, { throwIfNoEntry: false }) !== undefined &&
    !bundledSources().some((one) => moduleName(one.text) === name)
  );
}

/** A path as it is written from the working directory: no part of it says where that lies. */
export function fromHere(path: string): string {
  return relative(".", path).split(sep).join("/") || ".";
}

/**
 * virtgen's own core and transports, which every description may name, and the devices that are named (`struct
 * crypto.akcipher …`). A file of the user's takes the place of virtgen's own of the same name.
 */
function libraryFor(asked: readonly Source[], bundled: readonly Source[]): readonly Source[] {
  const taken = new Set(asked.map((source) => moduleName(source.text)));
  const others = bundled.filter((source) => !taken.has(moduleName(source.text)));
  const library = new Set(others.filter((source) => !source.path.startsWith("specs/device/")));
  const look = [...asked, ...library];
  for (const source of look) {
    // Nothing is left that could be named: all that comes with virtgen is in, or replaced.
    if (library.size === others.length) break;
    const words = new Set(Array.from(source.text.matchAll(/\b(\w+)\s*\./g), (match) => match[1]));
    for (const other of others) {
      if (library.has(other) || !words.has(moduleName(other.text))) continue;
      library.add(other);
      look.push(other);
    }
  }
  return others.filter((source) => library.has(source));
}

/** The name at the head of a description, cheaply. */
function moduleName(text: string): string {
  return /^\s*(?:device|transport|core)\s+(\w+)/m.exec(text)?.[1] ?? "";
}

function bundledSources(): readonly Source[] {
  const folder = packageFolder();
  return filesBelow(join(folder, "specs")).map((file) => {
    const here = fromHere(file);
    return {
      path: relative(folder, file).split(sep).join("/"),
      file: here.startsWith("../") ? file : here,
      text: read(file),
    };
  });
}

function filesNamed(name: string): readonly string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(name).isDirectory();
  } catch (error) {
    throw new CallError(
      "V9002",
      `cannot read '${name}': ${reasonOf(error)}`,
      "name a description, a folder of descriptions, or - for standard input",
    );
  }
  if (!isFolder) return [name];
  const files = filesBelow(name);
  if (files.length === 0)
    throw new CallError(
      "V9003",
      `'${name}' is a folder without any ${ending} file`,
      `name a file, or a folder with *${ending} files in it`,
    );
  return files;
}

/** Descriptions in a folder and below, in the order of their names; not those of installed packages or hidden folders. */
function filesBelow(folder: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new CallError("V9002", `cannot read '${folder}': ${reasonOf(error)}`);
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.name.endsWith(ending) ? [path] : [];
    });
}

function read(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > mostBytes) throw tooLarge(file, size);
    return decode(readFileSync(file), file);
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError("V9002", `cannot read '${file}': ${reasonOf(error)}`);
  }
}

async function readInput(): Promise<Source> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of process.stdin) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      size += bytes.length;
      if (size > mostBytes) throw tooLarge(inputPath);
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError("V9002", `cannot read standard input: ${reasonOf(error)}`);
  }
  return { path: inputPath, file: inputPath, text: decode(Buffer.concat(chunks), inputPath) };
}

/** @param size in bytes, where it is known: standard input is not read further than to the limit. */
function tooLarge(name: string, size?: number): CallError {
  const limit = grouped(mostBytes);
  return new CallError(
    "V9002",
    size === undefined
      ? `'${name}' has more than the ${limit} bytes that a description may have`
      : `'${name}' has ${grouped(size)} bytes; a description may have ${limit}`,
    "describe each device in a file of its own; all that comes with virtgen is smaller than this limit",
  );
}

/** @throws CallError where the descriptions of a call are together more than it can check in moderate memory. */
function refuseTooMuch(asked: readonly Source[]): void {
  const size = asked.reduce((sum, source) => sum + Buffer.byteLength(source.text), 0);
  if (size <= mostBytesTogether) return;
  throw new CallError(
    "V9002",
    `${count(asked.length, "description")} have ${grouped(size)} bytes; all of a call together may have ${grouped(mostBytesTogether)}`,
    "name fewer of them in one call",
  );
}

function decode(bytes: Buffer, name: string): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const wide = bytes.subarray(0, 2);
  const isWide = wide.equals(Buffer.from([0xff, 0xfe])) || wide.equals(Buffer.from([0xfe, 0xff]));
  throw new CallError(
    "V9002",
    `'${name}' is no UTF-8 text: ${isWide ? "it is UTF-16" : `line ${firstBadLine(bytes)} holds other bytes`}`,
    "save it as UTF-8",
  );
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    if (newline === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
