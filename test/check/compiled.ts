import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, type Compilation, type SourceText } from "../../src/compile.ts";
import type { Diagnostic } from "../../src/diagnostic/diagnostic.ts";

const folder = fileURLToPath(new URL("../corpus/library/", import.meta.url));

/** A small core that does not change when the real one does: feature ranges, device status, a table of ids. */
export const library: readonly SourceText[] = ["config.virtio", "ids.virtio"].map((name) => ({
  path: `library/${name}`,
  text: readFileSync(folder + name, "utf8"),
}));

/** Compiles one description, or several, together with {@link library}. */
export function compiled(...texts: readonly string[]): Compilation {
  return compile([
    ...library,
    ...texts.map((text, index) => ({ path: texts.length === 1 ? "it.virtio" : `it${index + 1}.virtio`, text })),
  ]);
}

/** What a test compares: the code, where, and what is said. */
export function brief({ code, at, message }: Diagnostic): string {
  return `${code} ${at.line}:${at.column} ${message}`;
}

/** The findings in a description, in short. */
export function found(...texts: readonly string[]): readonly string[] {
  return compiled(...texts).diagnostics.map((diagnostic) => brief(diagnostic));
}
