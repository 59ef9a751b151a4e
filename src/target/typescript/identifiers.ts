/** Words that cannot be the name of a binding in a module. */
const reservedWords: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as asserts async await bigint boolean break case catch class const continue debugger declare default " +
    "delete do else enum eval export extends false finally for from function get if implements import in infer " +
    "instanceof interface is keyof let module namespace never new null number object of package private protected " +
    "public readonly require return set static string super switch symbol this throw true try type typeof undefined " +
    "unique unknown var void while with yield"
  ).split(" "),
);

/** Globals that generated code names, so that nothing of its own may be called so. */
const usedGlobals: readonly string[] = ["Number", "Uint8Array"];

/** `discard_write_zeroes` as the name of a type: `DiscardWriteZeroes`. What is in capitals stays so: `T`, `HDR_GSO`. */
export function typeName(name: string): string {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return name;
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== "")
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join("");
}

/** `control_receive` as the name of a value: `controlReceive`. */
export function valueName(name: string): string {
  const type = typeName(name.toLowerCase());
  return (type[0]?.toLowerCase() ?? "") + type.slice(1);
}

/** A property's name, in quotes where it has to be. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;
}

/** Access to a property: `.length`, `['command-specific-data']`. */
export function propertyAccess(name: string): string {
  const property = propertyName(name);
  return property.startsWith("'") ? `[${property}]` : `.${property}`;
}

/** The names of one generated module, each given away once. */
export class Names {
  private readonly taken: Set<string>;
  private readonly module: string;

  /** @param module goes in front of a name that is taken; `others` are names that the module imports */
  constructor(module: string, others: Iterable<string>) {
    this.taken = new Set([...reservedWords, ...usedGlobals, ...others]);
    this.module = module;
  }

  /** The wanted name, or one that begins with the module's where it is taken. */
  take(wanted: string): string {
    let name = wanted;
    if (this.taken.has(name)) {
      const upper = /^[A-Z]/.test(wanted);
      name = (upper ? typeName(this.module.toLowerCase()) : valueName(this.module)) + typeName(wanted);
    }
    for (let count = 2; this.taken.has(name); count++) name = `${wanted}${count}`;
    this.taken.add(name);
    return name;
  }
}
