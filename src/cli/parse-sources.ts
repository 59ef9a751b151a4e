import { join, resolve } from "node:path";
import type { File } from "../../grammar/ast.ts";
import type { ParseResult } from "../../grammar/parse.ts";
import { cacheFolder, recordName, remembers } from "./cache-folder.ts";
import { optimizeLater } from "./code-cache.ts";
import { grammarIdentity } from "./grammar-identity.ts";
import { packageFolder } from "./package-folder.ts";
import { inputPath, type Source } from "./sources.ts";
import { shippedTree } from "./shipped-tree.ts";
import { readTree, writeTree } from "./syntax-tree-record.ts";

/**
 * What `parse` says of each. The trees of texts without errors are recorded: those of virtgen's own descriptions by its
 * build, the others beside what the last runs found out. The parser, which takes longer to start than to read a
 * description, is loaded only for a text that has no record.
 */
export async function parseSources(sources: readonly Source[]): Promise<readonly ParseResult[]> {
  const trees = grammarIdentity === undefined || !remembers() ? undefined : new Trees(grammarIdentity);
  const recalled = sources.map((source) => trees?.recall(source));
  if (recalled.every((file) => file !== undefined)) return recalled.map((file) => ({ file, diagnostics: [] }));
  // As in the process that made the record of the parser's code.
  optimizeLater();
  const { parse } = await import("../../grammar/parse.ts");
  return sources.map((source, index) => {
    const file = recalled[index];
    if (file !== undefined) return { file, diagnostics: [] };
    const parsed = parse(source.path, source.text);
    if (parsed.file !== undefined && parsed.diagnostics.length === 0) trees?.remember(source, parsed.file);
    return parsed;
  });
}

/** The records of syntax trees. */
class Trees {
  private readonly grammar: string;
  private readonly shipped = packageFolder();
  private readonly own = cacheFolder();

  constructor(grammar: string) {
    this.grammar = grammar;
  }

  recall(source: Source): File | undefined {
    return this.read(shippedTree(this.shipped, source.path), source) ?? this.read(this.ownRecord(source), source);
  }

  remember(source: Source, tree: File): void {
    const record = this.ownRecord(source);
    if (record === undefined) return;
    try {
      writeTree(record, this.grammar, source.text, tree);
    } catch {
      // The next run parses it again.
    }
  }

  private read(record: string | undefined, source: Source): File | undefined {
    return record === undefined ? undefined : readTree(record, this.grammar, source);
  }

  /** Each file of the user's has one record, whatever it holds. */
  private ownRecord(source: Source): string | undefined {
    if (this.own === undefined || source.path === inputPath) return undefined;
    return join(this.own, "trees", recordName(resolve(source.file)));
  }
}
