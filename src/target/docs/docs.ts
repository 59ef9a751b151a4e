import { cut } from "../../ir/cut.ts";
import { compareRevisions } from "../../ir/availability.ts";
import { revisions, type Ir, type Module, type Revision } from "../../ir/model.ts";
import type { GeneratedFile, Target, TargetInput } from "../target.ts";
import { alignTables } from "./align-tables.ts";
import { changesPageView } from "./changes-page-view.ts";
import { stepsOf, type ModuleAt } from "./changes.ts";
import { indexView } from "./index-view.ts";
import { Links, pageOf } from "./links.ts";
import { pageView } from "./page-view.ts";

export const docs: Target = {
  name: "docs",
  summary: "Reference tables in Markdown, as GitHub shows it: features, layouts, requests byte by byte, changes",
  profiles: [],
  generate(input) {
    const { ir, modules, revision, templates } = input;
    const pages = new Set(modules.map((module) => module.name));
    const earlier = cuts(input);
    const described = modules.map((module) => {
      const at: ModuleAt = (asked) => earlier.get(asked)?.modules.find((one) => one.name === module.name);
      const whole = input.all.modules.find((one) => one.name === module.name);
      return { module, at, steps: whole === undefined ? [] : stepsOf(whole, at, revision) };
    });
    return [
      file("README.md", templates.render("index", { banner: banner(modules, input), revision, ...indexView(modules) })),
      file(
        "changes.md",
        templates.render("changes", { banner: banner(modules, input), revision, ...changesPageView(described) }),
      ),
      ...described.map(({ module, at, steps }) =>
        file(
          pageOf(module),
          templates.render("page", {
            banner: banner([module], input),
            ...pageView({ module, ir, links: new Links(ir, pages, module.name), revision, at, steps }),
          }),
        ),
      ),
    ];
  },
};

/** The description at every revision up to the one asked for. */
function cuts({ all, ir, revision }: TargetInput): ReadonlyMap<Revision, Ir> {
  const known = revisions.filter((one) => compareRevisions(one, revision) <= 0);
  return new Map(known.map((one) => [one, one === revision ? ir : cut(all, one)]));
}

/** One empty line between blocks, none at the end. */
function file(path: string, text: string): GeneratedFile {
  const tidy = text
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
  return { path, text: alignTables(`${tidy}\n`) };
}

interface BannerView {
  readonly sources: string;
  readonly revision: Revision;
  readonly command: string;
}

function banner(modules: readonly Module[], { revision, command }: TargetInput): BannerView {
  const [first, ...others] = modules.map((module) => relative(module.file));
  return { sources: others.length === 0 ? (first ?? "") : `${modules.length} descriptions`, revision, command };
}

/** No path of somebody's machine. */
function relative(path: string): string {
  return /^(?:[A-Za-z]:)?[\\/]/.test(path) ? (path.split(/[\\/]/).at(-1) ?? path) : path;
}
