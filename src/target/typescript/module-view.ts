import { isCommand } from "../../ir/item-kinds.ts";
import type { Config, Item, Module, Struct } from "../../ir/model.ts";
import type { TargetInput } from "../target.ts";
import { constantSections } from "./constants-view.ts";
import { describedAt, docComment, sentences, shownPath } from "./doc-comment.ts";
import { deviceSections } from "./device-view.ts";
import { featureSections } from "./features-view.ts";
import { commandSection, commandSources, messageSection, messageSources, responseSource } from "./message-view.ts";
import { ModuleContext, type Modules } from "./module-context.ts";
import { refusalField, tagsField } from "./operation-view.ts";
import { queueSections } from "./queues-view.ts";
import { registerSections } from "./registers-view.ts";
import { inOrder, type Section } from "./section.ts";
import type { StructSource } from "./struct-source.ts";
import { StructViews } from "./struct-view.ts";

/** A generated module as its template prints it. */
export interface ModuleView {
  readonly title: string;
  readonly source: string;
  readonly revision: string;
  readonly command: string;
  readonly doc: string;
  readonly runtime: string;
  /** What is imported from the runtime. */
  readonly imports: string;
  readonly modules: readonly string[];
  readonly sections: readonly Section[];
}

/** The view of one module, or undefined where it has nothing for TypeScript. */
export function moduleView(
  module: Module,
  modules: Modules,
  input: Pick<TargetInput, "ir" | "revision" | "command">,
  runtime: string,
): ModuleView | undefined {
  const context = new ModuleContext(module, modules);
  const writer = new ModuleWriter(context, input);
  const sections = inOrder(writer.sections());
  if (sections.length === 0) return undefined;
  return {
    title: module.title,
    source: shownPath(module.file),
    revision: input.revision,
    command: input.command,
    doc: docComment([`${module.title}. ${sentences(module)}`.trim()]),
    runtime,
    imports: context.imports.runtime.join(", "),
    modules: context.imports.others,
    sections,
  };
}

class ModuleWriter {
  private readonly context: ModuleContext;
  private readonly input: Pick<TargetInput, "ir">;
  private readonly structs: StructViews;
  private hasFeatures = false;

  constructor(context: ModuleContext, input: Pick<TargetInput, "ir">) {
    this.context = context;
    this.input = input;
    this.structs = new StructViews(context);
  }

  sections(): readonly Section[] {
    const { module } = this.context;
    const id: readonly Section[] =
      module.id === undefined
        ? []
        : [
            {
              template: "constant",
              view: {
                doc: docComment([`Device id of the ${module.title}.`]),
                name: "deviceId",
                value: String(module.id),
              },
              declares: ["deviceId"],
              uses: [],
            },
          ];
    const items = module.items.flatMap((item) => this.item(item));
    const device = deviceSections(module, this.context, this.input.ir);
    return [
      ...id,
      ...items,
      ...(device?.structs ?? []).flatMap((source) => this.struct(source)),
      ...(device?.sections ?? []),
    ];
  }

  private item(item: Item): readonly Section[] {
    const { context } = this;
    if (isCommand(item)) {
      const { structs, codecs } = commandSources(item, context);
      return [...structs.flatMap((source) => this.struct(source)), commandSection(item, codecs, context)];
    }
    switch (item.kind) {
      case "features": {
        if (this.hasFeatures) return [];
        this.hasFeatures = true;
        return featureSections(context, this.input.ir);
      }
      case "queues":
        return queueSections(item, context);
      case "config":
        return this.struct(structSource(item, "Config"));
      case "struct":
        return this.struct(structSource(item, context.names.struct(item.name)));
      case "enum":
      case "flags":
      case "bits":
      case "shared_memory":
      case "constant":
        return constantSections(item, context.names);
      case "request":
      case "message":
      case "event": {
        const sources = messageSources(item, context);
        return [
          ...sources.structs.flatMap((source) => this.struct(source)),
          messageSection(item, sources, context, [
            ...tagsField(item, context),
            ...refusalField(item, sources, context),
          ]),
        ];
      }
      case "response":
        return this.struct(responseSource(item, context, context.module.legacyNative.includes("requests")));
      case "registers":
        return registerSections(item, context);
      case "feature_ranges":
      case "external":
      case "parameter":
      case "rule":
      case "erratum":
      case "house":
        return [];
    }
  }

  private struct(source: StructSource): readonly Section[] {
    const views = this.structs.views(source);
    return views.map((view) => ({ template: "struct", view, declares: [view.name], uses: view.uses }));
  }
}

function structSource(item: Struct | Config, name: string): StructSource {
  return {
    name,
    cName: item.cName,
    doc: [describedAt(item)],
    members: item.members,
    around: [],
    native: item.legacyNative === true,
    legacy: item.legacy === true,
  };
}
