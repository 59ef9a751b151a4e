import type {
  Command,
  Config,
  Constant,
  ConstantGroup,
  House,
  Item,
  Module,
  Request,
  Response,
  Struct,
  View,
} from "../../ir/model.ts";
import type { TargetInput } from "../target.ts";
import { banner } from "./banner.ts";
import { keywordOf, type Catalogue } from "./catalogue.ts";
import { comment, paragraphs } from "./comment.ts";
import type { Declaration } from "./declaration.ts";
import { linuxDialect } from "./dialect.ts";
import { inDependencyOrder, withLegacySwitch, type Entry, type HeaderView } from "./header.ts";
import { publishedName } from "./identifiers.ts";
import { includedAs } from "../../ir/included-as.ts";
import { isCommand, isConstantGroup } from "../../ir/item-kinds.ts";
import { Entries, inRuns, type IsPublished } from "./items.ts";
import { StructBuilder } from "./struct-builder.ts";
import { Words } from "./words.ts";

/** A header of the `linux` profile: its path as a program includes it, and what it declares. */
export interface LinuxHeader {
  readonly path: string;
  readonly modules: readonly Module[];
}

/** The headers that descriptions name for Linux, in the order of the descriptions; some share one. */
export function linuxHeaders(catalogue: Catalogue): readonly LinuxHeader[] {
  const modules = new Map<string, Module[]>();
  for (const module of catalogue.ir.modules) {
    const name = catalogue.houseOf(module)?.header;
    if (name === undefined) continue;
    const path = includedAs(linuxDialect.house, name);
    modules.set(path, [...(modules.get(path) ?? []), module]);
  }
  return [...modules].map(([path, sharing]) => ({ path, modules: sharing }));
}

/** What a header of the `linux` profile prints. */
export function linuxHeaderView(
  header: LinuxHeader,
  catalogue: Catalogue,
  input: Pick<TargetInput, "revision" | "command">,
): HeaderView {
  const { modules, path } = header;
  const houses = modules.flatMap((module) => catalogue.houseOf(module) ?? []);
  const entries = modules.flatMap((module) => new LinuxModule(module, catalogue).entries());
  const macro = houses.find((house) => house.noLegacy !== undefined)?.noLegacy;
  return {
    banner: banner(
      `${modules.map((module) => module.title).join(", ")}: drop-in for <${path}>.`,
      modules.map((module) => module.file),
      input.revision,
      input.command,
    ),
    guard: `_${path.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`,
    includes: [...new Set(houses.flatMap((house) => house.includes))].map((include) => `<${include}>`),
    blocks: withLegacySwitch(inDependencyOrder(entries), macro),
  };
}

/** What one description gives to its header. */
class LinuxModule {
  private readonly module: Module;
  private readonly catalogue: Catalogue;
  private readonly house: House | undefined;
  private readonly writer: Entries;
  private readonly omitted: ReadonlySet<string>;
  private readonly builder: StructBuilder;
  /** Macros stand first: arrays may use those that Linux has for a size. */
  private readonly first: readonly Entry[];

  constructor(module: Module, catalogue: Catalogue) {
    this.module = module;
    this.catalogue = catalogue;
    this.house = catalogue.houseOf(module);
    const hidden = this.house?.noLegacy !== undefined;
    const words = new Words(catalogue, hidden);
    this.writer = new Entries(linuxDialect, words, hidden);
    this.omitted = new Set(this.house?.omitted);
    this.first = [
      ...this.writer.features(module, this.isPublished("features")),
      ...inRuns(this.house?.constants ?? [], isConstant).flatMap((group) => this.constants(group)),
    ];
    this.builder = new StructBuilder(linuxDialect, words, new Set(this.first.flatMap((entry) => entry.declares)));
  }

  entries(): readonly Entry[] {
    const items = inRuns(this.module.items, (item) => isConstant(item) || isCommand(item));
    return [
      ...this.first,
      ...items.flatMap((item) => this.item(item)),
      ...this.declared(this.unplacedViews()),
      ...this.typedefs(),
    ];
  }

  private item(item: Item | readonly Item[]): readonly Entry[] {
    if ("kind" in item) {
      if (isConstantGroup(item)) return this.constants(item);
      if (item.kind === "registers")
        return this.isPublished("")(item) ? this.writer.registers(item, this.isPublished(item.name)) : [];
      return this.declared(this.structs(item));
    }
    const constants = item.filter((one) => isConstant(one));
    const commands = item.filter((one) => isCommand(one)).filter((one) => this.isPublished("")(one));
    return [
      ...this.constants(constants),
      ...this.writer.commandNumbers(commands),
      ...this.declared(commands.flatMap((command) => this.structs(command))),
    ];
  }

