import { errataOf, type ErratumFinding } from "../standard/errata.ts";
import { plain } from "../target/docs/markdown.ts";
import { compileAsked } from "./ir.ts";
import { count, wordOf } from "./report.ts";
import { readSources } from "./sources.ts";

export interface LintSpecOptions {
  readonly format: string;
}

/** `virtgen lint-spec`: where the standard contradicts itself or leaves a name undefined, as the errata say. */
export async function lintSpec(names: readonly string[], options: LintSpecOptions): Promise<number> {
  const format = wordOf("format", options.format, ["text", "markdown", "json"]);
  const compiled = await compileAsked(await readSources(names));
  if (compiled === undefined) return 1;
  const titles = new Map(compiled.ir.modules.map(({ name, title }) => [name, title]));
  const write = { text, markdown, json };
  process.stdout.write(write[format](errataOf(compiled.ir, compiled.asked), titles));
  return 0;
}

/** As a compiler would say it: a terminal or an editor opens the place. */
function text(found: readonly ErratumFinding[]): string {
  const lines = found.map((one) => {
    const about = one.element === "" ? "" : ` [${one.element}]`;
    const places = (one.places ?? []).map((place) => `\n  at:      ${place}`).join("");
    return `${one.at}: ${one.id}${about}\n  says:    ${one.text}\n  meant:   ${one.meant}\n  because: ${one.because}${places}\n`;
  });
  return `${[...lines, count(found.length, "erratum", "errata")].join("\n")}\n`;
}

function markdown(found: readonly ErratumFinding[], titles: ReadonlyMap<string, string>): string {
  const modules = [...new Set(found.map(({ module }) => module))];
  const sections = modules.map((module) => {
    const own = found.filter((one) => one.module === module);
    return `## ${titles.get(module) ?? module}\n\n${own.map(entry).join("\n")}`;
  });
  return `# Errata of the standard

Where the text contradicts itself, uses a name that it does not define, or says what cannot be meant: what it says, what
the descriptions take instead, and why. Places are files and lines of the standard's LaTeX, in revision 1.4 where no
other is named, and of the descriptions. \`virtgen lint-spec\` prints this.

${sections.join("\n")}`;
}

function entry({ id, element, text: says, meant, because, places = [], at }: ErratumFinding): string {
  const where = [...places, at].map((place) => `\`${place}\``).join(", ");
  return `**${plain(id)}**${element === "" ? "" : `, \`${element}\``}

- The text: ${plain(says)}
- Meant: ${plain(meant)}
- Because: ${plain(because)}
- At: ${where}
`;
}

function json(found: readonly ErratumFinding[]): string {
  return `${JSON.stringify({ errata: found }, undefined, 2)}\n`;
}
