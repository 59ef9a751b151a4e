import type { File } from "../../grammar/ast.ts";
import { readRecord, writeRecord } from "./record-file.ts";
import { decodeTree, encodeTree } from "./syntax-tree-text.ts";

/**
 * The tree that a record holds of a text. Undefined where there is no record, or not as it was written, or of another
 * text or grammar.
 * @param grammar stands for the code that made the tree
 */
export function readTree(record: string, grammar: string, source: { path: string; text: string }): File | undefined {
  const tree = readRecord(record, derivedFrom(grammar, source.text));
  return tree === undefined ? undefined : decodeTree(source.path, tree.toString("utf8"));
}

/** Records the tree of a text without errors. Whether that was possible: not every tree can be recorded. */
export function writeTree(record: string, grammar: string, text: string, tree: File): boolean {
  const encoded = encodeTree(tree);
  if (encoded === undefined) return false;
  writeRecord(record, derivedFrom(grammar, text), Buffer.from(encoded));
  return true;
}

function derivedFrom(grammar: string, text: string): Buffer {
  return Buffer.from(`${grammar}\n${text}`);
}
