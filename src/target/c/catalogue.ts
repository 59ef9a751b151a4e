import { isConstantGroup } from "../../ir/item-kinds.ts";
import type {
  Config,
  Constant,
  ConstantGroup,
  ExternalType,
  Feature,
  House,
  Ir,
  Layout,
  Module,
  Struct,
  Type,
  View,
} from "../../ir/model.ts";
import { publishedName } from "./identifiers.ts";

/** What a type's name means. */
export type NamedType = Struct | View | ExternalType;

/**
 * Finds what the IR refers to by name, and says what it is called in one house: the standard's own names with an empty
 * house.
 */
export class Catalogue {
  readonly ir: Ir;
  readonly house: string;
  private readonly modules: ReadonlyMap<string, Module>;

  constructor(ir: Ir, house: string) {
    this.ir = ir;
    this.house = house;
    this.modules = new Map(ir.modules.map((module) => [module.name, module]));
  }

  module(name: string): Module | undefined {
    return this.modules.get(name);
  }

  /** What the house says about a module. */
  houseOf(module: Module): House | undefined {
    return module.items.find((item): item is House => item.kind === "house" && item.name === this.house);
  }

  feature(module: string, name: string): Feature | undefined {
    for (const item of this.modules.get(module)?.items ?? []) {
      const found = item.kind === "features" ? item.features.find((feature) => feature.name === name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The C name of a feature; its own name where the revision lacks it. */
  featureName(module: string, name: string): string {
    const feature = this.feature(module, name);
    return feature === undefined ? name : publishedName(feature, this.house);
  }

  config(module: string): Config | undefined {
    return this.modules.get(module)?.items.find((item) => item.kind === "config");
  }

  /** What a member's type refers to; undefined for scalars and opaque bytes. */
  named(type: Type): NamedType | undefined {
    if (type.kind === "scalar" || type.kind === "opaque") return undefined;
    const module = this.modules.get(type.module);
    if (module === undefined) return undefined;
    if (type.kind === "external")
      return module.items.find((item) => item.kind === "external" && item.name === type.name) as
        ExternalType | undefined;
    if (type.house !== undefined) return this.houseOf(module)?.views.find((view) => view.name === type.name);
    return module.items.find((item): item is Struct => item.kind === "struct" && item.name === type.name);
  }

  /** The C name of a constant that an expression names. */
  constantName(module: string, group: string, name: string): string | undefined {
    const constant = this.constant(module, group, name);
    return constant === undefined ? undefined : publishedName(constant, this.house);
  }

  private constant(module: string, group: string, name: string): Constant | undefined {
    for (const item of this.modules.get(module)?.items ?? []) {
      const found =
        item.kind === "house"
          ? inConstants(item.constants, group, name)
          : item.kind === "constant" || isConstantGroup(item)
            ? inConstants([item], group, name)
            : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function inConstants(items: readonly (ConstantGroup | Constant)[], group: string, name: string): Constant | undefined {
  for (const item of items) {
    if (item.kind === "constant") {
      if (group === "" && item.name === name) return item;
    } else if (item.name === group) {
      const found = item.constants.find((constant) => constant.name === name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** What C calls the type of a member: a house may have a union of its shapes. */
export function keywordOf(type: NamedType): "struct" | "union" {
  return "union" in type && type.union ? "union" : "struct";
}

/** Whether a value of this layout has one size only, whatever was negotiated and whatever its members hold. */
export function isFixed(layout: Layout | undefined): boolean {
  return layout !== undefined && layout.size !== null && layout.size === layout.minSize;
}
