import type { RuntimeName } from "./module-names.ts";

/** What one generated module takes from others. */
export class Imports {
  private readonly values = new Set<string>();
  private readonly types = new Set<string>();
  private readonly modules = new Set<string>();
  private readonly own: string;

  /** @param own the module itself, whose names need no import */
  constructor(own: string) {
    this.own = own;
  }

  /** A value of the runtime, under its own name. */
  value(name: RuntimeName): string {
    this.values.add(name);
    return name;
  }

  /** A type of the runtime. */
  type(name: RuntimeName): string {
    this.types.add(name);
    return name;
  }

  /** A name of a generated module: as it is where that is this one, else with the module in front. */
  of(module: string, name: string): string {
    if (module === this.own) return name;
    this.modules.add(module);
    return `${module}.${name}`;
  }

  /** Names imported from the runtime, `type` in front of types, in the order of the alphabet. */
  get runtime(): readonly string[] {
    const names = [
      ...[...this.values].map((name) => ({ name, text: name })),
      ...[...this.types].filter((name) => !this.values.has(name)).map((name) => ({ name, text: `type ${name}` })),
    ];
    return names
      .map((one) => ({ ...one, key: one.name.toLowerCase() }))
      .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map((one) => one.text);
  }

  get others(): readonly string[] {
    return [...this.modules].toSorted();
  }
}
