import type { CConstant, CHeader, CPlace, CStruct, CTypedef } from "../c-header/header-model.ts";
import { readHeader } from "../c-header/read-header.ts";
import { generate } from "../generate.ts";
import type { Ir, Revision } from "../ir/model.ts";
import { c } from "../target/c/target.ts";
import type { Templates } from "../target/templates.ts";

/** The two ways in which headers name things: as Linux does, or as the standard. */
export type Naming = "linux" | "spec";

/** What a header has to declare, one that virtgen itself writes in a naming. */
export interface Expectation {
  readonly naming: Naming;
  /** The names of its headers, without a folder. */
  readonly headers: readonly string[];
  /** By name; the header that declares it is its `file`. */
  readonly constants: ReadonlyMap<string, CConstant>;
  readonly structs: ReadonlyMap<string, CStruct>;
  readonly typedefs: ReadonlyMap<string, CTypedef>;
  readonly enums: ReadonlyMap<string, CPlace>;
  readonly others: ReadonlyMap<string, CPlace>;
}

/**
 * What a description demands of headers. It is read from those that virtgen writes from it, with the same reader as
 * what is compared with them: so there is one place that decides what a description means in C.
 * @param ir every revision at once
 */
export function expectation(ir: Ir, naming: Naming, revision: Revision, templates: Templates): Expectation {
  const files = new Map(
    generate(ir, c, { templates, profile: naming, revision }).map((file) => [baseName(file.path), file.text]),
  );
  const read = [...files].map(([name, text]) =>
    readHeader(name, text, (include) => {
      const found = files.get(baseName(include));
      return found === undefined ? undefined : { file: baseName(include), text: found };
    }),
  );
  const own = <E extends CPlace>(of: (header: CHeader) => ReadonlyMap<string, E>): ReadonlyMap<string, E> =>
    new Map(read.flatMap((header) => [...of(header)].filter(([, one]) => one.file === header.file)));
  return {
    naming,
    headers: [...files.keys()],
    constants: own((header) => header.constants),
    structs: own((header) => header.structs),
    typedefs: own((header) => header.typedefs),
    enums: own((header) => header.enums),
    others: own((header) => header.others),
  };
}

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
