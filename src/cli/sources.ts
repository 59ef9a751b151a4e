import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { SourceText } from '../compile.ts';
import { CallError, reasonOf } from './call-error.ts';
import { packageFolder } from './package-folder.ts';

export interface Sources {
  /** What the call is about. */
  readonly asked: readonly SourceText[];
  /** virtgen's own core and transports, which every description may name; without those that are asked for. */
  readonly library: readonly SourceText[];
}

const ending = '.virtio';

/**
 * Reads the descriptions that a call names: files, folders, `-` for standard input; without any, all that come with
 * virtgen. Paths are kept as given, so that places in messages can be clicked.
 * @throws CallError for what cannot be read.
 */
export function readSources(names: readonly string[]): Sources {
  const bundled = bundledSources();
  if (names.length === 0) return { asked: bundled, library: [] };
  const asked = names.flatMap((name) => readNamed(name));
  const modules = new Set(asked.map((source) => moduleName(source.text)));
  const library = bundled.filter((source) => !source.path.includes('specs/device/') && !modules.has(moduleName(source.text)));
  return { asked, library };
}

/** The name at the head of a description, cheaply: a file of the user's takes the place of virtgen's own. */
function moduleName(text: string): string {
  return /^\s*(?:device|transport|core)\s+(\w+)/m.exec(text)?.[1] ?? '';
}

function bundledSources(): readonly SourceText[] {
  const folder = packageFolder();
  const here = process.cwd();
  // In the project's own folder the paths are short; elsewhere they say where virtgen is installed.
  const base = relative(here, folder) === '' ? here : folder;
  return filesBelow(join(folder, 'specs')).map((path) => ({ path: relative(base, path).split(sep).join('/'), text: read(path) }));
}

function readNamed(name: string): readonly SourceText[] {
  if (name === '-') return [{ path: '<stdin>', text: decode(readFileSync(0), '<stdin>') }];
  let isFolder: boolean;
  try {
    isFolder = statSync(name).isDirectory();
  } catch (error) {
    throw new CallError('V9002', `cannot read '${name}': ${reasonOf(error)}`, 'name a description, a folder of descriptions, or - for standard input');
  }
  if (!isFolder) return [{ path: name, text: read(name) }];
  const files = filesBelow(name);
  if (files.length === 0) throw new CallError('V9003', `'${name}' is a folder without any ${ending} file`, `name a file, or a folder with *${ending} files in it`);
  return files.map((path) => ({ path: path.split(sep).join('/'), text: read(path) }));
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .toSorted()
      .map((name) => join(folder, name));
  } catch (error) {
    throw new CallError('V9002', `cannot read '${folder}': ${reasonOf(error)}`);
  }
}

function read(path: string): string {
  try {
    return decode(readFileSync(path), path);
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError('V9002', `cannot read '${path}': ${reasonOf(error)}`);
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CallError('V9002', `'${path}' is no UTF-8 text`, 'a description is a text file in UTF-8');
  }
}