  private constants(group: ConstantGroup | Constant | readonly (ConstantGroup | Constant)[]): readonly Entry[] {
    if ("kind" in group && !isConstantGroup(group)) return this.constants([group]);
    if (!("kind" in group))
      return this.writer.constants(
        group.filter((one) => isConstant(one)),
        this.module,
        this.isPublished(""),
      );
    const tag = enumTag(group);
    if (tag !== undefined) return this.enumeration(tag, group);
    return this.isPublished("")(group) ? this.writer.constants(group, this.module, this.isPublished(group.name)) : [];
  }

  /** All groups of one tag together, where the first of them stands. */
  private enumeration(tag: string, group: ConstantGroup): readonly Entry[] {
    const all = [...(this.house?.constants ?? []), ...this.module.items].filter(
      (item): item is ConstantGroup => isConstantGroup(item) && enumTag(item) === tag && this.isPublished("")(item),
    );
    if (all[0] !== group) return [];
    return this.writer.enumeration(
      tag,
      all.map((one) => ({ group: one, isPublished: this.isPublished(one.name) })),
      this.module,
    );
  }

  private declared(declarations: readonly Declaration[]): readonly Entry[] {
    return declarations.map((declaration) => this.writer.declaration(declaration));
  }

  /** The struct of an item, unless Linux has none or another shape of it, and Linux' own shapes of it. */
  private structs(item: Item): readonly Declaration[] {
    if (!hasBytes(item)) return [];
    const views = this.views.filter((view) => view.of === item.name).flatMap((view) => this.view(view));
    if ((item.kind !== "struct" && item.kind !== "config") || !this.isPublished("")(item)) return views;
    const tag = publishedName(item, linuxDialect.house);
    if (views.some((view) => view.tag === tag)) return views;
    return [...this.struct(item, tag, false), ...views];
  }

  private get views(): readonly View[] {
    return this.house?.views ?? [];
  }

  private struct(item: Struct | Config | View, tag: string, view: boolean): readonly Declaration[] {
    const owner = {
      tag,
      comment: paragraphs(item.doc),
      packed: item.packed?.includes(linuxDialect.house) === true,
      legacy: item.legacy === true,
      view,
      ...(item.legacyNative === true ? { legacyNative: true as const } : {}),
      ...(item.orders === undefined ? {} : { orders: item.orders }),
    };
    return this.builder.declarations(owner, item.members, true);
  }

  private view(view: View): readonly Declaration[] {
    const declared = this.struct(view, view.cName, true);
    if (view.union !== true) return declared;
    return declared.map((one): Declaration => {
      const [union] = one.kind === "struct" ? one.members : [];
      return one.kind === "struct" && union?.kind === "aggregate"
        ? { ...one, keyword: "union", members: union.members }
        : one;
    });
  }

  /** Views of what stands in another description. */
  private unplacedViews(): readonly Declaration[] {
    const names = new Set(this.module.items.filter((item) => hasBytes(item)).map((item) => item.name));
    return this.views.filter((view) => !names.has(view.of)).flatMap((view) => this.view(view));
  }

  private typedefs(): readonly Entry[] {
    const typedefs = this.house?.typedefs ?? [];
    if (typedefs.length === 0) return [];
    const named = typedefs.map((typedef) => {
      const struct = this.catalogue.named(typedef.type);
      const tag =
        struct === undefined || struct.kind === "external" ? undefined : publishedName(struct, linuxDialect.house);
      const type =
        typedef.type.kind === "scalar"
          ? linuxDialect.scalar(typedef.type, false)
          : struct === undefined || tag === undefined
            ? linuxDialect.byte
            : `${keywordOf(struct)} ${tag}`;
      const attribute = typedef.align === undefined ? "" : ` __attribute__((aligned(${typedef.align})))`;
      return { comment: comment(paragraphs(typedef.doc)), type, attribute, name: typedef.name, tag };
    });
    return [
      {
        block: { shape: "typedefs", typedefs: named },
        legacy: false,
        declares: [],
        uses: named.flatMap(({ tag }) => tag ?? []),
      },
    ];
  }

  /** Whether Linux has an element, by the path that `omit` would give it. */
  private isPublished(group: string): IsPublished {
    return (element) =>
      !this.omitted.has(element.name) && (group === "" || !this.omitted.has(`${group}.${element.name}`));
  }
}

/** The tag of the enumeration that Linux has for a group. */
function enumTag(group: ConstantGroup): string | undefined {
  return group.aliases?.find((alias) => alias.house === linuxDialect.house)?.name;
}

function isConstant(item: Item | ConstantGroup | Constant): item is Constant {
  return item.kind === "constant";
}

type WithBytes = Struct | Config | Request | Response | Command;

function hasBytes(item: Item): item is WithBytes {
  return ["struct", "config", "request", "message", "event", "response"].includes(item.kind) || isCommand(item);
}
