import type { GeneratedFile, Target, TargetInput } from "../target.ts";
import { Modules } from "./module-context.ts";
import { moduleView } from "./module-view.ts";

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
  const modules = new Modules(input.ir);
  const views = input.modules.flatMap((module) => {
    const view = moduleView(module, modules, input, runtime);
    return view === undefined ? [] : [{ module, view }];
  });
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
