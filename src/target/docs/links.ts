import type { ConstantGroup, Dimension, GroupReference, Ir, Item, Module, Request, Type } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import {
  externalTypesHeading,
  groupHeading,
  itemHeading,
  messageHeading,
  sectionHeading,
  structHeading,
} from "./headings.ts";
import { code, joined, link, slug } from "./markdown.ts";
import type { StructOf } from "./varying-length.ts";

/** The page of a module, relative to the other pages. */
export function pageOf(module: Pick<Module, "name">): string {
  return `${module.name}.md`;
}

/** Where a heading stands, seen from the page of another module or of the same one. */
export function headingTarget(from: string, module: string, heading: string): string {
  const fragment = `#${slug(heading)}`;
  return from === module ? fragment : `${pageOf({ name: module })}${fragment}`;
}

/** A link to a heading of the module's page, where it has it; `page` is empty on that page itself. */
export function headingLink(module: Module | undefined, heading: string, page: string): string {
  const known =
    module?.items.some((item) => itemHeading(item) === heading || sectionHeading(item) === heading) === true;
  return known && heading !== "" ? link(heading, `${page}#${slug(heading)}`) : heading;
}

/** Links from one module's page to what is described there or on other pages. */
export class Links {
  private readonly from: string;
  private readonly pages: ReadonlySet<string>;
  private readonly items = new Map<string, Item>();

  /** `pages` are the modules that get a page; what others describe is only named. */
  constructor(ir: Ir, pages: ReadonlySet<string>, from: string) {
    this.from = from;
    this.pages = pages;
    for (const module of ir.modules) {
      for (const item of module.items) {
        const key = keyOf(module.name, item);
        if (!this.items.has(key)) this.items.set(key, item);
      }
    }
  }

  /** A member as the standard's listings have it: `le32 size`, `u8 mac[6]`, a link to a struct and the name. */
  declaration(type: Type, name: string, dimensions: readonly Dimension[]): string {
    const declared = name + lengthsOf(dimensions);
    switch (type.kind) {
      case "scalar":
        return code(`${type.name} ${declared}`.trim());
      case "opaque":
        return code(`opaque ${declared}`.trim());
      case "external":
      case "struct":
        return joined([this.type(type), code(declared)], " ");
    }
  }

  type(type: Type): string {
    switch (type.kind) {
      case "scalar":
        return code(type.name);
      case "opaque":
        return code("opaque");
      case "external":
        return this.to(type.module, code(type.name), externalTypesHeading);
      case "struct": {
        const struct = this.struct(type.module, type.name);
        const name = code(`struct ${type.module === this.from ? "" : `${type.module}.`}${type.name}`);
        return struct === undefined ? name : this.to(type.module, name, structHeading(struct));
      }
    }
  }

  /** The constants that a value is one of; empty where they do not exist at this revision. */
  group(reference: GroupReference | undefined): string {
    const group = reference === undefined ? undefined : this.constants(reference);
    if (reference === undefined || group === undefined) return "";
    const text = code(group.name === "" ? group.cPrefix : group.name);
    return this.to(reference.module, text, groupHeading(group));
  }

  request(module: string, request: Request): string {
    return this.to(module, code(request.name), messageHeading(request));
  }

  readonly struct: StructOf = (module, name) => {
    const item = this.items.get(`${module} struct ${name}`);
    return item?.kind === "struct" ? item : undefined;
  };

  private constants(reference: GroupReference): ConstantGroup | undefined {
    const item = this.items.get(`${reference.module} group ${reference.group}`);
    return item?.kind === "enum" || item?.kind === "flags" || item?.kind === "bits" || item?.kind === "shared_memory"
      ? item
      : undefined;
  }

  private to(module: string, text: string, heading: string): string {
    return this.pages.has(module) ? link(text, headingTarget(this.from, module, heading)) : text;
  }
}

function keyOf(module: string, item: Item): string {
  switch (item.kind) {
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
      return `${module} group ${item.name}`;
    default:
      return `${module} ${item.kind} ${item.name}`;
  }
}

/** The brackets of an array, empty for a single value. */
export function lengthsOf(dimensions: readonly Dimension[]): string {
  return dimensions.map((dimension) => `[${lengthOf(dimension)}]`).join("");
}

function lengthOf(dimension: Dimension): string {
  switch (dimension.kind) {
    case "fixed":
      return dimension.text === "" ? String(dimension.length) : dimension.text;
    case "counted":
      return printExpression(dimension.length);
    case "rest":
      return "";
  }
}
