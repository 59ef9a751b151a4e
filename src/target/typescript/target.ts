import type { Module } from "../../ir/model.ts";
import type { GeneratedFile, Target, TargetInput } from "../target.ts";
import { Modules } from "./module-context.ts";
import { moduleView, type ModuleView } from "./module-view.ts";

/** The package that holds the runtime, as it is imported where nothing else is asked for. */
const runtimePackage = "virtgen/runtime";

/**
 * The TypeScript target.
 * @param runtime what generated files import the runtime from: a package, or a path such as `../runtime/index.ts`
 */
export function typescriptTarget(runtime: string): Target {
  return {
    name: "typescript",
    summary: "TypeScript: types, codecs, feature sets, queues and registers, for Node and browsers",
    profiles: [],
    prettier: "typescript",
    generate: (input) => files(input, runtime),
  };
}

export const typescript: Target = typescriptTarget(runtimePackage);

function files(input: TargetInput, runtime: string): readonly GeneratedFile[] {
  const { templates } = input;
  const views = viewsOf(input, runtime);
  const index = {
    revision: input.revision,
    command: input.command,
    modules: views.map(({ module }) => ({ name: module.name, title: module.title })),
  };
  return [
    ...views.map(({ module, view }) => {
      const sections = view.sections.map((section) => templates.render(section.template, section.view).trimEnd());
      return { path: `${module.name}.ts`, text: templates.render("module", { ...view, body: sections.join("\n\n") }) };
    }),
    { path: "index.ts", text: templates.render("index", index) },
  ];
}

interface Viewed {
  readonly module: Module;
  readonly view: ModuleView;
}

/** Those asked for, and those that they import: the core's features, the structs of another device. */
function viewsOf(input: TargetInput, runtime: string): readonly Viewed[] {
  const modules = new Modules(input.ir);
  const wanted = new Set(input.modules);
  const views: Viewed[] = [];
  for (const module of wanted) {
    const view = moduleView(module, modules, input, runtime);
    if (view === undefined) continue;
    views.push({ module, view });
    for (const other of input.ir.modules) if (view.modules.includes(other.name)) wanted.add(other);
  }
  return views.toSorted((a, b) => input.ir.modules.indexOf(a.module) - input.ir.modules.indexOf(b.module));
}
