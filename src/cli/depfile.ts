/**
 * What the outputs depend on, in Make's syntax, which Ninja and Bazel read as well. Each input also stands as a target
 * without a rule, so that Make goes on when a description was renamed or removed.
 */
export function depfileText(outputs: readonly string[], inputs: readonly string[]): string {
  const head = `${outputs.map((name) => quote(name)).join(" \\\n")}: \\\n${inputs.map((name) => `  ${quote(name)}`).join(" \\\n")}\n`;
  return head + inputs.map((name) => `\n${quote(name)}:\n`).join("");
}

/** As gcc quotes for Make: a blank and the backslashes before it are escaped, `#` is, and `$` is doubled. */
function quote(name: string): string {
  return name
    .replaceAll(/(\\*)([ \t])/g, "$1$1\\$2")
    .replaceAll(/[#:]/g, String.raw`\$&`)
    .replaceAll("$", "$$$$");
}
