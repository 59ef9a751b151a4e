import type { GeneratedFile, Target } from "../target.ts";

/**
 * A target that is only templates: a folder of the user's own. A file whose name holds `[module]` is expanded once a
 * module, with `{module, ir, revision, command}`; any other once, with `{modules, ir, revision, command}`. `modules`
 * are those that the call is about, `ir.modules` also those that they may name. The name without `.hbs` is the name of
 * what is written.
 */
export const customTarget: Target = {
  name: "templates",
  summary: "a folder of templates of one's own",
  profiles: [],
  generate({ ir, modules, revision, command, templates }): readonly GeneratedFile[] {
    const view = { ir, revision, command };
    return templates.names.flatMap((name) => {
      if (!name.includes("[module]")) return [{ path: name, text: templates.render(name, { ...view, modules }) }];
      return modules.map((module) => ({
        path: name.replaceAll("[module]", module.name),
        text: templates.render(name, { ...view, module }),
      }));
    });
  },
};
