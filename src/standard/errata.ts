import type { Erratum, Ir } from "../ir/model.ts";

/** Where the standard contradicts itself, or uses a name that it does not define. */
export interface ErratumFinding extends Erratum {
  readonly module: string;
  /** Path of the element that carries it (`config.num_queues`); empty where it is about the text alone. */
  readonly element: string;
  /** File and line of the description. */
  readonly at: string;
}

/** All errata of descriptions, in their order. One that an element has in several places comes once. */
export function errataOf(ir: Ir, asked?: ReadonlySet<string>): readonly ErratumFinding[] {
  const findings = new Map<string, ErratumFinding>();
  for (const module of ir.modules) {
    if (asked?.has(module.file) === false) continue;
    const walk = (value: unknown, path: readonly string[]): void => {
      if (Array.isArray(value)) for (const one of value) walk(one, path);
      if (!isRecord(value)) return;
      const { name, kind, errata, at } = value;
      const isNamed = typeof name === "string" && name !== "" && kind !== "rule" && kind !== "erratum";
      const own = isNamed ? [...path, name] : path;
      if (Array.isArray(errata) && isPlace(at))
        for (const erratum of errata as readonly Erratum[]) {
          const finding = {
            ...erratum,
            module: module.name,
            element: own.join("."),
            at: `${at.file}:${String(at.line)}`,
          };
          const known = `${module.name} ${erratum.id} ${finding.at}`;
          if (!findings.has(known)) findings.set(known, finding);
        }
      for (const [part, inner] of Object.entries(value)) if (part !== "errata") walk(inner, own);
    };
    walk({ errata: module.errata, at: module.at, items: module.items }, []);
  }
  return [...findings.values()];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlace(value: unknown): value is { readonly file: string; readonly line: number } {
  return isRecord(value) && typeof value["file"] === "string" && typeof value["line"] === "number";
}
