import Handlebars from "handlebars";

/** A function that templates may call; without Handlebars' own last argument. */
export type TemplateHelper = (...values: readonly unknown[]) => unknown;

/** A template that does not parse, or asks for what its view lacks. */
export class TemplateError extends Error {
  /** The template's key: a partial's begins with `_`. */
  readonly template: string;
  /** Counted from 1, where it is known. */
  readonly line: number | undefined;

  constructor(template: string, line: number | undefined, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "TemplateError";
    this.template = template;
    this.line = line;
  }
}

type Expand = (view: unknown, options?: Handlebars.RuntimeOptions) => string;

/**
 * The templates of one target. They are handed in as text, so that the library reads no files and runs in a browser:
 * the key is the file's name without `.hbs`; a name that begins with `_` is a partial of the others.
 */
export class Templates {
  private readonly handlebars = Handlebars.create();
  private readonly compiled = new Map<string, Expand>();
  private readonly sources: ReadonlyMap<string, string>;

  constructor(sources: ReadonlyMap<string, string>, helpers: Readonly<Record<string, TemplateHelper>> = {}) {
    this.sources = sources;
    for (const [name, source] of sources) {
      if (name.startsWith("_")) this.handlebars.registerPartial(name.slice(1), this.named(name, this.compile(source)));
    }
    for (const [name, helper] of Object.entries(helpers)) {
      this.handlebars.registerHelper(name, (...values: readonly unknown[]) => helper(...values.slice(0, -1)));
    }
  }

  get names(): readonly string[] {
    return [...this.sources.keys()].filter((name) => !name.startsWith("_"));
  }

  /**
   * Expands a template. Strict: a name that the view lacks is an error, not an empty string.
   * @throws TemplateError where it, or a partial of it, does not parse or asks for what the view lacks.
   */
  render(name: string, view: unknown): string {
    let template = this.compiled.get(name);
    if (template === undefined) {
      const source = this.sources.get(name);
      if (source === undefined)
        throw new TemplateError(name, undefined, `there is no template '${name}'; there are ${this.names.join(", ")}`);
      template = this.named(name, this.compile(source));
      this.compiled.set(name, template);
    }
    return template(view);
  }

  private compile(source: string): Expand {
    return this.handlebars.compile(source, { noEscape: true, strict: true, knownHelpersOnly: false });
  }

  /** The template with its name in what goes wrong in it; Handlebars itself knows lines only, and of a partial not which. */
  private named(name: string, expand: Expand): Expand {
    return (view, options) => {
      try {
        return expand(view, options);
      } catch (error) {
        throw error instanceof TemplateError ? error : templateError(name, error);
      }
    };
  }
}

function templateError(template: string, error: unknown): TemplateError {
  const said = error instanceof Error ? error.message : String(error);
  const line =
    error instanceof Error && "lineNumber" in error && typeof error.lineNumber === "number"
      ? error.lineNumber
      : undefined;
  const [, missing, from] = /^"(.*)" not defined in (.*) - \d+:\d+$/.exec(said) ?? [];
  if (missing !== undefined)
    return new TemplateError(
      template,
      line,
      from === "undefined" ? `'${missing}' is asked of what does not exist here` : `nothing here is named '${missing}'`,
      error,
    );
  const partial = /^The partial (.*) could not be found$/.exec(said)?.[1];
  if (partial !== undefined)
    return new TemplateError(
      template,
      line,
      `there is no partial '${partial}': a template named '_${partial}.hbs'`,
      error,
    );
  const parse = /^(?:Parse|Lexical) error on line (\d+)[:.]\s*\n(.*)\n(-*\^)/.exec(said);
  // What the parser expected is the list of its own tokens, and says nothing to the author.
  if (parse !== null)
    return new TemplateError(
      template,
      Number(parse[1]),
      `it does not parse here:\n  ${parse[2]}\n  ${parse[3]}`,
      error,
    );
  return new TemplateError(template, line, said, error);
}
