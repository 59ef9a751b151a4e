import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { CallError, reasonOf } from "./call-error.ts";

const ending = ".hbs";

/** A folder's templates; the keys are paths in it without `.hbs`. */
export interface TemplateFolder {
  readonly texts: ReadonlyMap<string, string>;
  /** What opens each file, as the call named the folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** @throws CallError where there are no templates, or one cannot be read. */
export function readTemplates(folder: string): TemplateFolder {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(ending))
      .toSorted();
    if (names.length === 0)
      throw new CallError(
        "V9003",
        `'${folder}' holds no template`,
        `templates are handlebars files whose names end in ${ending}`,
      );
    const keys = names.map((name) => ({
      key: name.split(sep).join("/").slice(0, -ending.length),
      file: join(folder, name),
    }));
    return {
      texts: new Map(keys.map(({ key, file }) => [key, readFileSync(file, "utf8")])),
      files: new Map(keys.map(({ key, file }) => [key, file])),
    };
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError(
      "V9002",
      `cannot read the templates in '${folder}': ${reasonOf(error)}`,
      `name a folder with templates: handlebars files whose names end in ${ending}`,
    );
  }
}
