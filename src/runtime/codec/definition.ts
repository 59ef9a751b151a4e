import { Layout } from './layout.ts';
import type { GuestOrder, Site, Spec } from './spec.ts';

/** Members of a struct by name; a name that is no string stands for something that has none. */
export type Specs = Readonly<Record<string | symbol, Spec<unknown>>>;

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
    return this.layoutIn({ struct: this.name, path: '', origin: 0, order, native: this.native });
  }

  /** The layout within another struct, whose members are counted from that one's beginning. */
  layoutIn(site: Site): Layout {
    const own: Site = { ...site, native: this.native };
    const members = Reflect.ownKeys(this.specs).flatMap((key) => {
      const name = typeof key === 'string' ? key : '';
      const spec = this.specs[key];
      return spec === undefined ? [] : spec.build(name, own).map((member) => [name, member] as const);
    });
    return new Layout(site.struct, site.path, site.origin, members);
  }
}

/** Under this key a codec keeps its definition, so that its members can have any name. */
export const definitionKey: unique symbol = Symbol('definition');

/** A codec, as far as other structs are made of it. */
export interface Defined<out V> {
  readonly [definitionKey]: Definition<V>;
}
