import { readdirSync, readFileSync } from "node:fs";
import { covers, type ModuleRecord } from "./reader/record.ts";

const here = (path: string): URL => new URL(path, import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(here(path), "utf8"));

/** The facts of the standard as they are checked in, by module. */
export const records: ReadonlyMap<string, ModuleRecord> = new Map(
  readdirSync(here("facts")).map((file) => [file.replace(/\.json$/, ""), json(`facts/${file}`) as ModuleRecord]),
);

/** What differs for a reason, in some revisions (`1.1-1.4`). */
export interface Known {
  readonly module: string;
  readonly revisions: string;
  readonly reason: string;
  readonly names: readonly string[];
}

/** Stands for all of a module that nothing describes. */
export const everything = "everything";

/** A list of the folder `known`, for one revision: each as `module: name`, sorted. */
export function knownAt(file: string, revision: string): readonly string[] {
  return (json(`known/${file}.json`) as readonly Known[])
    .filter(({ revisions }) => covers(revisions, revision))
    .flatMap(({ module, names }) => names.map((name) => `${module}: ${name}`))
    .toSorted();
}
