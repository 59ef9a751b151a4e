import Handlebars from 'handlebars';

/**
 * The templates of one target. They are handed in as text, so that the library reads no files and runs in a browser:
 * the key is the file's name without `.hbs`; a name that begins with `_` is a partial of the others.
 */
export class Templates {
  private readonly handlebars = Handlebars.create();
  private readonly compiled = new Map<string, (view: unknown) => string>();
  private readonly sources: ReadonlyMap<string, string>;

  constructor(sources: ReadonlyMap<string, string>, helpers: Readonly<Record<string, (value: unknown) => unknown>> = {}) {
    this.sources = sources;
    for (const [name, source] of sources) {
      if (name.startsWith('_')) this.handlebars.registerPartial(name.slice(1), source);
    }
    for (const [name, helper] of Object.entries(helpers)) this.handlebars.registerHelper(name, helper);
  }

  get names(): readonly string[] {
    return [...this.sources.keys()].filter((name) => !name.startsWith('_'));
  }

  /**
   * Expands a template. Strict: a name that the view lacks is an error, not an empty string.
   * @throws Error that names the template, where it does not parse or asks for what the view lacks.
   */
  render(name: string, view: unknown): string {
    let template = this.compiled.get(name);
    if (template === undefined) {
      const source = this.sources.get(name);
      if (source === undefined) throw new Error(`there is no template '${name}'; there are ${this.names.join(', ')}`);
      template = this.handlebars.compile(source, { noEscape: true, strict: true, knownHelpersOnly: false });
      this.compiled.set(name, template);
    }
    try {
      return template(view);
    } catch (error) {
      throw new Error(`template '${name}': ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}
