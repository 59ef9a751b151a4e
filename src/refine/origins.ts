import type { Alias, Element, Erratum, Ir, Module } from "../ir/model.ts";

/** Where a C name comes from in a description. */
export interface Origin {
  readonly element: Element;
  readonly module: Module;
  /** The elements around it, the module first. */
  readonly around: readonly Element[];
  /** The house that alone has it. */
  readonly house: string | undefined;
  /** The alias by which it has this name. */
  readonly alias: Alias | undefined;
  /** It had this name before this revision. */
  readonly olderUntil: string | undefined;
}

/** Finds what C names stand for: the standard's, those of houses, and older ones. */
export class Origins {
  private readonly names = new Map<string, Origin[]>();
  /** The names of one element's members, by the element. */
  private readonly members = new Map<Element, Map<string, Origin>>();

  constructor(ir: Ir) {
    for (const module of ir.modules) this.walk(module.items, module, [module], undefined);
  }

  /** All that have a name, those of one house first. */
  named(name: string, house: string): readonly Origin[] {
    const found = this.names.get(name) ?? [];
    const rank = ({ olderUntil, house: own, alias }: Origin): number =>
      (olderUntil === undefined ? 0 : 3) + ((own ?? alias?.house ?? "") === house ? 0 : own === undefined ? 1 : 2);
    return found.toSorted((a, b) => rank(a) - rank(b));
  }

  /** A member of what has a tag, or of one of its inner structs. */
  member(owner: Origin, name: string): Origin | undefined {
    return this.members.get(owner.element)?.get(name);
  }

  /** Errata of an element, and of what it stands in where they name it. */
  errata(origin: Origin, name: string): readonly Erratum[] {
    const around = origin.around.flatMap((element) => element.errata ?? []);
    const inModule = origin.module.items.flatMap((item) => (item.kind === "erratum" ? (item.errata ?? []) : []));
    return [
      ...(origin.element.errata ?? []),
      ...[...around, ...inModule].filter(({ text }) => new RegExp(`\\b${name}\\b`).test(text)),
    ];
  }

  private walk(value: unknown, module: Module, around: readonly Element[], house: string | undefined): void {
    if (Array.isArray(value)) {
      for (const one of value) this.walk(one, module, around, house);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    if (!isElement(value)) {
      for (const inner of Object.values(value)) this.walk(inner, module, around, house);
      return;
    }
    const within = "kind" in value && value.kind === "house" ? value.name : house;
    this.note(value, module, around, within);
    for (const [key, inner] of Object.entries(value))
      if (!apart.has(key)) this.walk(inner, module, [...around, value], within);
  }

  private note(element: Element, module: Module, around: readonly Element[], house: string | undefined): void {
    const origin = { element, module, around, house, alias: undefined, olderUntil: undefined };
    const aliases = (element.aliases ?? []).map((alias): [string, Origin] => [alias.name, { ...origin, alias }]);
    const older = (element.was ?? []).map(({ cName, until }): [string, Origin] => [
      cName,
      { ...origin, olderUntil: until },
    ]);
    for (const [name, one] of [[element.cName, origin] as [string, Origin], ...aliases, ...older]) {
      const known = this.names.get(name);
      if (known === undefined) this.names.set(name, [one]);
      else known.push(one);
      for (const owner of around) {
        const inside = this.members.get(owner) ?? new Map<string, Origin>();
        this.members.set(owner, inside);
        if (!inside.has(name)) inside.set(name, one);
      }
    }
  }
}

/** What an element carries that holds no elements. */
const apart: ReadonlySet<string> = new Set(["aliases", "was", "errata", "at", "layout", "position"]);

function isElement(value: object): value is Element {
  return "cName" in value && "at" in value && "since" in value;
}
