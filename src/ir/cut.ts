import { isCommand } from "./item-kinds.ts";
import { existsAt, nameAt } from "./availability.ts";
import { settle, simplify } from "./expression.ts";
import { Layouts } from "./layout.ts";
import type { Element, Expression, Ir, Item, Member, Module, PartItem, Revision } from "./model.ts";
import { followNames } from "./rename.ts";
import { isReservedName } from "./reserved-name.ts";

/**
 * The description at one revision: what does not exist there is gone, names are those of that revision, conditions
 * no longer speak of features that do not exist yet, and everything with members has its layout.
 */
export function cut(ir: Ir, revision: Revision): Ir {
  const trimmed = followNames(new Cutter(ir, revision).ir(), ir, revision);
  const layouts = new Layouts(trimmed);
  return {
    ...trimmed,
    modules: trimmed.modules.map((module) => ({ ...module, items: module.items.map((item) => placed(layouts, item)) })),
  };
}

class Cutter {
  private readonly revision: Revision;
  private readonly source: Ir;
  private readonly exists: (module: string, feature: string) => boolean;

  constructor(ir: Ir, revision: Revision) {
    this.source = ir;
    this.revision = revision;
    const features = new Set<string>();
    for (const module of ir.modules) {
      if (!existsAt(module, revision)) continue;
      for (const item of module.items) {
        if (item.kind !== "features") continue;
        for (const feature of item.features)
          if (existsAt(feature, revision)) features.add(`${module.name}.${feature.name}`);
      }
    }
    this.exists = (module, feature) => features.has(`${module}.${feature}`);
  }

  ir(): Ir {
    return {
      ...this.source,
      revision: this.revision,
      modules: this.some(this.source.modules, (module): Module => ({
        ...module,
        items: this.some(module.items, (item) => this.item(item)),
      })),
    };
  }

  /** Those that exist, renamed, with their condition simplified, and then with what is inside them cut. */
  private some<E extends Element>(
    elements: readonly E[],
    inside: (element: E) => E = (element) => element,
  ): readonly E[] {
    return elements
      .filter((element) => existsAt(element, this.revision))
      .map((element) => {
        const { if: condition, ...rest } = element;
        const simplified = condition === undefined ? true : this.simplified(condition);
        const { name, cName } = nameAt(element, this.revision);
        // Only `if` was taken out, and it is optional, so this is an E again.
        return inside({ ...rest, name, cName, ...(typeof simplified === "boolean" ? {} : { if: simplified }) } as E);
      });
  }

  private simplified(expression: Expression): Expression | boolean {
    return simplify(expression, this.exists);
  }

  private expression(expression: Expression): Expression {
    return settle(expression, this.exists);
  }

  private item(item: Item): Item {
    if (isCommand(item))
      return {
        ...item,
        sections: item.sections.map((section) => ({ ...section, members: this.members(section.members) })),
      };
    switch (item.kind) {
      case "features":
        return {
          ...item,
          features: this.some(item.features, (feature) => ({
            ...feature,
            requires: feature.requires.map((one) => this.expression(one)),
          })),
        };
      case "feature_ranges":
        return { ...item, ranges: this.some(item.ranges) };
      case "queues":
        return {
          ...item,
          queues: this.some(item.queues, (queue) => ({ ...queue, number: this.expression(queue.number) })),
          where: item.where.map((where) => ({ ...where, value: this.expression(where.value) })),
        };
      case "config":
      case "struct":
      case "response":
        return { ...item, members: this.members(item.members) };
      case "enum":
      case "flags":
      case "bits":
      case "shared_memory":
        return { ...item, constants: this.some(item.constants) };
      case "request":
      case "message":
      case "event":
        return { ...item, parts: this.parts(item.parts) };
      case "registers":
        return { ...item, registers: this.some(item.registers) };
      case "house":
        return {
          ...item,
          views: this.some(item.views, (view) => ({ ...view, members: this.members(view.members) })),
          typedefs: this.some(item.typedefs),
          constants: this.some(item.constants, (one) =>
            one.kind === "constant" ? one : { ...one, constants: this.some(one.constants) },
          ),
        };
      default:
        return item;
    }
  }

  private members(members: readonly Member[]): readonly Member[] {
    return this.some(members, (member): Member => {
      switch (member.kind) {
        case "bits":
          return { ...member, bits: this.some(member.bits) };
        case "field": {
          const { reserved, ...rest } = member;
          // It may have had a use, and the name of it, before its bytes were reserved.
          const field = reserved === true && !isReservedName(member.name) ? rest : member;
          return field.each === undefined
            ? field
            : { ...field, each: { ...field.each, members: this.members(field.each.members) } };
        }
        case "group":
          return { ...member, members: this.members(member.members) };
        case "present":
          return { ...member, condition: this.expression(member.condition), members: this.members(member.members) };
        default:
          return { ...member, arms: this.some(member.arms, (arm) => ({ ...arm, members: this.members(arm.members) })) };
      }
    });
  }

  private parts(parts: readonly PartItem[]): readonly PartItem[] {
    return this.some(parts, (part): PartItem =>
      part.kind === "part"
        ? { ...part, members: this.members(part.members) }
        : { ...part, arms: this.some(part.arms, (arm) => ({ ...arm, parts: this.parts(arm.parts) })) },
    );
  }
}

function placed(layouts: Layouts, item: Item): Item {
  if (isCommand(item))
    return { ...item, sections: item.sections.map((section) => ({ ...section, ...layouts.place(section.members) })) };
  switch (item.kind) {
    case "config":
      return { ...item, ...layouts.place(item.members, true) };
    case "struct":
    case "response":
      return { ...item, ...layouts.place(item.members) };
    case "request":
    case "message":
    case "event":
      return { ...item, parts: placedParts(layouts, item.parts) };
    case "house":
      return { ...item, views: item.views.map((view) => ({ ...view, ...layouts.place(view.members) })) };
    default:
      return item;
  }
}

function placedParts(layouts: Layouts, parts: readonly PartItem[]): readonly PartItem[] {
  return parts.map((part): PartItem =>
    part.kind === "part"
      ? { ...part, ...layouts.place(part.members) }
      : { ...part, arms: part.arms.map((arm) => ({ ...arm, parts: placedParts(layouts, arm.parts) })) },
  );
}
