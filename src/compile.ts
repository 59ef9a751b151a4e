import { parse } from "../grammar/parse.ts";
import { compileParsed, type Compilation, type SourceText } from "./compile-parsed.ts";

export type { Compilation, SourceText } from "./compile-parsed.ts";

/**
 * Parses, builds and checks descriptions together, in every revision at once. Never throws over what they say.
 * Where a text has syntax errors these are all that is reported: what else is wrong cannot be told yet.
 */
export function compile(sources: readonly SourceText[]): Compilation {
  return compileParsed(
    sources,
    sources.map((source) => parse(source.path, source.text)),
  );
}
