import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { CallError, isSystemError, reasonOf } from "./call-error.ts";

/** A file as it should be. */
export interface Replacement {
  readonly path: string;
  readonly text: string;
}

interface Staged extends Replacement {
  readonly temporary: string;
}

let serial = 0;

/**
 * Writes files so that all of them change or none: each is first written beside its place, then they are moved there,
 * which a reader sees as the old text or the new, never a part.
 * @throws CallError where one cannot be written; nothing has changed then.
 */
export function replaceFiles(files: readonly Replacement[]): void {
  const staged: Staged[] = [];
  const made: string[] = [];
  let current = "";
  try {
    for (const file of files) {
      current = file.path;
      makeFolder(dirname(file.path), made);
      const temporary = join(dirname(file.path), `.${basename(file.path)}.virtgen-${process.pid}-${++serial}`);
      staged.push({ ...file, temporary });
      writeWhole(temporary, file.text, modeOf(file.path));
    }
    for (const file of staged) {
      current = file.path;
      renameSync(file.temporary, file.path);
    }
  } catch (error) {
    for (const file of staged) rmSync(file.temporary, { force: true });
    for (const folder of made.toReversed()) removeIfEmpty(folder);
    if (!isSystemError(error)) throw error;
    throw new CallError(
      "V9004",
      `cannot write '${current}': ${reasonOf(error)}`,
      "nothing was changed; free the place, or choose another folder with --out",
    );
  }
}

/**
 * Writes a file where there is none, whole or not at all.
 * @returns false where there is one: it stays as it is
 * @throws CallError where it cannot be written
 */
export function writeOnce(path: string, text: string): boolean {
  if (readIfThere(path) !== undefined) return false;
  const temporary = join(dirname(path), `.${basename(path)}.virtgen-${process.pid}-${++serial}`);
  let staged = false;
  try {
    makeFolder(dirname(path), []);
    staged = true;
    writeWhole(temporary, text, 0o666);
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // It has come meanwhile.
    if (staged && error.code === "EEXIST") return false;
    throw new CallError(
      "V9004",
      `cannot write '${path}': ${reasonOf(error)}`,
      "free the place, or choose another folder",
    );
  } finally {
    if (staged) rmSync(temporary, { force: true });
  }
}

function writeWhole(path: string, text: string, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a folder and those above it, and adds what it made to `made`. Not by mkdir's own `recursive`, which Node 20
 * repeats for ever where the system lets nobody make a folder (`/proc`).
 */
function makeFolder(folder: string, made: string[]): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), made);
  try {
    mkdirSync(folder);
    made.push(folder);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** Removes a folder that holds nothing any more. */
export function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return 0o666;
  }
}

/** A file's text; undefined where there is no file. @throws CallError where something else is there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new CallError(
      "V9004",
      `cannot write '${path}': ${reasonOf(error)}`,
      "free the place, or choose another folder with --out",
    );
  }
}
