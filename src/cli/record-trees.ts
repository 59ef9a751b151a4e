import { parse } from "../../grammar/parse.ts";
import { shippedTree } from "./shipped-tree.ts";
import { writeTree } from "./syntax-tree-record.ts";

/**
 * Records the syntax trees of virtgen's own descriptions. Only virtgen's build calls this. One with errors, in the
 * middle of an edit, gets no record: it is parsed in every run.
 * @param grammar stands for the code of this function and of all it calls
 * @returns the files written
 */
export function recordTrees(
  packageFolder: string,
  grammar: string,
  descriptions: readonly { readonly path: string; readonly text: string }[],
): readonly string[] {
  return descriptions.flatMap(({ path, text }) => {
    const record = shippedTree(packageFolder, path);
    const { file, diagnostics } = parse(path, text);
    if (record === undefined || file === undefined || diagnostics.length > 0) return [];
    return writeTree(record, grammar, text, file) ? [record] : [];
  });
}
