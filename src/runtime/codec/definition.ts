import { Layout } from "./layout.ts";
import type { GuestOrder, Site, Spec } from "./spec.ts";

/** Members of a struct by name, in their order; what has no name stands under a key that begins with three dots. */
export type Specs = Readonly<Record<string, Spec<unknown>>>;

let unnamed = 0;

/** A key for what has no name, unlike all others. */
export function keyWithoutName(): string {
  unnamed += 1;
  return `...${unnamed}`;
}

/** A struct as generated: from it a layout is built wherever the struct stands. `V` is the type of its values. */
export class Definition<out V> {
  /** Only for the type. */
  declare readonly valueType: V;
  readonly name: string;
  private readonly specs: Specs;
  private readonly native: boolean;

  constructor(name: string, specs: Specs, native: boolean) {
    this.name = name;
    this.specs = specs;
    this.native = native;
  }

  /** The layout of the struct on its own. */
  layout(order: GuestOrder): Layout {
    return this.layoutIn({ struct: this.name, path: "", origin: 0, order, native: this.native });
  }

  /** The layout within another struct, whose members are counted from that one's beginning. */
  layoutIn(site: Site): Layout {
    const own: Site = { ...site, native: this.native };
    const members = Object.entries(this.specs).flatMap(([key, spec]) => {
      const name = key.startsWith("...") ? "" : key;
      return spec.build(name, own).map((member) => [name, member] as const);
    });
    return new Layout(site.struct, site.path, site.origin, members);
  }
}

/** Under this key a codec keeps its definition, so that its members can have any name. */
export const definitionKey: unique symbol = Symbol("definition");

/** A codec, as far as other structs are made of it. */
export interface Defined<out V> {
  readonly [definitionKey]: Definition<V>;
}
